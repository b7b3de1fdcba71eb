import { createRequire } from 'node:module';
import type * as DuckDb from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';

let loaded: typeof DuckDb | null = null;

/**
 * DuckDB, loaded when a file is first read through it: a running desk reads none, and has 20 MB to spare. The package is
 * CommonJS in a hundred files. An import would first look through each of them for what it exports, which takes as long
 * as running them: a tenth of the time that a short command takes.
 */
function duckDb(): typeof DuckDb {
  loaded ??= createRequire(import.meta.url)('@duckdb/node-api') as typeof DuckDb;
  return loaded;
}

/** A column as SQL sees it. */
export interface TableColumn {
  readonly name: string;
  /** DuckDB's name of the type: `VARCHAR`, `DOUBLE`, `DECIMAL(18,2)`, `TIMESTAMP_NS`. */
  readonly type: string;
}

/** The database in memory that all files are read through, while any is. */
let shared: { readonly instance: Promise<DuckDb.DuckDBInstance>; users: number } | null = null;

/**
 * Runs `work` with a connection to a database in memory whose clock is UTC and which loads nothing from the network.
 * Whoever reads at the same time shares the database and its threads.
 */
export async function withDuckDb<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  shared ??= { instance: createInstance(), users: 0 };
  const own = shared;
  own.users += 1;
  try {
    const connection = await (await own.instance).connect();
    try {
      // A time without a zone is UTC, whatever the machine's own zone is.
      await connection.run(`set TimeZone = 'UTC'`);
      // How far the decoding of a stream may run ahead. By default so little that decoding and copying take turns.
      await connection.run(`set streaming_buffer_size = '64MB'`);
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    own.users -= 1;
    if (own.users === 0) {
      shared = null;
      (await own.instance).closeSync();
    }
  }
}

async function createInstance(): Promise<DuckDb.DuckDBInstance> {
  return duckDb().DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const NUMERIC = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|DOUBLE|DECIMAL\(.*\))$/;
const TEMPORAL = /^(DATE|TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE)$/;
const NAN = `'NaN'::DOUBLE`;

/** The column as doubles, NaN where it holds no number. Null where its type can hold none. */
export function doubleSql({ name, type }: TableColumn): string | null {
  const column = quoteName(name);
  if (NUMERIC.test(type)) return `coalesce(${column}::DOUBLE, ${NAN})`;
  // By way of the shortest text: the 32-bit float written as 56738.76 is 56738.76, not 56738.7578125.
  if (type === 'FLOAT') return `coalesce(${column}::VARCHAR::DOUBLE, ${NAN})`;
  if (type === 'VARCHAR') return `coalesce(try_cast(${column} AS DOUBLE), ${NAN})`;
  return null;
}

/** The column as milliseconds since the epoch, NaN where it holds no time. Null where its type can hold none. */
export function timeSql({ name, type }: TableColumn, epochUnit: EpochUnit): string | null {
  const column = quoteName(name);
  if (TEMPORAL.test(type)) return `coalesce(epoch_ms(${column})::DOUBLE, ${NAN})`;
  if (NUMERIC.test(type)) return `coalesce(${epochSql(`${column}::DOUBLE`, epochUnit)}, ${NAN})`;
  if (type !== 'VARCHAR') return null;
  const text = `trim(${column})`;
  // Eight digits are a calendar day (20210420) as likely as seconds of August 1970: refused, not guessed.
  const isNumber = epochUnit === 'milliseconds' ? 'TRUE' : `length(${text}) <> 8`;
  const number = `CASE WHEN ${isNumber} THEN try_cast(${text} AS DOUBLE) END`;
  // A zone right after the minute is more than DuckDB reads.
  const withSeconds = `regexp_replace(${text}, '^(.{10}[T ]\\d\\d:\\d\\d)(Z|[+-]\\d\\d:?\\d\\d)$', '\\1:00\\2')`;
  return `coalesce(${epochSql(`(${number})`, epochUnit)}, epoch_ms(try_cast(${text} AS TIMESTAMPTZ))::DOUBLE,
    epoch_ms(try_cast(${withSeconds} AS TIMESTAMPTZ))::DOUBLE, ${NAN})`;
}

/** What a small number means: seconds where the unit is told by magnitude alone, milliseconds where the format says so. */
export type EpochUnit = 'seconds' | 'milliseconds';

/**
 * The unit of an epoch by its magnitude: seconds stay below 1e11 until the year 5138, milliseconds are above it
 * since 1973, and so on by thousands. Fractions of a millisecond are dropped.
 */
function epochSql(number: string, small: EpochUnit): string {
  const tiny = small === 'milliseconds' ? `WHEN abs(${number}) < 1e8 THEN floor(${number})` : '';
  return `CASE ${tiny}
    WHEN abs(${number}) < 1e11 THEN floor(${number} * 1000 + 0.01)
    WHEN abs(${number}) < 1e14 THEN floor(${number})
    WHEN abs(${number}) < 1e17 THEN floor(${number} / 1000)
    WHEN abs(${number}) < 1e20 THEN floor(${number} / 1000000 + 0.001) END`;
}
