import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import { REPORT_SQL_TYPES, REPORT_TABLES, type ReportTableName } from '@bowline/contracts';
import { fillDatabase } from './fill-database.js';

const NAMES = Object.keys(REPORT_TABLES) as ReportTableName[];

/** A field that fits the type, for the columns that a test says nothing of. */
const SAMPLE = {
  text: 'x',
  integer: '7',
  decimal: '1.5',
  rounded: '0.25',
  seconds: '60',
  time: '2021-05-19T12:00:00.000Z',
};

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bowline-duckdb-'));
  for (const name of NAMES) writeTable(name, []);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Writes a table's file, one row for each record of field texts; fields that are not named get a sample. */
function writeTable(name: ReportTableName, rows: readonly Readonly<Record<string, string>>[]): void {
  const { columns, file } = REPORT_TABLES[name];
  const lines = rows.map((row) => columns.map((column) => row[column.name] ?? SAMPLE[column.type]).join(','));
  writeFileSync(join(root, file), [columns.map((column) => column.name).join(','), ...lines, ''].join('\n'));
}

async function fill(): Promise<string> {
  const path = join(root, 'bowline.duckdb');
  await fillDatabase(path, root);
  return path;
}

async function query(path: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const rows = await connection.runAndReadAll(sql);
  const json = rows.getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return json;
}

describe('the database', () => {
  it('has the tables and columns of the report, in their order, with stated types and meanings', async () => {
    const path = await fill();
    for (const name of NAMES) {
      const columns = await query(
        path,
        `SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE table_name = '${name}' ORDER BY column_index`,
      );
      expect(columns).toEqual(
        REPORT_TABLES[name].columns.map((column) => [
          column.name,
          REPORT_SQL_TYPES[column.type],
          column.nullable,
          column.unit === '' ? column.meaning : `${column.meaning} [${column.unit}]`,
        ]),
      );
    }
  });

  it.each([
    ['1.5', '1.500000000000000000'],
    ['-0.25', '-0.250000000000000000'],
    ['-0.000000000000000001', '-0.000000000000000001'],
    ['0.123456789', '0.123456789000000000'],
    ['12345678901.5', '12345678901.500000000000000000'],
    ['99999999999999999999.999999999999999999', '99999999999999999999.999999999999999999'],
    ['-9999999999.99999999', '-9999999999.999999990000000000'],
    ['0', '0.000000000000000000'],
  ])('keeps the amount %s to the last digit', async (text, exact) => {
    writeTable('trades', [{ realizedPnl: text }]);
    expect(await query(await fill(), 'SELECT realizedPnl::VARCHAR FROM trades')).toEqual([[exact]]);
  });

  it('keeps times, and text with commas, quotes and line breaks', async () => {
    writeTable('denials', [{ time: '2020-02-29T23:59:59.007Z', text: '"0.7, ""max"" is 0.5\nsecond line"' }]);
    expect(
      await query(await fill(), `SELECT strftime(time, '%Y-%m-%d %H:%M:%S.%g'), text FROM denials`),
    ).toEqual([['2020-02-29 23:59:59.007', '0.7, "max" is 0.5\nsecond line']]);
  });

  it('tells an empty text from none', async () => {
    writeTable('equity', [{ strategyId: '' }, { strategyId: '""' }]);
    expect(await query(await fill(), 'SELECT strategyId FROM equity')).toEqual([[null], ['']]);
  });

  it('keeps rows in the order of the file', async () => {
    writeTable(
      'fills',
      Array.from({ length: 5_000 }, (_value, i) => ({ tradeId: `t${i}` })),
    );
    const rows = await query(await fill(), 'SELECT tradeId FROM fills');
    expect(rows.map(([tradeId]) => tradeId)).toEqual(rows.map((_row, i) => `t${i}`));
    expect(rows).toHaveLength(5_000);
  });

  it('is one file', async () => {
    writeTable('trades', [{}]);
    await fill();
    expect(readdirSync(root).filter((name) => name.startsWith('bowline'))).toEqual(['bowline.duckdb']);
  });

  it('loads tables as their files are written', async () => {
    const path = join(root, 'bowline.duckdb');
    await fillDatabase(
      path,
      root,
      (async function* () {
        for (const name of NAMES) {
          writeTable(name, [{}, {}]);
          yield await Promise.resolve(name);
        }
      })(),
    );
    const counts = await query(
      path,
      NAMES.map((name) => `SELECT count(*)::INTEGER FROM ${name}`).join(' UNION ALL '),
    );
    expect(counts).toEqual(NAMES.map(() => [2]));
  });

  it.each([
    ['no number', 'trades', { realizedPnl: 'three' }, /trades\.csv does not fit its table: .*three/],
    ['no time', 'fills', { time: 'noon' }, /fills\.csv does not fit its table: .*noon/s],
    [
      'nothing where something must be',
      'orders',
      { orderQty: '' },
      /orders\.csv does not fit its table: .*orderQty/,
    ],
  ] as const)('refuses a field that holds %s, with the file', async (_name, table, row, message) => {
    writeTable(table, [{}, row]);
    await expect(fill()).rejects.toThrow(message);
  });

  it('refuses a missing file, with its name', async () => {
    rmSync(join(root, 'fills.csv'));
    await expect(fill()).rejects.toThrow(/fills\.csv/);
  });

  it('leaves nothing behind of a database that could not be filled', async () => {
    writeTable('trades', [{}]);
    writeTable('equity', [{ time: 'noon' }]);
    await expect(fill()).rejects.toThrow(/equity\.csv/);
    expect(readdirSync(root).filter((name) => name.startsWith('bowline'))).toEqual([]);
  });

  it('passes on what the writer of the files throws', async () => {
    const written = async function* (): AsyncGenerator<ReportTableName> {
      yield await Promise.resolve('trades' as const);
      throw new Error('no tag for strategy "B"');
    };
    await expect(fillDatabase(join(root, 'bowline.duckdb'), root, written())).rejects.toThrow(
      'no tag for strategy "B"',
    );
  });
});
