import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REPORT_TABLES, strategyTags } from '@bowline/contracts';
import { cash, formatCash, type Cash } from '@bowline/domain';
import { writeReport } from '@bowline/report';
import { fillDatabase } from '@bowline/store-duckdb';
import { DuckDBInstance, randomHistoricalResult, type DuckDBConnection } from '@bowline/testkit';

describe('the database of a report', () => {
  const result = randomHistoricalResult({ trades: 400 });
  let root = '';
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'bowline-report-'));
    const tags = strategyTags(result.orders.map((order) => order.strategyId));
    await writeReport(result, { elapsedMs: 1, strategyTags: tags }, join(root, 'out'), fillDatabase);
    instance = await DuckDBInstance.create(join(root, 'out', 'bowline.duckdb'), { access_mode: 'READ_ONLY' });
    connection = await instance.connect();
  });

  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
    rmSync(root, { recursive: true, force: true });
  });

  async function query(sql: string): Promise<unknown[][]> {
    return (await connection.runAndReadAll(sql)).getRowsJson();
  }

  it.each(Object.values(REPORT_TABLES).map((table) => [table.file, table] as const))(
    'says the same as %s',
    async (file, table) => {
      const lines = readFileSync(join(root, 'out', file), 'utf8')
        .trimEnd()
        .split('\n');
      const names = table.columns.map((column) => `"${column.name}"`).join(', ');
      const asText = `SELECT ${names} FROM read_csv('${join(root, 'out', file)}', all_varchar = true, header = true)`;
      const types = await query(
        `SELECT data_type FROM duckdb_columns() WHERE table_name = '${table.name}' ORDER BY column_index`,
      );
      const cast = table.columns.map((column, i) => `"${column.name}"::${String(types[i][0])}`).join(', ');
      const differing = `(SELECT ${cast} FROM (${asText}) EXCEPT ALL SELECT ${names} FROM ${table.name})`;
      expect(await query(`SELECT count(*)::INTEGER FROM ${differing}`)).toEqual([[0]]);
      expect(await query(`SELECT count(*)::INTEGER FROM ${table.name}`)).toEqual([[lines.length - 1]]);
    },
  );

  it('adds money up to the last digit', async () => {
    const net = result.trades.reduce((sum: Cash, trade) => sum + trade.netPnl, 0n);
    const fees = result.fills.reduce((sum: Cash, fill) => sum + fill.fee, 0n);
    const [[total]] = await query('SELECT sum(netPnl)::VARCHAR FROM trades');
    const [[paid]] = await query('SELECT sum(fee)::VARCHAR FROM fills');
    expect(formatCash(cash(String(total)))).toBe(formatCash(net));
    expect(formatCash(cash(String(paid)))).toBe(formatCash(fees));
  });

  it('joins orders, fills and trades by their ids', async () => {
    const orphans = await query(
      'SELECT count(*)::INTEGER FROM fills LEFT JOIN orders USING (clientOrderId) WHERE orders.clientOrderId IS NULL',
    );
    expect(orphans).toEqual([[0]]);
    const listed = await query(
      `SELECT count(*)::INTEGER FROM (SELECT unnest(string_split(clientOrderIds, ' ')) AS id FROM trades) JOIN orders ON id = clientOrderId`,
    );
    expect(listed).toEqual([[result.trades.reduce((sum, trade) => sum + trade.orders.length, 0)]]);
  });
});
