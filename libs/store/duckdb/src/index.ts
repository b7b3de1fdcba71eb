export { fillDatabase } from './fill-database.js';
export { DUCKDB_TYPES } from './table-sql.js';
