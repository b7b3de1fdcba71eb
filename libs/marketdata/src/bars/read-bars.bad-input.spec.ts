import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InputError } from '@bowline/contracts';
import { strToU8, zipSync } from 'fflate';
import { readBars } from './read-bars.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bowline-spec-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What readBars says of the file, without the folder. */
async function problemsOf(name: string): Promise<readonly string[]> {
  const path = join(folder, name);
  const failure: unknown = await readBars(path).then(
    () => 'read without an error',
    (cause: unknown) => cause,
  );
  if (!(failure instanceof InputError)) throw failure;
  return failure.problems.map((problem) => problem.replaceAll(`${folder}/`, ''));
}

async function problemsIn(name: string, content: string | Uint8Array): Promise<readonly string[]> {
  await writeFile(join(folder, name), content);
  return problemsOf(name);
}

async function sql(text: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(text);
  connection.closeSync();
  instance.closeSync();
}

const HEADER = 'time,open,high,low,close,volume';
const GOOD = '2021-04-20T00:00:00Z,10,12,9,11,1';
const NEXT = '2021-04-20T00:01:00Z,11,12,9,10,1';
const lines = (...rows: string[]): string => `${[HEADER, ...rows].join('\n')}\n`;
const DROP = 'correct the row, or use --repair, which drops it';

const BAD_ROWS: [what: string, content: string, problem: string][] = [
  ['an empty field', lines(GOOD, '2021-04-20T00:01:00Z,11,12,9,,1'), `line 3: close is empty; ${DROP}`],
  ['a field of blanks', lines(GOOD, '2021-04-20T00:01:00Z,11,12, ,10,1'), `line 3: low is empty; ${DROP}`],
  ['NaN', lines(GOOD, '2021-04-20T00:01:00Z,NaN,12,9,10,1'), `line 3: open is NaN; ${DROP}`],
  [
    'a word for a number',
    lines(GOOD, '2021-04-20T00:01:00Z,11,abc,9,10,1'),
    `line 3: high "abc" is not a number; ${DROP}`,
  ],
  [
    'infinity',
    lines(GOOD, '2021-04-20T00:01:00Z,11,inf,9,10,1'),
    `line 3: high is Infinity; a price must be a number above 0; ${DROP}`,
  ],
  [
    'a price of 0',
    lines(GOOD, '2021-04-20T00:01:00Z,11,12,0,10,1'),
    `line 3: low is 0; a price must be a number above 0; ${DROP}`,
  ],
  [
    'a negative price',
    lines(GOOD, '2021-04-20T00:01:00Z,-11,12,9,10,1'),
    `line 3: open is -11; a price must be a number above 0; ${DROP}`,
  ],
  [
    'high below low',
    lines(GOOD, '2021-04-20T00:01:00Z,11,9,12,10,1'),
    `line 3: high 9 is below low 12; ${DROP}`,
  ],
  [
    'open above high',
    lines(GOOD, '2021-04-20T00:01:00Z,13,12,9,10,1'),
    'line 3: open 13 is outside [low, high] = [9, 12]; correct the row, or use --repair, which widens high and low',
  ],
  [
    'close below low',
    lines(GOOD, '2021-04-20T00:01:00Z,11,12,9,8.5,1'),
    'line 3: close 8.5 is outside [low, high] = [9, 12]; correct the row, or use --repair, which widens high and low',
  ],
  [
    'a negative volume',
    lines(GOOD, '2021-04-20T00:01:00Z,11,12,9,10,-1'),
    `line 3: volume is -1; it must be a number from 0 on; ${DROP}`,
  ],
  ['an empty volume', lines(GOOD, '2021-04-20T00:01:00Z,11,12,9,10,'), `line 3: volume is empty; ${DROP}`],
  ['an empty time', lines(GOOD, ',11,12,9,10,1'), `line 3: time is empty; ${DROP}`],
  [
    'a day in another order',
    lines(GOOD, '04/20/2021 00:01,11,12,9,10,1'),
    `line 3: time "04/20/2021 00:01" is not a time (an epoch in s, ms, us or ns, or ISO 8601 such as 2021-04-20T00:00:00Z); ${DROP}`,
  ],
  [
    'a day in eight digits, which could be seconds',
    lines(GOOD, '20210421,11,12,9,10,1'),
    `line 3: time "20210421" is not a time (an epoch in s, ms, us or ns, or ISO 8601 such as 2021-04-20T00:00:00Z); ${DROP}`,
  ],
  [
    'a day that does not exist',
    lines(GOOD, '2021-02-30,11,12,9,10,1'),
    `line 3: time "2021-02-30" is not a time (an epoch in s, ms, us or ns, or ISO 8601 such as 2021-04-20T00:00:00Z); ${DROP}`,
  ],
  [
    'a row out of order',
    lines(NEXT, GOOD),
    'line 3: time 2021-04-20T00:00:00.000Z is out of order, the row before has 2021-04-20T00:01:00.000Z; sort the rows by time, or use --repair, which does',
  ],
  [
    'a time that is there twice',
    lines(GOOD, GOOD, NEXT),
    'line 3: time 2021-04-20T00:00:00.000Z is the same as in the row before; remove one of the two, or use --repair, which keeps the first',
  ],
  [
    'a short line',
    lines(GOOD, '2021-04-20T00:01:00Z,11,12,9'),
    'line 3: has 4 fields where 6 are expected; correct the line',
  ],
  ['a long line', lines(GOOD, `${NEXT},7`), 'line 3: has 7 fields where 6 are expected; correct the line'],
  ['a line of prose', lines(GOOD, 'hello'), 'line 3: has 1 field where 6 are expected; correct the line'],
  [
    'a quote that is not closed',
    lines(GOOD, NEXT.replace('11', '"11')),
    'line 3: has a quote that is not closed; correct the line',
  ],
  [
    'a decimal comma',
    lines(GOOD, NEXT).replaceAll(',', ';').replace('11;12', '11,5;12'),
    `line 3: open "11,5" is not a number; ${DROP}`,
  ],
];

const BAD_FILES: [what: string, name: string, content: string | Uint8Array, problem: string | RegExp][] = [
  ['an empty file', 'empty.csv', '', 'empty.csv: the file is empty'],
  ['a file of blank lines', 'blank.csv', '\n \n', 'blank.csv: the file is empty'],
  [
    'a header alone',
    'header.csv',
    lines(),
    'header.csv: there are no bars; at least two are needed to tell the interval',
  ],
  [
    'one bar',
    'one.csv',
    lines(GOOD),
    'one.csv: there is one bar; at least two are needed to tell the interval',
  ],
  [
    'a missing column',
    'missing.csv',
    'time,open,high,low\n1,2,3,4\n',
    'missing.csv: there is no column close; the columns are time, open, high, low',
  ],
  [
    'two columns for the time',
    'two.csv',
    `date,${HEADER}\n1,2,3,4,5,6,7\n`,
    'two.csv: the columns date, time could each be the time; leave one of them',
  ],
  [
    'two columns of one name',
    'double.csv',
    `${HEADER},Open\n`,
    'double.csv, line 1: two columns are named Open; give each column a name of its own',
  ],
  [
    'no header',
    'noheader.csv',
    '1618951320000,1,2,1,2,3\n',
    'noheader.csv, line 1: there is no header; put one above the data that names its 6 columns, such as time,open,high,low,close,volume',
  ],
  ...['2025-10-24T10:00:00Z', '2025-10-24 10:00', '2025-10-24', '24.10.2025', '"2025-10-24T10:00:00Z"'].map(
    (time): [string, string, string, string] => [
      `no header above ${time}`,
      'timefirst.csv',
      `\n${time},1,2,1,2,3\n`,
      'timefirst.csv, line 2: there is no header; put one above the data that names its 6 columns, such as time,open,high,low,close,volume',
    ],
  ),
  [
    'prose',
    'prose.txt',
    'Dear reader\n',
    'prose.txt: the first line is no header of a CSV file; expected one such as time,open,high,low,close,volume',
  ],
  [
    'a picture',
    'x.png',
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0),
    'x.png: the format is not recognized; expected CSV with a header, JSON arrays, or Parquet, each also as .gz or .zip',
  ],
  [
    'UTF-16',
    'utf16.csv',
    Buffer.from(`\u{feff}${lines(GOOD)}`, 'utf16le'),
    'utf16.csv: is UTF-16 text; save it as UTF-8',
  ],
  [
    'JSON that is cut off after a row',
    'cut.json',
    '[[1,2,3,1,2,5],',
    /^cut\.json: the JSON does not end with "\]"; the file is cut off/,
  ],
  [
    'JSON that is cut off within a row',
    'cut2.json',
    '[[1,2,3,1,2,5],[2,3]',
    /^cut2\.json: is not valid JSON: /,
  ],
  [
    'a JSON object',
    'object.json',
    '{"a": 1}',
    'object.json: the JSON is an object; expected an array of arrays [openTimeMs, open, high, low, close, volume]',
  ],
  [
    'JSON objects',
    'objects.json',
    '[{"time": 1}]',
    'objects.json, element 1: is an object; expected an array of arrays [openTimeMs, open, high, low, close, volume]',
  ],
  [
    'a JSON element that is none',
    'element.json',
    '[[1,2,3,1,2,5],null,7]',
    /^element\.json, element [23]: is (null|a number); expected an array of arrays/,
  ],
  [
    'a short JSON element',
    'short.json',
    '[[1,2,3,1,2,5],[2,2,3,1]]',
    `short.json, element 2: close is empty; ${DROP}`,
  ],
  [
    'null in JSON',
    'null.json',
    '[[1,2,3,1,2,5],[2,2,3,null,2,5]]',
    `null.json, element 2: low is empty; ${DROP}`,
  ],
  [
    'an empty JSON array',
    'none.json',
    '[]',
    'none.json: there are no bars; at least two are needed to tell the interval',
  ],
  [
    'text that is named JSON',
    'text.json',
    lines(GOOD, NEXT),
    'text.json: is named .json but its content is not',
  ],
  [
    'text that is named Parquet',
    'text.parquet',
    lines(GOOD, NEXT),
    'text.parquet: is named .parquet but its content is not; copy or write it again',
  ],
  [
    'Parquet that is cut off',
    'cut.parquet',
    `PAR1${'x'.repeat(100)}`,
    /^cut\.parquet: the Parquet file is cut off or damaged \(.*\); copy or write it again$/,
  ],
  [
    'text that is named gzip',
    'text.csv.gz',
    lines(GOOD, NEXT),
    'text.csv.gz: is named .gz but its content is not; copy or download it again',
  ],
  [
    'gzip that is cut off',
    'cut.csv.gz',
    gzipSync(lines(GOOD, NEXT)).subarray(0, 40),
    /^cut\.csv\.gz: the gzip file is cut off or damaged \(.*\); copy or download it again$/,
  ],
  ['gzip of nothing', 'nothing.csv.gz', gzipSync(''), 'nothing.csv.gz: the file inside is empty'],
  [
    'gzip in gzip',
    'twice.csv.gz',
    gzipSync(gzipSync(lines(GOOD))),
    'twice.csv.gz: is packed twice; unpack it once and give the file inside',
  ],
  ['an empty zip', 'none.zip', zipSync({}), 'none.zip: the zip archive holds no file'],
  [
    'a zip of two files',
    'two.zip',
    zipSync({ 'a.csv': strToU8(lines(GOOD)), 'b.csv': strToU8(lines(GOOD)) }),
    'two.zip: the zip archive holds 2 files (a.csv, b.csv) where one is expected; unpack it and give one of them',
  ],
  [
    'a zip that is cut off',
    'cut.zip',
    zipSync({ 'a.csv': strToU8(lines(GOOD, NEXT)) }).subarray(0, -30),
    /^cut\.zip: the zip archive is cut off or damaged \(.*\); copy or download it again$/,
  ],
  [
    'a zip with a flipped bit',
    'flipped.zip',
    flipped(zipSync({ 'a.csv': strToU8(lines(GOOD, NEXT)) }, { level: 0 })),
    'flipped.zip: the zip archive is cut off or damaged (a.csv does not match its checksum); copy or download it again',
  ],
];

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[70] ^= 1;
  return copy;
}

describe('bars that cannot be used', () => {
  it.each(BAD_ROWS)('names line and field of %s', async (_what, content, problem) => {
    expect(await problemsIn('rows.csv', content)).toEqual([`rows.csv, ${problem}`]);
  });

  it.each(BAD_FILES)('refuses %s', async (_what, name, content, problem) => {
    const problems = await problemsIn(name, content);
    expect(problems).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)]);
  });

  it('says that there is no such file', async () => {
    expect(await problemsOf('nowhere.csv')).toEqual(['nowhere.csv: there is no such file']);
    expect(await problemsOf('nowhere/at/all.csv')).toEqual(['nowhere/at/all.csv: there is no such file']);
  });

  it('says that a folder is one', async () => {
    await mkdir(join(folder, 'sub'));
    expect(await problemsOf('sub')).toEqual(['sub: this is a folder; give the path of a file in it']);
  });

  it('counts lines as an editor does, past blank lines', async () => {
    const content = `\n${HEADER}\n\n${GOOD}\n\n2021-04-20T00:01:00Z,11,12,9,,1\n`;
    expect(await problemsIn('blanks.csv', content)).toEqual([`blanks.csv, line 6: close is empty; ${DROP}`]);
  });

  it('lists ten rows and counts the rest', async () => {
    const rows = Array.from({ length: 25 }, (_, at) => `${1_618_951_320_000 + at * 60_000},1,1,1,,1`);
    const problems = await problemsIn('many.csv', lines(...rows));
    expect(problems).toHaveLength(11);
    expect(problems[9]).toBe(`many.csv, line 11: close is empty; ${DROP}`);
    expect(problems[10]).toBe('many.csv: and 15 more rows like these');
  });

  it('names every missing column at once, and the names that it may go by', async () => {
    expect(await problemsIn('cols.csv', 'a,b\n1,2\n')).toEqual([
      'cols.csv: there is no column time (or timestamp, date, datetime, openTime), no open, no high, no low, no close; the columns are a, b',
    ]);
  });

  it('names the row of a Parquet file', async () => {
    await sql(
      `COPY (SELECT * FROM (VALUES (60000000000, 1.0, 2.0, 0.5, 1.0), (60000060000, 1.0, 2.0, 0.5, NULL)) v(time, open, high, low, close)) TO '${folder}/null.parquet' (FORMAT parquet)`,
    );
    expect(await problemsOf('null.parquet')).toEqual([`null.parquet, row 2: close is empty; ${DROP}`]);
  });

  it('names a column of Parquet that can hold no number', async () => {
    await sql(
      `COPY (SELECT 1 AS time, true AS open, 1 AS high, 1 AS low, 1 AS close) TO '${folder}/bool.parquet' (FORMAT parquet)`,
    );
    expect(await problemsOf('bool.parquet')).toEqual([
      'bool.parquet: the column open is of type BOOLEAN, which holds no numbers',
    ]);
  });

  it('does not take the readable part of a damaged Parquet file for the whole', async () => {
    const path = join(folder, 'damaged.parquet');
    await sql(`COPY (SELECT 1600000000000 + i * 60000 AS time, 10.0 + hash(i) % 7 AS open, 20.0 AS high, 9.0 AS low, 10.0 AS close, hash(i) AS volume
      FROM range(400000) t(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 50000)`);
    const bytes = await readFile(path);
    bytes.fill(0xff, Math.floor(bytes.length * 0.8), Math.floor(bytes.length * 0.8) + 5000);
    await writeFile(path, bytes);
    expect(await problemsOf('damaged.parquet')).toEqual([
      expect.stringMatching(/^damaged\.parquet(: the Parquet file is cut off or damaged|, row \d+: )/),
    ]);
  });
});
