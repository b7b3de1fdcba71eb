import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InputError } from '@bowline/contracts';
import { strToU8, zipSync } from 'fflate';
import { readFunding } from './read-funding.js';
import { readSignals } from './read-signals.js';

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

async function parquetOf(name: string, select: string): Promise<string> {
  const path = join(folder, name);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

async function problemsOf(reading: Promise<unknown>): Promise<readonly string[]> {
  const failure: unknown = await reading.then(
    () => 'read without an error',
    (cause: unknown) => cause,
  );
  if (!(failure instanceof InputError)) throw failure;
  return failure.problems.map((problem) => problem.replaceAll(`${folder}/`, ''));
}

const HEADER = 'time,strategyId,symbol,signal';
const START = Date.UTC(2021, 3, 20);
const LONG = { time: START, strategyId: 'a', symbol: 'BTCUSDT', signal: 1, row: 1 };
const FLAT = { time: START + 60_000, strategyId: 'a', symbol: 'BTCUSDT', signal: 0, row: 2 };
const PLAIN = `${HEADER}\n2021-04-20T00:00:00Z,a,BTCUSDT,1\n${START + 60_000},a,BTCUSDT,0\n`;

describe('signals', () => {
  it.each([
    ['CSV', 'a.csv', PLAIN],
    ['snake case', 'b.csv', PLAIN.replace('strategyId', 'strategy_id')],
    ['gzip', 'c.csv.gz', gzipSync(PLAIN)],
    ['zip', 'd.zip', zipSync({ 'd.csv': strToU8(PLAIN) })],
    [
      'a column order of its own',
      'e.csv',
      `signal,symbol,time,strategyId\n+1,BTCUSDT,${START},a\n0.0,BTCUSDT,${START + 60_000},a\n`,
    ],
    ['blanks around the fields', 'f.csv', PLAIN.replaceAll(',', ' , ')],
  ])('are read from %s', async (_what, name, content) => {
    expect(await readSignals(await fileOf(name, content))).toEqual([LONG, FLAT]);
  });

  it('keep the text of decimals, and leave out what is empty', async () => {
    const content = `${HEADER},price,takeProfit,stop_loss,volatility,quantity\n${START},a,X,-1,45000.10,43000.00,46000,0.0012,0.00100\n${START},b,X,1,,,,,\n`;
    expect(await readSignals(await fileOf('g.csv', content))).toEqual([
      {
        time: START,
        strategyId: 'a',
        symbol: 'X',
        signal: -1,
        price: '45000.10',
        takeProfit: '43000.00',
        stopLoss: '46000',
        volatility: 0.0012,
        quantity: '0.00100',
        row: 1,
      },
      { time: START, strategyId: 'b', symbol: 'X', signal: 1, row: 2 },
    ]);
  });

  it('are read from Parquet, decimals exact', async () => {
    const path = await parquetOf(
      'h.parquet',
      `SELECT make_timestamp_ms(${START}) AS time, 'a' AS strategy_id, 'X' AS symbol, -1.0::DOUBLE AS signal, 45000.1::DECIMAL(18, 2) AS price, 0.1::DOUBLE AS quantity, NULL::DOUBLE AS "stopLoss"`,
    );
    expect(await readSignals(path)).toEqual([
      { time: START, strategyId: 'a', symbol: 'X', signal: -1, price: '45000.10', quantity: '0.1', row: 1 },
    ]);
  });

  it('may be none', async () => {
    expect(await readSignals(await fileOf('none.csv', `${HEADER}\n`))).toEqual([]);
  });

  it('keep the order of the file, whatever their times', async () => {
    const content = `${HEADER}\n${START + 5},b,X,1\n${START},a,X,1\n`;
    const signals = await readSignals(await fileOf('order.csv', content));
    expect(signals.map(({ strategyId, row }) => [strategyId, row])).toEqual([
      ['b', 1],
      ['a', 2],
    ]);
  });

  it.each([
    [
      'yesterday,a,X,1',
      'time "yesterday" is not a time (an epoch in s, ms, us or ns, or ISO 8601 such as 2021-04-20T00:00:00Z)',
    ],
    [',a,X,1', 'time is empty'],
    [`${START},,X,1`, 'strategyId is empty'],
    [`${START},a,,1`, 'symbol is empty'],
    [`${START},a,X,`, 'signal is empty; it must be 1 (be long), -1 (be short), or 0 (be flat)'],
    [`${START},a,X,2`, 'signal is "2"; it must be 1 (be long), -1 (be short), or 0 (be flat)'],
    [`${START},a,X,long`, 'signal is "long"; it must be 1 (be long), -1 (be short), or 0 (be flat)'],
  ])('name line, field and value of %j', async (line, problem) => {
    const content = `${HEADER}\n${START},a,X,1\n${line}\n`;
    expect(await problemsOf(readSignals(await fileOf('bad.csv', content)))).toEqual([
      `bad.csv, line 3: ${problem}`,
    ]);
  });

  it.each(['price', 'takeProfit', 'stopLoss', 'volatility', 'quantity'])(
    'refuse a %s that is no number above 0',
    async (field) => {
      const content = `${HEADER},${field}\n${START},a,X,1,abc\n${START},a,X,1,-1\n${START},a,X,1,0\n${START},a,X,1,NaN\n`;
      expect(await problemsOf(readSignals(await fileOf('bad.csv', content)))).toEqual(
        ['abc', '-1', '0', 'NaN'].map(
          (text, at) =>
            `bad.csv, line ${at + 2}: ${field} is "${text}"; it must be a number above 0, or empty`,
        ),
      );
    },
  );

  it('report every flaw of every row, twenty of them, and count the rest', async () => {
    const content = `${HEADER}\n${',,,9\n'.repeat(8)}`;
    const problems = await problemsOf(readSignals(await fileOf('bad.csv', content)));
    expect(problems).toHaveLength(21);
    expect(problems.slice(0, 4)).toEqual([
      'bad.csv, line 2: time is empty',
      'bad.csv, line 2: strategyId is empty',
      'bad.csv, line 2: symbol is empty',
      'bad.csv, line 2: signal is "9"; it must be 1 (be long), -1 (be short), or 0 (be flat)',
    ]);
    expect(problems[20]).toBe('bad.csv: and 12 more');
  });

  it('refuse a column that is not known, since a mistyped stop would be none', async () => {
    const content = `${HEADER},stopLos\n${START},a,X,1,5\n`;
    expect(await problemsOf(readSignals(await fileOf('typo.csv', content)))).toEqual([
      'typo.csv: the column stopLos is not known; known are time, strategyId, symbol, signal, price, takeProfit, stopLoss, volatility, quantity: rename or remove it',
    ]);
  });

  it('name a column that is missing, a file that is none, and a format that is not theirs', async () => {
    expect(await problemsOf(readSignals(await fileOf('few.csv', 'time,symbol,signal\n1,2,1\n')))).toEqual([
      'few.csv: there is no column strategyId; the columns are time, symbol, signal',
    ]);
    expect(await problemsOf(readSignals(join(folder, 'nowhere.csv')))).toEqual([
      'nowhere.csv: there is no such file',
    ]);
    expect(await problemsOf(readSignals(await fileOf('x.json', '[[1]]')))).toEqual([
      'x.json: is JSON; expected CSV with a header, or Parquet',
    ]);
    expect(await problemsOf(readSignals(await fileOf('noheader.csv', `${START},a,X,1\n`)))).toEqual([
      'noheader.csv, line 1: there is no header; put one above the data that names its 4 columns, such as time,strategyId,symbol,signal',
    ]);
  });
});

describe('funding rates', () => {
  it('are read in the order of time, other columns left alone', async () => {
    const content = `calc_time,funding_interval_hours,last_funding_rate\n${START + 28_800_000},8,-0.00010000\n${START},8,0.0001\n`;
    expect(await readFunding(await fileOf('funding.csv', content))).toEqual([
      { time: START, rate: '0.0001' },
      { time: START + 28_800_000, rate: '-0.00010000' },
    ]);
  });

  it('are read from Parquet', async () => {
    const path = await parquetOf(
      'funding.parquet',
      `SELECT make_timestamp_ms(${START}) AS time, 0.0001::DECIMAL(10, 8) AS rate`,
    );
    expect(await readFunding(path)).toEqual([{ time: START, rate: '0.00010000' }]);
  });

  it.each([
    [
      'x,0.1',
      'time "x" is not a time (an epoch in s, ms, us or ns, or ISO 8601 such as 2021-04-20T00:00:00Z)',
    ],
    [`${START + 1},`, 'rate is empty'],
    [`${START + 1},x`, 'rate "x" is not a number'],
    [`${START + 1},1.5`, 'rate 1.5 is 100 % or more; a rate is a fraction: 0.0001 is 0.01 %'],
    [`${START},0.1`, `time ${START} is there twice; remove one of the two`],
  ])('name line and field of %j', async (line, problem) => {
    const content = `time,rate\n${START},0.0001\n${line}\n`;
    expect(await problemsOf(readFunding(await fileOf('bad.csv', content)))).toEqual([
      `bad.csv, line 3: ${problem}`,
    ]);
  });
});
