/** Bars in a Parquet file, and the floor of reading them: DuckDB's stream copied into typed arrays. */
import { DuckDBInstance } from '@duckdb/node-api';

/** When the first bar opens; the others follow minute by minute. */
export const FIRST_OPEN_MS = 1_500_000_000_000;
export const MINUTE_MS = 60_000;

/** Writes one-minute bars of a price that wanders in calm and wild weeks, two decimals, without a gap. */
export async function writeBarsParquet(path, rows) {
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
        SELECT make_timestamp_ms(${FIRST_OPEN_MS} + i * ${MINUTE_MS}) AS time,
          (open / 100.0)::DOUBLE AS open,
          ((greatest(open, close) + hash(i + 1) % spread) / 100.0)::DOUBLE AS high,
          ((least(open, close) - hash(i + 2) % spread) / 100.0)::DOUBLE AS low,
          (close / 100.0)::DOUBLE AS close,
          ((hash(i + 3) % 100000) / 1000.0)::DOUBLE AS volume
        FROM bars ORDER BY i
      ) TO '${path}' (FORMAT parquet)`),
  );
}

/** The floor: six columns into shared memory, and nothing looked at. */
export async function readIntoArrays(path, rows) {
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
