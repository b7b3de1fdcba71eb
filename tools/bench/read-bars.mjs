/**
 * Reading bars: 5,000,000 one-minute bars from Parquet into typed arrays.
 * Floor: DuckDB's stream copied into typed arrays, nothing looked at. Ours: readBars, which also checks every
 * bar, finds the interval, the gaps, and the decimal places of the prices. Both in turns, best of ROUNDS.
 *
 * usage: node tools/bench/read-bars.mjs [rows]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { readBars, toTickBars } from '../../libs/marketdata/dist/index.js';
import { createInstrument } from '../../libs/domain/dist/index.js';

const ROUNDS = 5;
const WARM_UPS = 2;

/** Writes a price that wanders in calm and wild weeks, two decimals, without a gap. */
async function writeParquet(path, rows) {
  await withConnection((connection) =>
    connection.run(`
      COPY (
        WITH steps AS (
          SELECT i,
            CASE WHEN (i // 10080) % 3 = 2 THEN 40 ELSE 8 END AS spread,
            (hash(i) % 2001)::BIGINT - 1000 AS draw
          FROM range(${rows}) t(i)
        ), path AS (
          SELECT i, spread, 3000000 + (1000000 * sin(i / 90000.0))::BIGINT + (spread * draw) // 1000 AS mid FROM steps
        ), bars AS (
          SELECT i, spread, mid AS close, coalesce(lag(mid) OVER (ORDER BY i), mid) AS open FROM path
        )
        SELECT make_timestamp_ms(1500000000000 + i * 60000) AS time,
          (open / 100.0)::DOUBLE AS open,
          ((greatest(open, close) + hash(i + 1) % spread) / 100.0)::DOUBLE AS high,
          ((least(open, close) - hash(i + 2) % spread) / 100.0)::DOUBLE AS low,
          (close / 100.0)::DOUBLE AS close,
          ((hash(i + 3) % 100000) / 1000.0)::DOUBLE AS volume
        FROM bars ORDER BY i
      ) TO '${path}' (FORMAT parquet)`),
  );
}

async function readRaw(path, rows) {
  const columns = Array.from({ length: 6 }, () => new Float64Array(new SharedArrayBuffer(rows * 8)));
  await withConnection(async (connection) => {
    const result = await connection.stream(`
      SELECT epoch_ms(time)::DOUBLE, open, high, low, close, volume FROM read_parquet('${path}')`);
    let done = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      columns.forEach((column, at) => column.set(chunk.getColumnVector(at).items, done));
      done += chunk.rowCount;
    }
    if (done !== rows) throw new Error(`the floor read ${done} of ${rows} rows`);
  });
}

async function withConnection(work) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** @returns {Promise<{ rows: number, floorMs: number, oursMs: number, ratio: number, ticksMs: number }>} best of the rounds */
export async function benchReadBars(rows = 5_000_000) {
  const folder = await mkdtemp(join(tmpdir(), 'bowline-bench-'));
  try {
    const path = join(folder, 'bars.parquet');
    await writeParquet(path, rows);
    const { columns } = await readBars(path);
    const instrument = createInstrument({
      exchange: 'bench',
      symbol: 'BENCH',
      kind: 'perpetual',
      base: 'B',
      quote: 'Q',
      settle: 'Q',
      multiplier: '1',
      inverse: false,
      tickSize: '0.01',
      lotSize: '0.001',
      minNotional: '0',
    });
    const best = { floorMs: Infinity, oursMs: Infinity, ticksMs: Infinity };
    for (let round = -WARM_UPS; round < ROUNDS; round++) {
      const floorMs = await timed(() => readRaw(path, rows));
      const oursMs = await timed(() => readBars(path));
      const ticksMs = await timed(() => toTickBars(columns, instrument));
      if (round < 0) continue;
      best.floorMs = Math.min(best.floorMs, floorMs);
      best.oursMs = Math.min(best.oursMs, oursMs);
      best.ticksMs = Math.min(best.ticksMs, ticksMs);
    }
    return { rows, ...best, ratio: best.oursMs / best.floorMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { rows, floorMs, oursMs, ratio, ticksMs } = await benchReadBars(Number(process.argv[2] ?? 5_000_000));
  console.log(`read ${rows.toLocaleString('en')} bars from Parquet (best of ${ROUNDS})`);
  console.log(`  floor, DuckDB into typed arrays  ${floorMs.toFixed(0)} ms`);
  console.log(`  readBars, checked                ${oursMs.toFixed(0)} ms`);
  console.log(`  ratio                            ${ratio.toFixed(2)}`);
  console.log(`  toTickBars, on top               ${ticksMs.toFixed(0)} ms`);
}
