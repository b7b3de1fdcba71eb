import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { openEmbeddedJournals } from '@bowline/journal-embedded';
import { runBowline, WorkFolder, type BowlineRun } from '@bowline/testkit';
import { startDesk, storeRows } from './started-desk.spec-support.js';

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
It trades: seed 7, as fast as it can, http://HERE. Ctrl-C ends it, and all is written.
Ending: what is on its way is dealt with, and all of it is written ...
`,
    );
  });

  it('shows every channel with its positions, and the exchange beside them', () => {
    const rows = tableOf(run.stdout, 'Channel');
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
      expect(shown).toEqual(stored.map((each) => ({ ...each, realized: plain(each['realized']), fees: plain(each['fees']) })));
    }
    const [{ open }] = await storeRows(path, "SELECT count(*)::INTEGER AS open FROM strategy_positions WHERE status = 'open'");
    expect(run.stdout).toContain(` · ${String(open)} open positions · `);
  });

  it('shows the rates of take-profits, what was denied, and that the sums were always equal', () => {
    expect(run.stdout).toMatch(/\d+ OCO pairs in force · \d+ take-profits, \d+ stop-losses/);
    expect(run.stdout).toMatch(/^Denied: MAX_LEVERAGE \d+/m);
    expect(run.stdout).toMatch(/^Sum of shares = exchange position: always equal, [\d,]+ checks$/m);
    expect(lastTableOf(run.stdout, 'Client').some(([, , , , , rate]) => /^\d+\.\d\d %$/.test(rate))).toBe(true);
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

  it('begins anew the next time, whatever has become of the journals, and keeps the configuration', async () => {
    writeFileSync(`${dir}/bowline.yaml`, `# mine\n${work.read('whole', 'bowline.yaml')}`);
    writeFileSync(`${dir}/journal/manifest`, 'damaged');
    const again = await runBowline(['start', '--dir', dir, ...QUICK, '--for', '1s']);
    expect(again.exitCode).toBe(0);
    expect(work.read('whole', 'bowline.yaml')).toContain('# mine');
    const [{ last }] = await storeRows(`${dir}/desk.duckdb`, 'SELECT max(created_time)::VARCHAR AS last FROM orders');
    expect(last).toMatch(/^2025-01-06 00:0[01]:/);
  });
});

describe.each(['SIGINT', 'SIGTERM'] as const)('a desk that gets %s', (name) => {
  it('ends cleanly: the store has what was shown last, and the next one goes on', async () => {
    const dir = work.at(name);
    const desk = startDesk(['start', '--dir', dir, '--port', '0', '--speed', '600']);
    await desk.url;
    expect(existsSync(`${dir}/desk.json`)).toBe(true);
    desk.signal(name);
    const { exitCode, stderr, stdout } = await desk.ended;
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('stopping (once more to stop at once)\nEnding: ')]);
    const [{ trades }] = await storeRows(`${dir}/desk.duckdb`, 'SELECT count(*)::INTEGER AS trades FROM trades');
    expect(stdout).toContain(`\n${String(trades)} trades · `);
    expect(existsSync(`${dir}/desk.json`)).toBe(false);
    expect(JSON.parse(work.read(name, 'clock'))).toMatchObject({ ended: true });
  });
});

describe('a second desk', () => {
  it('is told who has the folder, and leaves all of it as it is', async () => {
    const dir = work.at('shared');
    const first = startDesk(['start', '--dir', dir, '--port', '0', '--speed', '60']);
    const url = await first.url;
    for (const more of [[], ['--resume']]) {
      const second = await runBowline(['start', '--dir', dir, ...QUICK, ...more]);
      expect([second.exitCode, second.stderr.split('\n')[1]]).toEqual([
        1,
        `error: ${dir} is held by process ${first.pid}: stop it first, or choose another folder.`,
      ]);
    }
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    first.signal('SIGINT');
    expect((await first.ended).exitCode).toBe(0);
  });

  it('on a port that is taken says so, and has not thrown the earlier run away', async () => {
    const dir = work.at('port');
    expect((await runBowline(['start', '--dir', dir, ...QUICK, '--for', '1s'])).exitCode).toBe(0);
    const before = work.snapshot('port');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const second = await runBowline(['start', '--dir', dir, '--port', String(port)]);
    server.close();
    expect([second.exitCode, second.stdout]).toEqual([1, '']);
    expect(second.stderr.split('\n')[1]).toBe(
      `error: port ${port} is taken (by another desk?); choose one with --port`,
    );
    expect(work.snapshot('port')).toEqual(before);
  });
});

function channels(account: string): string[] {
  return ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'].map((symbol) => `${account}.${symbol}`);
}

/** The cells of the last table whose first column has this head. */
function lastTableOf(text: string, head: string): string[][] {
  const lines = text.split('\n');
  const at = lines.findLastIndex((line) => line.startsWith(`${head} `));
  const rest = lines.slice(at + 2);
  return rest.slice(0, rest.indexOf('')).map((line) => line.trim().split(/ {2,}/));
}

function tableOf(text: string, head: string): string[][] {
  return lastTableOf(text, head);
}

/** An amount as a number: shown with a sign and groups of thousands, stored without. */
function plain(text: unknown): number {
  return Number(String(text).replaceAll(',', ''));
}
