/** DuckDB for specs of projects whose own code does not use it. */
export { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
