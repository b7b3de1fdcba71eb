/**
 * The floor of the backtest command, as a process: the same bars from Parquet into typed arrays by DuckDB, nothing
 * looked at. Prints the milliseconds of the reading itself.
 *
 * usage: node tools/bench/backtest/read-floor.mjs FILE ROWS
 */
import { readIntoArrays } from '../bars-parquet.mjs';

const [file, rows] = process.argv.slice(2);
const start = performance.now();
await readIntoArrays(file, Number(rows));
console.log(performance.now() - start);
