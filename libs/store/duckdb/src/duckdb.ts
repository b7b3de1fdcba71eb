import { createRequire } from 'node:module';
import type * as DuckDb from '@duckdb/node-api';

let loaded: typeof DuckDb | null = null;

/** DuckDB, loaded when it is first needed: it takes longer than most commands. Not imported: see libs/marketdata. */
export function duckDb(): typeof DuckDb {
  loaded ??= createRequire(import.meta.url)('@duckdb/node-api') as typeof DuckDb;
  return loaded;
}
