import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { programPath, runBowline, WorkFolder } from '@bowline/testkit';
import { BARS, BY_FILE, CONFIG, SIGNALS, TICKS, WITH_BARS, WITH_TICKS } from './small-market.spec-support.js';

const DESK = `clients:
  ikenna:
    exchanges: { binance-usdm: { accountBalance: 10000 } }
    riskParams: { takeProfitPct: 3, stopLossPct: 2 }
    orderParams: { sizing: { fixedNotional: 1000 } }
instruments: { BTCUSDT: { tickSize: 0.5, lotSize: 0.001 } }
`;
const folder = new WorkFolder('simulation-bad-input');
const cwd = folder.path;

beforeAll(() => {
  const files = { 'desk.yaml': DESK, 'bars.csv': BARS, 'ticks.csv': TICKS, 'signals.csv': SIGNALS };
  for (const [name, content] of Object.entries(files)) folder.file(name, content);
});

describe('a command line that cannot be understood', () => {
  it.each<[what: string, args: readonly string[], said: string]>([
    [
      'without a market',
      [...CONFIG, ...BY_FILE],
      'error: there is no market: give --bars SYMBOL=FILE, or --ticks SYMBOL=FILE',
    ],
    [
      'without signals',
      WITH_BARS,
      'error: there are no signals: give --signals FILE, or try --strategy sma-cross:10,50',
    ],
    [
      'with bars and ticks',
      [...WITH_BARS, '--ticks', 'BTCUSDT=ticks.csv', ...BY_FILE],
      "error: option '--bars <symbol=file>' cannot be used with option '--ticks <symbol=file>'",
    ],
    [
      'that would repair ticks',
      [...WITH_TICKS, ...BY_FILE, '--repair'],
      "error: option '--repair' cannot be used with option '--ticks <symbol=file>'",
    ],
    [
      'with a latency below 0',
      [...WITH_BARS, ...BY_FILE, '--latency-ms=-1'],
      "error: option '--latency-ms <ms>' argument '-1' is invalid. It must be a whole number from 0 to 60000.",
    ],
    [
      'with nothing to fill',
      [...WITH_BARS, ...BY_FILE, '--fill-ratio', '0'],
      "error: option '--fill-ratio <share>' argument '0' is invalid. It must be a number above 0, at most 1.",
    ],
    [
      'with more than all rejected',
      [...WITH_BARS, ...BY_FILE, '--reject-probability', '1.5'],
      "error: option '--reject-probability <p>' argument '1.5' is invalid. It must be a number from 0 to 1.",
    ],
    [
      'with a word for a number',
      [...WITH_BARS, ...BY_FILE, '--duplicate-probability', 'often'],
      "error: option '--duplicate-probability <p>' argument 'often' is invalid. It must be a number from 0 to 1.",
    ],
    [
      'with a speed of 0',
      [...WITH_BARS, ...BY_FILE, '--speed', '0'],
      "error: option '--speed <factor>' argument '0' is invalid. Write how many virtual seconds pass in a real one, such as 60, or max.",
    ],
    [
      'with a strategy that does not exist',
      [...WITH_BARS, '--strategy', 'sma-crss:1,2'],
      'error: --strategy sma-crss:1,2: there is no built-in strategy "sma-crss"; there are sma-cross:fast,slow, donchian:n, random:seed',
    ],
  ])('(%s) says what to write', async (_what, args, said) => {
    const { exitCode, stderr, stdout } = await runBowline(args, { cwd });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.split('\n')[0]).toBe(said);
  });
});

describe('input that cannot be used', () => {
  const bad = (name: string, content: string) => folder.file(`bad/${name}`, content);

  it.each<[what: string, args: () => readonly string[], said: string]>([
    [
      'no configuration',
      () => ['simulate', '--config', 'none.yaml', '--bars', 'BTCUSDT=bars.csv', ...BY_FILE],
      `none.yaml: there is no such file; write one with: node ${programPath} init`,
    ],
    [
      'no ticks',
      () => [...CONFIG, '--ticks', 'BTCUSDT=none.csv', ...BY_FILE],
      'none.csv: there is no such file',
    ],
    [
      'a price that is none',
      () => [
        ...CONFIG,
        '--ticks',
        `BTCUSDT=${bad('a.csv', `${TICKS}2025-10-24T10:00:30Z,x,1\n`)}`,
        ...BY_FILE,
      ],
      `${folder.at('bad/a.csv')}, line 5: price "x" is not a number; correct or remove the row`,
    ],
    [
      'ticks between the ticks',
      () => [...CONFIG, '--ticks', `BTCUSDT=${bad('b.csv', TICKS.replace('45001', '45000.7'))}`, ...BY_FILE],
      'binance-usdm:BTCUSDT, trade 3 (2025-10-24T10:00:20.000Z): price 45000.7 is not a multiple of tickSize 0.5; set instruments.BTCUSDT.tickSize to that of the data',
    ],
    [
      'ticks that nobody trades on',
      () => [...CONFIG, '--ticks', 'okx:BTCUSDT=ticks.csv', ...BY_FILE],
      'no account trades what there are ticks of (okx:BTCUSDT): ikenna at binance-usdm trades every symbol',
    ],
    [
      'a signal that is none',
      () => [...WITH_TICKS, '--signals', bad('c.csv', SIGNALS.replace(',0\n', ',flat\n'))],
      `${folder.at('bad/c.csv')}, line 3: signal is "flat"; it must be 1 (be long), -1 (be short), or 0 (be flat)`,
    ],
    [
      'a rate that is none',
      () => [
        ...WITH_TICKS,
        ...BY_FILE,
        '--funding',
        `BTCUSDT=${bad('d.csv', 'time,rate\n2025-10-24T10:00:10Z,5\n')}`,
      ],
      `${folder.at('bad/d.csv')}, line 2: rate 5 is 100 % or more; a rate is a fraction: 0.0001 is 0.01 %`,
    ],
    [
      'a folder that holds something else',
      () => [...WITH_TICKS, ...BY_FILE, '--out', folder.at('bad')],
      `--out ${folder.at('bad')}: holds "a.csv", "b.csv", "c.csv" and 1 more, not from a report`,
    ],
  ])('(%s) is named, with what to do', async (_what, args, said) => {
    const line = args();
    const before = folder.snapshot();
    const { exitCode, stderr, stdout } = await runBowline(line, { cwd });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr.split('\n')[0]).toContain(`error: ${said}`);
    expect(folder.snapshot()).toEqual(before);
  });

  it('and a port that is taken as well', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { exitCode, stderr } = await runBowline([...WITH_TICKS, ...BY_FILE, '--port', String(port)], {
      cwd,
    });
    server.close();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`error: port ${port} is taken`);
  });
});
