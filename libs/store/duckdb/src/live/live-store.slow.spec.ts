import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  columnName,
  LIVE_SQL_TYPES,
  LIVE_TABLE_NAMES,
  LIVE_TABLES,
  liveKey,
  type LiveRow,
  type LiveTable,
  type LiveTableName,
} from '@bowline/contracts';
import { WorkFolder } from '@bowline/testkit';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { LiveReader } from './live-reader.js';
import { allRows, type RowsByTable } from './live-rows.js';
import { LIVE_VERSION } from './live-schema.js';
import { LiveStoreError } from './live-store-error.js';
import { LiveStore } from './live-store.js';
import { openForReading, openForWriting } from './open-live.js';
import { anyRow, aRow } from './rows.spec-support.js';

const folder = new WorkFolder('live-store');
let files = 0;
const newPath = (): string => folder.at(`store-${(files += 1)}.duckdb`);

const open: LiveStore[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

/** A copy of one that is empty: to make it takes ten times as long. */
function emptyStore(): string {
  const path = newPath();
  copyFileSync(TEMPLATE, path);
  return path;
}

const TEMPLATE = folder.at('template.duckdb');
beforeAll(async () => (await LiveStore.open(TEMPLATE)).close());

async function openStore(path = emptyStore(), remembered?: number): Promise<LiveStore> {
  const store = await LiveStore.open(path, remembered);
  open.push(store);
  return store;
}

async function closeStore(store: LiveStore): Promise<void> {
  open.splice(open.indexOf(store), 1);
  await store.close();
}

type Rows = { readonly [Name in LiveTableName]?: readonly LiveRow<Name>[] };

function byTable(rows: Rows): RowsByTable {
  return new Map(Object.entries(rows) as [LiveTableName, LiveRow<LiveTableName>[]][]);
}

async function query(path: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

async function refusal(opening: Promise<unknown>): Promise<LiveStoreError> {
  const error: unknown = await opening.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LiveStoreError);
  return error as LiveStoreError;
}

describe('the tables', () => {
  it('are those that are documented, with stated types, keys and meanings', async () => {
    const store = await openStore(newPath());
    await closeStore(store);
    for (const name of LIVE_TABLE_NAMES) {
      const { columns, key, meaning }: LiveTable = LIVE_TABLES[name];
      expect(
        await query(
          store.path,
          `SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE table_name = '${name}' ORDER BY column_index`,
        ),
      ).toEqual(
        Object.entries(columns).map(([field, { meaning: says, nullable, type, unit }]) => [
          columnName(field),
          LIVE_SQL_TYPES[type],
          nullable,
          unit === '' ? says : `${says} [${unit}]`,
        ]),
      );
      expect(
        await query(
          store.path,
          `SELECT constraint_column_names, (SELECT comment FROM duckdb_tables() WHERE table_name = '${name}')
           FROM duckdb_constraints() WHERE table_name = '${name}' AND constraint_type = 'PRIMARY KEY'`,
        ),
      ).toEqual([[key.map(columnName), meaning]]);
    }
  });

  it('have the fields of the document that the seed describes', () => {
    const names = Object.keys(LIVE_TABLES.strategy_positions.columns).map(columnName);
    expect(names).toEqual(
      expect.arrayContaining([
        'strategy_position_id',
        'strategy_id',
        'symbol',
        'side',
        'entry_price',
        'entry_quantity',
        'take_profit_price',
        'stop_loss_price',
        'status',
        'entry_time',
        'exchange_position_key',
        'exit_price',
        'exit_quantity',
        'exit_time',
        'close_reason',
        'realized_pnl',
        'realized_pnl_pct',
        'duration_seconds',
        'exit_order_id',
      ]),
    );
  });
});

describe('what is committed', () => {
  it('is read back to the last digit, from every table', async () => {
    const anyRows = <Name extends LiveTableName>(name: Name) =>
      fc.uniqueArray(anyRow(name), { maxLength: 12, selector: (row) => liveKey(name, row) });
    const anyTables = fc.record(Object.fromEntries(LIVE_TABLE_NAMES.map((name) => [name, anyRows(name)])));
    await fc.assert(
      fc.asyncProperty(anyTables, async (rows) => {
        const store = await openStore();
        await store.commit(byTable(rows as Rows), []);
        await closeStore(store);
        const { close, connection } = await openForReading(store.path);
        for (const name of LIVE_TABLE_NAMES) {
          const keyed = (all: readonly LiveRow<LiveTableName>[] = []) =>
            new Map(all.map((row) => [liveKey(name, row), row]));
          const read = keyed(await allRows(connection, name));
          expect([name, read]).toEqual([name, keyed(rows[name])]);
        }
        close();
      }),
      { numRuns: 6 },
    );
  });

  it('replaces the row of its key, and changes nothing when it comes again', async () => {
    const store = await openStore();
    const orders = [1, 2, 3].map((sequence) => aRow('orders', { sequence, clientOrderId: `o${sequence}` }));
    const filled = { ...orders[1], orderStatus: 'filled', cumQty: '1.5' };
    await store.commit(byTable({ orders }), []);
    await store.commit(byTable({ orders: [filled] }), []);
    await store.commit(byTable({ orders: [filled] }), []);
    const { rows } = await store.history(10);
    expect(rows.orders).toEqual([orders[0], filled, orders[2]]);
  });

  it('is there as a whole or not at all', async () => {
    const store = await openStore();
    await store.commit(byTable({ fills: [aRow('fills', { tradeId: 'before' })] }), [{ topic: 't', id: '1' }]);
    const half = byTable({ fills: [aRow('fills', { tradeId: 'half' })], nonsense: [] } as Rows);
    await expect(store.commit(half, [{ topic: 't', id: '2' }])).rejects.toThrow();
    await store.commit(byTable({ fills: [aRow('fills', { tradeId: 'after' })] }), [{ topic: 't', id: '3' }]);
    const { rows, seen } = await store.history(10);
    expect(rows.fills.map(({ tradeId }) => tradeId).sort()).toEqual(['after', 'before']);
    expect(seen.map(({ id }) => id)).toEqual(['1', '3']);
  });

  it.each<[string, Partial<LiveRow<'fills'>>, RegExp]>([
    [
      'a decimal has too many digits behind the point',
      { fee: '0.0000000000000000001' },
      /more than 18 decimals/,
    ],
    [
      'a decimal has too many before it',
      { fee: `-1${'0'.repeat(20)}` },
      /more than 20 digits before the point/,
    ],
    ['it is at no time', { time: Infinity }, /is no time/],
    ['it lacks what must be there', { side: null as never }, /something must/],
  ])('is without a row that its table cannot hold, which is told: %s', async (_what, given, message) => {
    const store = await openStore();
    const bad = aRow('fills', { tradeId: 'bad', ...given });
    const refused = await store.commit(byTable({ fills: [bad, aRow('fills', { tradeId: 'good' })] }), []);
    expect(refused).toEqual([{ table: 'fills', row: bad, error: expect.any(RangeError) }]);
    expect(refused[0]!.error.message).toMatch(message);
    expect((await store.history(9)).rows.fills.map(({ tradeId }) => tradeId)).toEqual(['good']);
  });
});

describe('the history that a read model starts from', () => {
  it('is what is open, and the last of what is over, in the order in which it became known', async () => {
    const store = await openStore();
    const strategy_positions = [1, 2, 3, 4, 5, 6].map((sequence) =>
      aRow('strategy_positions', {
        sequence,
        strategyPositionId: `p${sequence}`,
        status: sequence % 3 === 0 ? 'open' : 'closed',
      }),
    );
    const signals = ['STALE', 'STALE', 'UNCHANGED'].map((code, i) =>
      aRow('signals', { sequence: 10 + i, auditId: `a${i}`, outcome: 'ignored', code }),
    );
    await store.commit(byTable({ strategy_positions, signals }), [
      { topic: 'positions.x', id: 'b' },
      { topic: 'audit.x', id: 'a' },
    ]);
    const { ignored, lastSequence, rows, seen } = await store.history(2);
    expect(rows.strategy_positions.map(({ strategyPositionId }) => strategyPositionId)).toEqual([
      'p3',
      'p4',
      'p5',
      'p6',
    ]);
    expect(rows.signals.map(({ auditId }) => auditId)).toEqual(['a1', 'a2']);
    expect(ignored).toEqual([
      { clientId: 'x', strategyId: 'x', code: 'STALE', count: 2 },
      { clientId: 'x', strategyId: 'x', code: 'UNCHANGED', count: 1 },
    ]);
    expect(lastSequence).toBe(12);
    expect(seen.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('is, of trades, what figures are folded from, in the order in which they were closed', async () => {
    const store = await openStore();
    const trades = [3, 1, 2].map((sequence) =>
      aRow('trades', {
        sequence,
        strategyPositionId: `p${sequence}`,
        realizedPnl: `-${sequence}.000000000000000001`,
        entryTime: 5,
        exitTime: sequence * 1_000,
      }),
    );
    await store.commit(byTable({ trades }), []);
    const outcomes = [];
    for await (const outcome of store.outcomes()) outcomes.push(outcome);
    expect(outcomes.map(({ realizedPnl }) => realizedPnl)).toEqual(
      [1n, 2n, 3n].map((n) => -(n * 10n ** 18n) - 1n),
    );
    expect(outcomes[0]).toEqual({
      clientId: 'x',
      strategyId: 'x',
      side: 'x',
      closeReason: 'x',
      entryTime: 5,
      exitTime: 1_000,
      realizedPnl: -(10n ** 18n) - 1n,
      fees: 15n * 10n ** 17n,
      funding: 15n * 10n ** 17n,
    });
  });

  it('remembers as many messages as it should, over a restart', async () => {
    const path = emptyStore();
    let store = await openStore(path, 20);
    for (let i = 1; i <= 100; i += 1) await store.commit(new Map(), [{ topic: 't', id: String(i) }]);
    await closeStore(store);
    store = await openStore(path, 20);
    await store.commit(new Map(), [{ topic: 't', id: '101' }]);
    const ids = (await store.history(0)).seen.map(({ id }) => Number(id));
    expect(ids.slice(-20)).toEqual(Array.from({ length: 20 }, (_, i) => 82 + i));
    expect(ids.length).toBeLessThanOrEqual(26);
  });
});

describe('a store that is opened', () => {
  it('is made where there is none, folders included, and is one file', async () => {
    const path = folder.at('new', 'folder', 'desk.duckdb');
    await closeStore(await openStore(path));
    expect(readdirSync(folder.at('new', 'folder'))).toEqual(['desk.duckdb']);
  });

  it('goes on with what it had', async () => {
    const store = await openStore();
    const account = aRow('accounts', { balance: '100' });
    await store.commit(byTable({ accounts: [account] }), []);
    await closeStore(store);
    const again = await openStore(store.path);
    expect((await again.history(0)).rows.accounts).toEqual([account]);
  });

  it('is refused while this process has it open', async () => {
    const { path } = await openStore();
    expect(await refusal(LiveStore.open(path))).toMatchObject({ code: 'locked', pid: process.pid });
    expect(await refusal(LiveReader.open(path))).toMatchObject({ code: 'locked' });
  });

  it('is refused, for writing and for reading, while another process has it open', async () => {
    const store = await openStore();
    const script = `
      import { LiveReader, LiveStore } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
      for (const kind of [LiveStore, LiveReader]) {
        try { await kind.open(process.argv[1]); } catch (error) {
          console.log(JSON.stringify([error.name, error.code, error.pid, error.message]));
        }
      }`;
    const { stderr, stdout } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', script, store.path],
      {
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('');
    const refused = JSON.stringify([
      'LiveStoreError',
      'locked',
      process.pid,
      `${store.path}: process ${process.pid} has it open, and DuckDB lets one process at a time`,
    ]);
    expect(stdout).toBe(`${refused}\n${refused}\n`);
  });

  it.each([
    ['a text', async (path: string) => writeFile(path, 'hello world\n'.repeat(500)), /is no DuckDB database/],
    ['an empty file', async (path: string) => writeFile(path, ''), /is no DuckDB database/],
    ['a directory', async (path: string) => mkdir(path), /is a directory/],
    [
      'a database of something else',
      async (path: string) => {
        const instance = await DuckDBInstance.create(path);
        const connection = await instance.connect();
        await connection.run('CREATE TABLE trades (a INTEGER)');
        connection.closeSync();
        instance.closeSync();
      },
      /but no desk's/,
    ],
  ])('is refused where the file is %s, which stays as it is', async (_what, make, message) => {
    const path = newPath();
    await make(path);
    const before = folder.snapshot();
    for (const kind of [LiveStore, LiveReader]) {
      const error = await refusal(kind.open(path));
      expect(error.code).toBe('foreign');
      expect(error.message).toMatch(message);
    }
    expect(folder.snapshot()).toEqual(before);
  });

  it.each([
    ['was cut', (content: Buffer) => content.subarray(0, content.length / 2)],
    ['has a byte that has changed', (content: Buffer) => content.fill(content[5_000]! ^ 1, 5_000, 5_001)],
  ])('is refused where the file %s, which stays as it is', async (_what, damage) => {
    const store = await openStore();
    await closeStore(store);
    await writeFile(store.path, damage(await readFile(store.path)));
    const before = folder.snapshot();
    for (const kind of [LiveStore, LiveReader]) {
      const error = await refusal(kind.open(store.path));
      expect(error.code).toBe('damaged');
      expect(error.message).toMatch(
        /: DuckDB cannot open it \(.+\); put a copy in its place, or move it away$/,
      );
    }
    expect(folder.snapshot()).toEqual(before);
  });

  it('is refused where a later version has written it', async () => {
    const store = await openStore();
    await closeStore(store);
    const { close, connection } = await openForWriting(store.path);
    await connection.run(`UPDATE store_info SET version = ${LIVE_VERSION + 1}`);
    close();
    for (const kind of [LiveStore, LiveReader]) {
      const error = await refusal(kind.open(store.path));
      expect(error.code).toBe('newer');
      expect(error.message).toContain(`store version ${LIVE_VERSION + 1}, this one knows ${LIVE_VERSION}`);
    }
  });

  it('is brought up to date where an earlier version has written it, and only for writing', async () => {
    const store = await openStore();
    await closeStore(store);
    const migration = ['CREATE TABLE added (a INTEGER)', 'INSERT INTO added VALUES (1)'];
    const older = await openForWriting(store.path);
    await older.connection.run('UPDATE store_info SET version = 0');
    older.close();
    expect((await refusal(LiveReader.open(store.path))).code).toBe('older');
    // Version 0 is made up: its step stands before those that there are.
    const opened = await openForWriting(store.path, { 0: migration, 1: [] });
    opened.close();
    expect(await query(store.path, 'SELECT (SELECT a FROM added), version FROM store_info')).toEqual([
      [1, LIVE_VERSION],
    ]);
  });

  it('of a version without modes of protection says of its rows that they are not known, and takes new ones', async () => {
    const row = aRow('strategy_positions', { protection: 'paired' });
    const store = await openStore();
    await store.commit(byTable({ strategy_positions: [row] }), [{ topic: 't', id: '1' }]);
    await closeStore(store);
    const older = await openForWriting(store.path);
    await older.connection.run('ALTER TABLE strategy_positions DROP COLUMN protection');
    await older.connection.run('UPDATE store_info SET version = 1');
    older.close();
    const next = await openStore(store.path);
    const added = { ...row, strategyPositionId: 'other-1', protection: 'synthetic' };
    await next.commit(byTable({ strategy_positions: [added] }), [{ topic: 't', id: '2' }]);
    await closeStore(next);
    const reader = await LiveReader.open(store.path);
    const rows = await reader.rows('strategy_positions', null);
    reader.close();
    expect(new Set(rows)).toEqual(new Set([{ ...row, protection: null }, added]));
  });

  it('is not there for reading where there is no file', async () => {
    const path = newPath();
    expect(await refusal(LiveReader.open(path))).toMatchObject({
      code: 'missing',
      message: `${path}: there is no such file`,
    });
  });
});

describe('a copy', () => {
  it('is a store of its own with everything that was committed, while the store goes on', async () => {
    const store = await openStore();
    const fills = Array.from({ length: 5_000 }, (_, i) => aRow('fills', { sequence: i, tradeId: `t${i}` }));
    await store.commit(byTable({ fills }), [{ topic: 't', id: '1' }]);
    const path = newPath();
    await Promise.all([
      store.copyTo(path),
      store.commit(byTable({ alerts: [aRow('alerts', { code: 'DRIFT' })] }), []),
    ]);
    const reader = await LiveReader.open(path);
    expect(await reader.rows('fills', null)).toEqual(fills);
    reader.close();
    const copy = await openStore(path);
    await copy.commit(byTable({ fills: [{ ...fills[0], fee: '9' }] }), []);
    expect((await copy.history(10_000)).rows.fills[0]).toEqual({ ...fills[0], fee: '9' });
    expect((await store.history(10)).rows.alerts).toHaveLength(1);
  });
});

describe('candles', () => {
  const minute = (n: number): number => Date.UTC(2025, 0, 1) + n * 60_000;
  const bar = (n: number, price: number) =>
    aRow('bars', {
      exchange: 'okx',
      symbol: 'BTCUSDT',
      openTime: minute(n),
      intervalMs: 60_000,
      open: `${price}`,
      high: `${price + 2}`,
      low: `${price - 2}`,
      close: `${price + 1}`,
    });
  const fill = (sequence: number, time: number, lastPx: string, symbol = 'BTCUSDT') =>
    aRow('fills', { sequence, tradeId: `t${sequence}`, exchange: 'okx', symbol, time, lastPx });

  async function candlesOf(rows: Rows) {
    const store = await openStore();
    await store.commit(byTable(rows), []);
    await closeStore(store);
    const reader = await LiveReader.open(store.path);
    const { close, high, low, open: opens, openTime, ...rest } = await reader.candles('okx', 'BTCUSDT');
    reader.close();
    return {
      ...rest,
      rows: Array.from(openTime, (at, i) => [(at - minute(0)) / 60_000, opens[i], high[i], low[i], close[i]]),
    };
  }

  it('are those that were told, and those of the fills where none was told', async () => {
    const read = await candlesOf({
      bars: [bar(2, 102), bar(0, 100)],
      fills: [
        fill(1, minute(0) + 5, '500'),
        fill(3, minute(3) + 40, '97.5'),
        fill(2, minute(3) + 40, '99.25'),
        fill(4, minute(3) + 59_999, '98'),
        fill(5, minute(4), '98', 'ETHUSDT'),
      ],
    });
    expect(read).toEqual({
      length: 3,
      intervalMs: 60_000,
      rows: [
        [0, 100, 102, 98, 101],
        [2, 102, 104, 100, 103],
        [3, 99.25, 99.25, 97.5, 98],
      ],
    });
  });

  it('are none where nothing is known', async () => {
    expect(await candlesOf({})).toEqual({ length: 0, intervalMs: 60_000, rows: [] });
  });
});
