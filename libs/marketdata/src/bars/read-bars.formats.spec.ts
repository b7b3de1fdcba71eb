import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { readBars } from './read-bars.js';

const START = Date.UTC(2021, 3, 20);
const ROWS = [
  [START, 56738.76, 56840.3, 56733.23, 56813.98, 50.9752],
  [START + 60_000, 56813.98, 56813.98, 56755.41, 56777, 42.089461],
  [START + 120_000, 56777, 56839.95, 56775.78, 56833.57, 0],
];
const COLUMNS = Object.fromEntries(
  ['openTime', 'open', 'high', 'low', 'close', 'volume'].map((name, at) => [
    name,
    ROWS.map((row) => row[at]),
  ]),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bowline-spec-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** A Parquet file of the rows, each field as the given SQL of `t` (ms) or of its own name. */
async function parquetOf(name: string, list: string): Promise<string> {
  const path = join(folder, name);
  const rows = ROWS.map((row) => `(${row.join(', ')})`).join(', ');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`SET TimeZone = 'UTC'`);
  await connection.run(
    `COPY (SELECT ${list} FROM (VALUES ${rows}) v(t, open, high, low, close, volume)) TO '${path}' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  return path;
}

function csv(header: string | null, timeOf: (ms: number) => string, join_ = ',', end = '\n'): string {
  const lines = ROWS.map(([ms, ...rest]) => [timeOf(ms), ...rest].join(join_));
  return [...(header === null ? [] : [header]), ...lines].map((line) => `${line}${end}`).join('');
}

const iso = (ms: number): string => new Date(ms).toISOString();
const ms = String;
const HEADER = 'time,open,high,low,close,volume';

function binance(timeOf: (ms: number) => number): string {
  return ROWS.map(([t, o, h, l, c, v]) =>
    [timeOf(t), o, h, l, c, v, timeOf(t + 60_000) - 1, 1, 2, 3, 4, 0].join(','),
  ).join('\n');
}
const BINANCE_HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n';

const TEXTS: [name: string, file: string, content: string | Uint8Array][] = [
  ['JSON arrays', 'a.json', JSON.stringify(ROWS)],
  [
    'JSON arrays with numbers as text and more columns, as the exchange answers',
    'b.json',
    JSON.stringify(ROWS.map((row) => [row[0], ...row.slice(1).map(String), 1, 2])),
  ],
  ['JSON arrays over several lines', 'c.json', JSON.stringify(ROWS, null, 2)],
  ['gzipped JSON', 'a.json.gz', gzipSync(JSON.stringify(ROWS))],
  ['gzipped JSON whose name does not say so', 'd.json', gzipSync(JSON.stringify(ROWS))],
  ['zipped JSON', 'a.json.zip', zipSync({ 'a.json': strToU8(JSON.stringify(ROWS)) })],
  ['kline archive without header', 'k.csv', binance((t) => t)],
  ['kline archive with header', 'kh.csv', BINANCE_HEADER + binance((t) => t)],
  ['kline archive in microseconds', 'ku.csv', binance((t) => t * 1000)],
  ['zipped kline archive', 'k.zip', zipSync({ 'BTCUSDT-1m-2021-04.csv': strToU8(binance((t) => t)) })],
  ['stored, not deflated, zip', 'k0.zip', zipSync({ 'k.csv': strToU8(binance((t) => t)) }, { level: 0 })],
  [
    'zip with a folder and what macOS adds',
    'mac.zip',
    zipSync({
      'd/': new Uint8Array(),
      'd/k.csv': strToU8(binance((t) => t)),
      '__MACOSX/d/._k.csv': strToU8('x'),
    }),
  ],
  ['CSV in milliseconds', 'ms.csv', csv(HEADER, ms)],
  ['CSV in seconds', 's.csv', csv(HEADER, (t) => String(t / 1000))],
  ['CSV in seconds with a fraction', 'sf.csv', csv(HEADER, (t) => `${t / 1000}.0`)],
  ['CSV in microseconds', 'us.csv', csv(HEADER, (t) => `${t}000`)],
  ['CSV in nanoseconds', 'ns.csv', csv(HEADER, (t) => `${t}000000`)],
  ['CSV in ISO with Z', 'iso.csv', csv(HEADER, iso)],
  ['CSV in ISO without a zone', 'naive.csv', csv(HEADER, (t) => iso(t).slice(0, 19).replace('T', ' '))],
  ['CSV in ISO with an offset', 'offset.csv', csv(HEADER, (t) => `${iso(t + 7_200_000).slice(0, 19)}+02:00`)],
  ['CSV in ISO to the minute with Z', 'minute.csv', csv(HEADER, (t) => `${iso(t).slice(0, 16)}Z`)],
  ['header in other words and other case', 'case.csv', csv('Timestamp,OPEN,High,low,Close,Volume', ms)],
  ['header with openTime', 'ot.csv', csv('openTime,open,high,low,close,volume', ms)],
  ['header with Open time', 'ot2.csv', csv('Open time,Open,High,Low,Close,Volume', ms)],
  ['header with date', 'date.csv', csv('date,open,high,low,close,volume', iso)],
  ['quoted fields', 'q.csv', csv('"time","open","high","low","close","volume"', (t) => `"${iso(t)}"`)],
  ['semicolons', 'semi.csv', csv(HEADER.replaceAll(',', ';'), ms, ';')],
  ['tabs', 'tabs.tsv', csv(HEADER.replaceAll(',', '\t'), ms, '\t')],
  ['Windows line ends', 'crlf.csv', csv(HEADER, ms, ',', '\r\n')],
  ['mixed line ends', 'mixed.csv', `${csv(HEADER, ms).replace('\n', '\r\n')}`],
  ['blank lines, also of blanks', 'blank.csv', csv(HEADER, ms, ',', '\n\n  \n')],
  ['byte order mark', 'bom.csv', `\u{feff}${csv(HEADER, ms)}`],
  ['no newline at the end', 'noeol.csv', csv(HEADER, ms).trimEnd()],
  ['a delimiter at the end of each line', 'trail.csv', csv(`${HEADER},`, ms, ',', ',\n')],
  [
    'columns in another order among others',
    'order.csv',
    [
      'symbol,close,low,high,open,volume,time',
      ...ROWS.map(([t, o, h, l, c, v]) => ['BTC', c, l, h, o, v, t].join(',')),
    ].join('\n'),
  ],
  ['gzipped CSV', 'ms.csv.gz', gzipSync(csv(HEADER, ms))],
  ['a name with characters of a pattern', 'a[1]*?.csv', csv(HEADER, ms)],
];

const PARQUETS: [name: string, list: string][] = [
  [
    'milliseconds and DOUBLE',
    't::BIGINT AS time, open::DOUBLE AS open, high::DOUBLE AS high, low::DOUBLE AS low, close::DOUBLE AS close, volume::DOUBLE AS volume',
  ],
  [
    'TIMESTAMP and DECIMAL',
    'make_timestamp_ms(t::BIGINT) AS timestamp, open::DECIMAL(18, 2) AS open, high, low, close, volume',
  ],
  ['TIMESTAMP_S', 'make_timestamp_ms(t::BIGINT)::TIMESTAMP_S AS time, open, high, low, close, volume'],
  ['TIMESTAMP_MS', 'make_timestamp_ms(t::BIGINT)::TIMESTAMP_MS AS time, open, high, low, close, volume'],
  ['TIMESTAMP_NS', 'make_timestamp_ms(t::BIGINT)::TIMESTAMP_NS AS time, open, high, low, close, volume'],
  [
    'TIMESTAMP WITH TIME ZONE',
    'make_timestamp_ms(t::BIGINT)::TIMESTAMPTZ AS time, open, high, low, close, volume',
  ],
  [
    'nanoseconds and text',
    '(t::BIGINT * 1000000) AS "Open time", open::VARCHAR AS "Open", high::VARCHAR AS "High", low::VARCHAR AS low, close::VARCHAR AS close, volume::VARCHAR AS volume',
  ],
  [
    'ISO text',
    `strftime(make_timestamp_ms(t::BIGINT), '%Y-%m-%dT%H:%M:%SZ') AS date, open, high, low, close, volume`,
  ],
  [
    '32-bit floats',
    't::BIGINT AS time, open::FLOAT AS open, high::FLOAT AS high, low::FLOAT AS low, close::FLOAT AS close, volume',
  ],
];

describe('formats of bars', () => {
  it.each(TEXTS)('reads %s', async (_name, file, content) => {
    const { columns, notes, warnings, priceScale } = await readBars(await fileOf(file, content));
    expect({ ...columns }).toEqual({ ...floats(COLUMNS), length: 3, intervalMs: 60_000 });
    expect({ notes, warnings, priceScale }).toEqual({ notes: [], warnings: [], priceScale: 2 });
  });

  it.each(PARQUETS)('reads Parquet of %s', async (name, list) => {
    const { columns, priceScale } = await readBars(await parquetOf(`${name}.parquet`, list));
    expect({ ...columns }).toEqual({ ...floats(COLUMNS), length: 3, intervalMs: 60_000 });
    expect(priceScale).toBe(2);
  });

  it('reads Parquet of days', async () => {
    const path = await parquetOf(
      'days.parquet',
      `(DATE '2021-04-20' + ((t - ${START}) / 60000)::INTEGER) AS date, open, high, low, close, volume`,
    );
    const { columns } = await readBars(path);
    expect(Array.from(columns.openTime)).toEqual([START, START + 86_400_000, START + 2 * 86_400_000]);
    expect(columns.intervalMs).toBe(86_400_000);
  });

  it('takes a small JSON number for milliseconds, since that is what the format says', async () => {
    const rows = ROWS.map(([, ...prices], at) => [at * 60_000, ...prices]);
    const { columns } = await readBars(await fileOf('small.json', JSON.stringify(rows)));
    expect(Array.from(columns.openTime)).toEqual([0, 60_000, 120_000]);
  });

  it('says so where there is no volume, and counts it as 0', async () => {
    const content = csv(HEADER, ms).replaceAll(/,[^,\n]*\n/g, '\n');
    const path = await fileOf('novolume.csv', content);
    const { columns, warnings } = await readBars(path);
    expect(Array.from(columns.volume)).toEqual([0, 0, 0]);
    expect(warnings).toEqual([`${path}: there is no column volume; it is 0 in every bar`]);
  });

  it('shares its columns with workers', async () => {
    const { columns } = await readBars(await fileOf('shared.csv', csv(HEADER, ms)));
    for (const field of ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const) {
      expect(columns[field].buffer).toBeInstanceOf(SharedArrayBuffer);
    }
  });

  it('reports progress up to the last row', async () => {
    const seen: [number, number][] = [];
    await readBars(await fileOf('progress.csv', csv(HEADER, ms)), {
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(seen.at(-1)).toEqual([3, 3]);
  });

  it('keeps the order of a file of many thousand rows', async () => {
    const path = join(folder, 'many.parquet');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`COPY (SELECT 1600000000000 + i * 60000 AS time, 10.0 + i AS open, 11.0 + i AS high, 9.0 + i AS low, 10.5 + i AS close, i AS volume
      FROM range(300000) t(i)) TO '${path}' (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
    const { columns, priceScale } = await readBars(path);
    expect([columns.length, priceScale]).toEqual([300_000, 1]);
    expect(columns.volume.every((volume, at) => volume === at)).toBe(true);
  });
});

function floats(columns: Record<string, number[]>): Record<string, Float64Array> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)]),
  );
}
