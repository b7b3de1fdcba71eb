import { setImmediate } from 'node:timers/promises';
import {
  LIVE_TABLES,
  type LiveColumn,
  type LiveRow,
  type LiveTable,
  type LiveTableName,
} from '@bowline/contracts';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { duckDb } from '../duckdb.js';
import { columnList, stagedName } from './live-schema.js';
import { duckType, fromDuck, toDuck, type LiveField } from './live-values.js';

/** Rows that are put together in one go: about a millisecond. Then others have their turn. */
const PIECE = 256;

/** Rows to be written, by table; at most one of a key. */
export type RowsByTable = ReadonlyMap<LiveTableName, readonly LiveRow<LiveTableName>[]>;

/** A row that its table cannot hold. */
export interface RefusedRow {
  readonly table: LiveTableName;
  readonly row: LiveRow<LiveTableName>;
  readonly error: RangeError;
}

/** Puts rows where `insertStaged` takes them from. Returns those that their table cannot hold. */
export async function stageRows(
  connection: DuckDBConnection,
  table: LiveTableName,
  rows: readonly LiveRow<LiveTableName>[],
): Promise<RefusedRow[]> {
  const { columns }: LiveTable = LIVE_TABLES[table];
  const fields = Object.entries(columns);
  const types = fields.map(([, column]) => duckType(column));
  const refused: RefusedRow[] = [];
  const appender = await connection.createAppender(stagedName(table), null, 'temp');
  try {
    for (let from = 0; from < rows.length; from += PIECE) {
      if (from > 0) await setImmediate();
      const encoded = rows.slice(from, from + PIECE).flatMap((row) => {
        const values = encode(fields, row);
        if (!(values instanceof RangeError)) return [values];
        refused.push({ table, row, error: values });
        return [];
      });
      const chunk = duckDb().DuckDBDataChunk.create(types, encoded.length);
      chunk.setColumns(fields.map((_, column) => encoded.map((values) => values[column])));
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
  return refused;
}

function encode(
  fields: readonly (readonly [name: string, column: LiveColumn])[],
  row: LiveRow<LiveTableName>,
): DuckDBValue[] | RangeError {
  const values: Readonly<Record<string, LiveField>> = row;
  try {
    return fields.map(([name, column]) => toDuck(column, values[name]));
  } catch (error) {
    if (error instanceof RangeError) return error;
    throw error;
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
