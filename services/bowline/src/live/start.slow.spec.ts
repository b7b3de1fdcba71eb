import { existsSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { openEmbeddedJournals } from '@bowline/journal-embedded';
import { runBowline, WorkFolder, type BowlineRun } from '@bowline/testkit';
import { runCommand } from '../commands/run-command.spec-support.js';
import { MOCK_CONFIG } from './mock-config.js';
import { storeRows } from './started-desk.spec-support.js';

const work = new WorkFolder('start');
const QUICK = ['--speed', 'max', '--port', '0'];

describe('bowline start --for', () => {
  const dir = work.at('whole');
  let run: BowlineRun;

  beforeAll(async () => {
    run = await runBowline(['start', '--dir', dir, ...QUICK, '--for', '5s']);
  });

  it('ends by itself, and says on stderr what it does', () => {
    expect(run.exitCode).toBe(0);
    expect(run.stderr.replace(/127\.0\.0\.1:\d+/, 'HERE')).toBe(
      `Starting the desk of ${dir}/bowline.yaml, with what it keeps in ${dir} ...
signals are taken unsigned, from whoever is on this machine: no ingest.sources are configured
It trades: seed 7, as fast as it can, http://HERE. Ctrl-C ends it, and all is written.
Ending: what is on its way is dealt with, and all of it is written ...
`,
    );
  });

  it('shows every channel with its positions, and the exchange beside them', () => {
    const rows = lastTableOf(run.stdout, 'Channel');
    expect(rows.map(([channel]) => channel)).toEqual([
      ...channels('christian.okx'),
      ...channels('ikenna.binance-usdm'),
      ...channels('ikenna.okx'),
      ...channels('odum.binance-usdm'),
    ]);
    for (const [channel, state, mark, positions, shares, exchange] of rows) {
      expect([channel, state, exchange]).toEqual([channel, 'ACTIVE', shares]);
      expect([Number(mark) > 0, Number(positions) >= 0]).toEqual([true, true]);
    }
  });

  it('ends with a summary that says the same as the store', async () => {
    const path = `${dir}/desk.duckdb`;
    for (const [head, column] of [
      ['Client', 'client_id'],
      ['Strategy', 'strategy_id'],
    ] as const) {
      const stored = await storeRows(
        path,
        `SELECT ${column} AS name, count(*)::INTEGER AS trades,
           count(*) FILTER (close_reason = 'take_profit')::INTEGER AS tp,
           count(*) FILTER (close_reason = 'stop_loss')::INTEGER AS sl,
           round(sum(realized_pnl), 2)::VARCHAR AS realized, round(sum(fees), 2)::VARCHAR AS fees
         FROM trades GROUP BY ALL ORDER BY ALL`,
      );
      const shown = lastTableOf(run.stdout, head)
        .filter(([, trades]) => trades !== '0')
        .map(([name, trades, , tp, sl, , , realized, fees]) => ({
          name,
          trades: Number(trades),
          tp: Number(tp),
          sl: Number(sl),
          realized: plain(realized),
          fees: plain(fees),
        }));
      expect(shown.length).toBeGreaterThan(0);
      expect(shown).toEqual(
        stored.map((each) => ({ ...each, realized: plain(each['realized']), fees: plain(each['fees']) })),
      );
    }
    const [{ open }] = await storeRows(
      path,
      "SELECT count(*)::INTEGER AS open FROM strategy_positions WHERE status = 'open'",
    );
    expect(run.stdout).toContain(` · ${String(open)} open positions · `);
  });

  it('shows the rates of take-profits, what was denied, and that the sums were always equal', () => {
    expect(run.stdout).toMatch(/\d+ OCO pairs in force · \d+ take-profits, \d+ stop-losses/);
    expect(run.stdout).toMatch(/^Denied: MAX_LEVERAGE \d+/m);
    expect(run.stdout).toMatch(/^Sum of shares = exchange position: always equal, [\d,]+ checks$/m);
    expect(lastTableOf(run.stdout, 'Client').some(([, , , , , rate]) => /^\d+\.\d\d %$/.test(rate))).toBe(
      true,
    );
  });

  it('says how to go on, in commands that work', () => {
    expect(run.stdout).toContain(`start --resume --dir ${dir}\n`);
    expect(run.stdout).toContain(`report --database ${dir}/desk.duckdb --out my-report\n`);
  });

  it('leaves journals that open again, and no sign that it still ran', async () => {
    expect(existsSync(`${dir}/desk.json`)).toBe(false);
    const journals = await openEmbeddedJournals(`${dir}/journal`, { mustExist: true });
    const shards = journals.shards();
    await journals.close();
    expect(shards.filter((shard) => shard.startsWith('oco-manager/'))).toHaveLength(12);
    expect(shards.filter((shard) => shard.startsWith('order-generator/'))).toHaveLength(3);
    expect(shards.filter((shard) => shard.startsWith('execution-gateway/'))).toHaveLength(4);
  });

  it('begins anew the next time, whatever has become of the journals, by the configuration as it has been changed', async () => {
    writeFileSync(`${dir}/bowline.yaml`, work.read('whole', 'bowline.yaml').replaceAll('okx', 'kraken'));
    writeFileSync(`${dir}/journal/manifest`, 'damaged');
    const again = await runBowline(['start', '--dir', dir, ...QUICK, '--for', '1s']);
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toContain('christian.kraken.BTCUSDT');
    const [{ last }] = await storeRows(
      `${dir}/desk.duckdb`,
      'SELECT max(created_time)::VARCHAR AS last FROM orders',
    );
    expect(last).toMatch(/^2025-01-06 00:0[01]:/);
  });
});

describe('a command line that cannot be run', () => {
  const PACE = 'Write how many virtual seconds pass in a real one, such as 60, or max.';
  const TIME = 'Write a number with ms, s, m or h behind it, such as 20s or 5m.';

  it.each<[string, string[], string]>([
    ['a speed of 0', ['start', '--speed', '0'], PACE],
    ['a speed in words', ['start', '--speed', 'fast'], PACE],
    ['no time at all', ['start', '--for', '0s'], TIME],
    ['a time without its unit', ['start', '--for', '20'], TIME],
    ['a seed below 0', ['start', '--seed', '-1'], 'It must be a whole number from 0 to 4294967295.'],
    ['a port that none is', ['start', '--port', '70000'], 'It must be a whole number from 0 to 65535.'],
    [
      'an unknown role',
      ['run', '--config', 'x.yaml', '--roles', 'oco-manager,analyst'],
      'There is no role "analyst": signal-ingest, order-generator, oco-manager, execution-gateway, analytics, market-data.',
    ],
    ['no configuration for run', ['run'], "required option '--config <file>' not specified"],
  ])('(%s) is refused with what to write instead', async (_, args, message) => {
    const run = await runBowline(args);
    expect([run.exitCode, run.stdout, run.stderr]).toEqual([2, '', expect.stringContaining(message)]);
  });
});

/** Signals from anybody, commands from those who know the token. */
const OPEN = 'ingest: { open: true }\nprocess: { token: env:HOME }\n';

describe('a desk that cannot be run', () => {
  it.each<[string, string[], string]>([
    [
      'roles without those that they speak to',
      ['run', '--config', work.file('mock.yaml', MOCK_CONFIG), '--roles', 'execution-gateway'],
      '--roles: execution-gateway sends executions to oco-manager, which is not among them; messaging local_pubsub connects roles of one process only, so add oco-manager',
    ],
    [
      'a run that is not there',
      ['start', '--resume', '--dir', work.at('nowhere')],
      `${work.at('nowhere')}: there is no run to resume; start one without --resume`,
    ],
    [
      'a file for a folder',
      ['start', '--dir', work.file('file', '')],
      `${work.at('file')} is no directory; choose another one with --dir`,
    ],
    [
      'a folder that cannot be',
      ['start', '--dir', work.at('file', 'in')],
      `${work.at('file', 'in')}: a part of the path is no directory (ENOTDIR)`,
    ],
    [
      'an address of another machine',
      [
        ...['start', '--dir', work.at('host'), '--host', '203.0.113.1'],
        ...['--config', work.file('open.yaml', `${MOCK_CONFIG}${OPEN}`)],
      ],
      'this machine has no address 203.0.113.1; choose one with --host',
    ],
    [
      'commands for everybody',
      ['start', '--dir', work.at('host'), '--host', '0.0.0.0'],
      'others than this machine reach 0.0.0.0, and could halt, resume and close: set process.token, such as env:BOWLINE_TOKEN',
    ],
    [
      'an environment that says too little',
      ['start', '--config', work.file('cloud.yaml', MOCK_CONFIG.replace('local-dev', 'cloud-dev'))],
      `${work.at('cloud.yaml')}: environment cloud-dev speaks over Google Pub/Sub: say which with messaging: { type: pubsub, project: ... }`,
    ],
    [
      'an environment of several processes',
      ['start', '--config', work.file('several.yaml', MOCK_CONFIG.replace('local-dev', 'local-integration'))],
      `${work.at('several.yaml')}: start makes its exchanges up, and environment local-integration has others; use up, or run`,
    ],
  ])('(%s) says what to do', async (_, args, message) => {
    const { exitCode, stderr, stdout } = await runCommand(args);
    expect([exitCode, stdout, stderr]).toEqual([1, '', expect.stringContaining(`error: ${message}\n`)]);
  });

  it('leaves no folder behind where there was no run to resume', () => {
    expect(existsSync(work.at('nowhere'))).toBe(false);
  });
});

function channels(account: string): string[] {
  return ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'].map((symbol) => `${account}.${symbol}`);
}

/** The cells of the last table whose first column has this head. */
function lastTableOf(text: string, head: string): string[][] {
  const rest = text
    .slice(text.lastIndexOf(`\n${head} `) + 1)
    .split('\n')
    .slice(2);
  return rest.slice(0, rest.indexOf('')).map((line) => line.trim().split(/ {2,}/));
}

/** An amount as a number: shown with a sign and groups of thousands, stored without. */
function plain(text: unknown): number {
  return Number(String(text).replaceAll(',', ''));
}
