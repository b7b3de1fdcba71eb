import { describe, expect, it } from '@jest/globals';
import { ended, runBowline, startBowline, WorkFolder } from '@bowline/testkit';
import { configOf, SimulatorProcess } from '../exchange-simulator/simulator-process.spec-support.js';

const work = new WorkFolder('exchange-simulator-command');
const config = work.file('bowline.yaml', configOf(2));
const secret = (reference: string): string =>
  work.file(
    `${reference.replace(/\W/g, '-')}.yaml`,
    `clients:\n  c1: { exchanges: { sim: { apiSecret: "${reference}", symbols: [XYZUSDT] } }, orderParams: { sizing: { fixedNotional: 1000 } } }\n`,
  );

/** Runs the command where it cannot begin. */
async function refused(args: readonly string[]): Promise<string> {
  const { exitCode, stderr, stdout } = await runBowline([
    ...['exchange-simulator', '--port', '0', '--dir', work.at('refused')],
    ...args,
  ]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  return stderr;
}

describe('bowline exchange-simulator', () => {
  it('ends with exit code 0 when it is asked to, and goes on afterwards', async () => {
    const dir = work.at('data');
    for (let start = 0; start < 2; start += 1) {
      const simulator = await SimulatorProcess.start(config, dir);
      const truth = await simulator.truth();
      expect(Object.keys(truth.accounts)).toEqual(['c1', 'c2']);
      expect(truth.accounts['c1']!.balances).toEqual({ USDT: '1000000' });
      await simulator.kill('SIGTERM');
      expect(simulator.child.exitCode).toBe(0);
    }
  });

  it('speaks as Binance does where it is told to, with keys that it says', async () => {
    const child = startBowline([
      ...['exchange-simulator', '--config', config, '--dir', work.at('dialect'), '--port', '0', '--hold'],
      ...['--dialect', 'sim:binance-usdm=0', '--requests-per-minute', '60'],
    ]);
    const run = ended(child);
    let said = '';
    const url = await new Promise<string>((resolve) => {
      child.stderr.on('data', (text: Buffer) => {
        said += text.toString();
        const [, found] = /"dialect":"binance-usdm","url":"([^"]+)"/.exec(said) ?? [];
        if (found !== undefined && said.includes('is up')) resolve(found);
      });
    });
    expect(said).toContain('"open":["c1: c1@sim / development","c2: c2@sim / development"]');
    const answer = await fetch(`${url}/fapi/v1/listenKey`, {
      method: 'POST',
      headers: { 'X-MBX-APIKEY': 'c1@sim' },
    });
    expect(await answer.json()).toEqual({ listenKey: expect.any(String) });
    const info = (await (await fetch(`${url}/fapi/v1/exchangeInfo`)).json()) as Record<string, unknown>;
    expect(info['rateLimits']).toContainEqual({
      ...{ rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 60 },
    });
    child.kill('SIGTERM');
    expect(await run).toMatchObject({ exitCode: 0 });
  });

  it('replays candles as a market, in the present', async () => {
    const bars = work.file(
      'xyz.csv',
      'time,open,high,low,close\n2024-01-01T00:00:00Z,50,51,49,50\n2024-01-01T00:01:00Z,50,52,50,51\n',
    );
    const child = startBowline([
      ...['exchange-simulator', '--config', config, '--dir', work.at('replay'), '--port', '0'],
      ...['--bars', `XYZUSDT=${bars}`],
    ]);
    const run = ended(child);
    child.stderr.on('data', (text: Buffer) => {
      if (text.toString().includes('is up')) child.kill('SIGTERM');
    });
    expect(await run).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('says who holds the folder, or the port', async () => {
    const simulator = await SimulatorProcess.start(config, work.at('held'));
    try {
      expect(await refused(['--config', config, '--dir', work.at('held')])).toContain(
        `held by process ${simulator.child.pid}: stop it first`,
      );
      expect(await refused(['--config', config, '--port', String(simulator.port)])).toContain(
        `error: port ${simulator.port} is taken (by another exchange simulator?); choose one with --port`,
      );
    } finally {
      await simulator.kill();
    }
  });

  it.each<[string, readonly string[], string]>([
    [
      'accounts that everybody could open',
      ['--config', config, '--host', '0.0.0.0'],
      'error: clients.c1.exchanges.sim.apiSecret: an exchange simulator that other machines can reach needs a secret for every account, such as env:NAME\n',
    ],
    [
      'a secret that is not there',
      ['--config', secret('env:NO_SUCH_SECRET')],
      'error: clients.c1.exchanges.sim.apiSecret: the environment variable NO_SUCH_SECRET is not set\n',
    ],
    [
      'a secret in no file',
      ['--config', secret('file:no-such-file')],
      'error: clients.c1.exchanges.sim.apiSecret: no-such-file cannot be read, or is empty\n',
    ],
    [
      'a dialect of an exchange that nobody trades at',
      ['--config', config, '--dialect', 'binance-usdm=0'],
      'error: --dialect binance-usdm: the configuration has no account there\n',
    ],
  ])('refuses %s', async (_what, args, message) => {
    expect(await refused(args)).toContain(message);
  });

  it.each<[readonly string[], string]>([
    [
      ['--hold', '--bars', 'XYZUSDT=a.csv'],
      "option '--hold' cannot be used with option '--bars <symbol=file>'",
    ],
    [['--hold', '--speed', '2'], "option '--hold' cannot be used with option '--speed <factor>'"],
    [['--speed', 'max'], 'It must be a number above 0, at most 3600.'],
    [['--dialect', 'sim=0'], 'sim is no dialect: there is '],
    [['--dialect', 'sim:binance-usdm=70000'], 'Write EXCHANGE=PORT, or EXCHANGE:DIALECT=PORT.'],
    [['--dialect', 'sim:binance-usdm=1', '--dialect', 'sim:binance-usdm=2'], 'sim is given twice.'],
  ])('does not understand %j', async (args, message) => {
    const { exitCode, stderr } = await runBowline(['exchange-simulator', '--config', config, ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
