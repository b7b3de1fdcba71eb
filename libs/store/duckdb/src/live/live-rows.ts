import { LIVE_TABLES, type LiveRow, type LiveTable, type LiveTableName } from '@bowline/contracts';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { duckDb } from '../duckdb.js';
import { columnList, stagedName } from './live-schema.js';
import { duckType, fromDuck, toDuck, type LiveField } from './live-values.js';

/** DuckDB's own measure of a piece. */
const CHUNK = 2048;

/** A row in the order of its table's columns. */
export type EncodedRow = readonly DuckDBValue[];

/** Rows to be written, by table. */
export type EncodedRows = ReadonlyMap<LiveTableName, readonly EncodedRow[]>;

/** A row as DuckDB takes it. Throws a RangeError where a column cannot hold its field. */
export function encodeRow<Name extends LiveTableName>(name: Name, row: LiveRow<Name>): EncodedRow {
  const { columns }: LiveTable = LIVE_TABLES[name];
  const fields: Readonly<Record<string, LiveField>> = row;
  return Object.entries(columns).map(([field, column]) => toDuck(column, fields[field]));
}

/** Puts rows where `insertStaged` takes them from. */
export async function stageRows(
  connection: DuckDBConnection,
  name: LiveTableName,
  rows: readonly EncodedRow[],
): Promise<void> {
  const { columns }: LiveTable = LIVE_TABLES[name];
  const types = Object.values(columns).map(duckType);
  const appender = await connection.createAppender(stagedName(name), null, 'temp');
  try {
    for (let from = 0; from < rows.length; from += CHUNK) {
      const part = rows.slice(from, from + CHUNK);
      const chunk = duckDb().DuckDBDataChunk.create(types, part.length);
      chunk.setColumns(types.map((_, column) => part.map((row) => row[column])));
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}

/** Rows of a table, a piece at a time. `tail` is SQL behind the table's name: a condition, an order, a limit. */
export async function* readRows<Name extends LiveTableName>(
  connection: DuckDBConnection,
  name: Name,
  tail = '',
  values: DuckDBValue[] = [],
): AsyncGenerator<LiveRow<Name>[]> {
  const { columns }: LiveTable = LIVE_TABLES[name];
  const fields = Object.entries(columns);
  const result = await connection.stream(`SELECT ${columnList(name)} FROM ${name} ${tail}`, values);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    const read = chunk.getColumns();
    yield Array.from(
      { length: chunk.rowCount },
      (_, at) =>
        Object.fromEntries(
          fields.map(([field, column], i) => [field, fromDuck(column, read[i][at])]),
        ) as LiveRow<Name>,
    );
  }
}

export async function allRows<Name extends LiveTableName>(
  connection: DuckDBConnection,
  name: Name,
  tail = '',
  values: DuckDBValue[] = [],
): Promise<LiveRow<Name>[]> {
  const all: LiveRow<Name>[] = [];
  for await (const rows of readRows(connection, name, tail, values)) for (const row of rows) all.push(row);
  return all;
}
