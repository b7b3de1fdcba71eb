import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runBowline, WorkFolder } from '@bowline/testkit';
import { storeRows } from './started-desk.spec-support.js';

// Each of them starts processes, which takes its time on a machine that has other things to do.
jest.setTimeout(300_000);

const work = new WorkFolder('same-seed');
/** What a strategy is judged by. Everything in a row of these tables counts, down to the last digit. */
const TABLES = ['trades', 'fills', 'orders', 'strategy_positions', 'signals', 'denials'];

describe('a seed', () => {
  let whole: Record<string, unknown>;

  beforeAll(async () => {
    whole = await run('whole', ['--speed', 'max', '--for', '10s']);
  });

  it('makes enough happen to be compared', () => {
    expect((whole['trades'] as unknown[]).length).toBeGreaterThan(30);
    expect((whole['denials'] as unknown[]).length).toBeGreaterThan(5);
  });

  it('gives the same again, row by row', async () => {
    expect(await run('again', ['--speed', 'max', '--for', '10s', '--seed', '7'])).toEqual(whole);
  });

  it('gives the same at another pace, on a machine that has other things to do', async () => {
    const load = [1, 2, 3].map(() => new Worker('for (;;);', { eval: true }));
    try {
      expect(await run('paced', ['--speed', '600', '--for', '1s'])).toEqual(whole);
    } finally {
      await Promise.all(load.map((worker) => worker.terminate()));
    }
  });

  it('gives other trades than another one', async () => {
    const other = await run('other', ['--speed', 'max', '--for', '10s', '--seed', '8']);
    expect(other['trades']).not.toEqual(whole['trades']);
  });

  it.each([
    ['5s', '5s'],
    // In the middle of what is on its way: a stop that follows the price is being replaced.
    ['7101ms', '2899ms'],
  ])(
    'gives the same orders, fills and trades where the run was ended after %s, and went on',
    async (first, second) => {
      const dir = `cut-${first}`;
      await run(dir, ['--speed', 'max', '--for', first]);
      const both = await run(dir, ['--speed', 'max', '--for', second, '--resume']);
      for (const table of ['trades', 'fills', 'orders'])
        expect([table, both[table]]).toEqual([table, whole[table]]);
      // Records are numbered otherwise: opening the exchanges' lines is recorded, too.
      for (const table of ['signals', 'denials']) {
        expect([table, withoutAuditIds(both[table])]).toEqual([table, withoutAuditIds(whole[table])]);
      }
    },
  );
});

async function run(dir: string, args: readonly string[]): Promise<Record<string, unknown>> {
  const { exitCode, stderr } = await runBowline(['start', '--dir', work.at(dir), '--port', '0', ...args]);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('It trades: seed ')]);
  const tables: Record<string, unknown> = {};
  for (const table of TABLES) {
    tables[table] = await storeRows(work.at(dir, 'desk.duckdb'), `SELECT * FROM ${table} ORDER BY ALL`);
  }
  return tables;
}

function withoutAuditIds(rows: unknown): unknown[] {
  return (rows as readonly Readonly<Record<string, unknown>>[])
    .map(({ audit_id: _, sequence: __, ...row }) => JSON.stringify(row))
    .sort();
}
