import type { DuckDBDataChunk, DuckDBResult, DuckDBVector } from '@duckdb/node-api';
import { queryTable, UnreadableTable, type Table } from './table.js';

/** Doubles of some rows, one array per expression, all of `length`. Valid only during the call. */
export type DoublesChunk = readonly Float64Array[];

export interface DoublesSink {
  /** Called once, before the rows. */
  readonly begin: (rows: number) => void;
  readonly accept: (chunk: DoublesChunk, length: number) => void;
}

/**
 * Evaluates expressions of type DOUBLE over all rows, in the order of the file, into `sink`. The number of rows
 * is known before the first arrives, so that the target is allocated once.
 */
export async function readDoubles(
  table: Table,
  expressions: readonly string[],
  sink: DoublesSink,
): Promise<void> {
  const sql = `SELECT ${expressions.join(', ')} FROM ${table.from}`;
  if (table.rows === null) {
    const result = await queryTable(() => table.connection.run(sql));
    sink.begin(result.rowCount);
    await forEachChunk(result, (chunk, length) => sink.accept(chunk.map(doublesOf), length));
    return;
  }
  sink.begin(table.rows);
  let read = 0;
  // Streamed, so that rows are held once; the next chunk is decoded while this one is looked at.
  const result = await queryTable(() => table.connection.stream(sql));
  await forEachChunk(result, (chunk, length) => {
    read += length;
    sink.accept(chunk.map(doublesOf), length);
  });
  // A stream that fails ends early without an error: DuckDB reports it nowhere.
  if (read !== table.rows) throw new UnreadableTable(`only ${read} of ${table.rows} rows could be read`);
}

export type Value = string | number | null;

/** Evaluates expressions of type VARCHAR or DOUBLE over all rows; null where empty. One array per expression. */
export async function readValues(
  table: Table,
  expressions: readonly string[],
  rest = '',
): Promise<readonly (readonly Value[])[]> {
  const sql = `SELECT ${expressions.join(', ')} FROM ${table.from} ${rest}`;
  const result = await queryTable(() => table.connection.run(sql));
  const columns = await result.getColumns();
  return expressions.map((_, at) => (columns[at] ?? []).map(asValue));
}

function asValue(value: unknown): Value {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

async function forEachChunk(
  result: DuckDBResult,
  each: (columns: DuckDBVector[], length: number) => void,
): Promise<void> {
  const { columnCount } = result;
  let next = result.fetchChunk();
  for (;;) {
    const chunk: DuckDBDataChunk | null = await next;
    const length = chunk?.rowCount ?? 0;
    if (chunk === null || length === 0) return;
    next = result.fetchChunk();
    try {
      const columns = Array.from({ length: columnCount }, (_, at) => chunk.getColumnVector(at));
      each(columns, length);
    } catch (cause) {
      // The database must not be closed under a chunk that is on its way.
      await Promise.allSettled([next]);
      throw cause;
    }
  }
}

/**
 * The array under a vector of doubles. The package keeps it in a field that its types do not show; where a
 * version keeps it elsewhere, values are taken one by one, which is right too, only slower.
 */
function doublesOf(vector: DuckDBVector): Float64Array {
  const items: unknown = Reflect.get(vector, 'items');
  if (isFloat64Array(items) && items.length === vector.itemCount) return items;
  return Float64Array.from({ length: vector.itemCount }, (_, at) => Number(vector.getItem(at) ?? Number.NaN));
}

/** By tag: `instanceof` fails for an array that was made in another context. */
function isFloat64Array(value: unknown): value is Float64Array {
  return Object.prototype.toString.call(value) === '[object Float64Array]';
}
