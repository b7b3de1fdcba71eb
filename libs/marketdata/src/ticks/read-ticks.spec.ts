import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { InputError } from '@bowline/contracts';
import { sharedData, whenPresent, WorkFolder } from '@bowline/testkit';
import { readTicks, type TicksRead } from './read-ticks.js';

const folder = new WorkFolder('ticks');

async function read(name: string, content: string | Uint8Array): Promise<TicksRead> {
  return readTicks(folder.file(name, content));
}

function rowsOf({ columns: { price, quantity, time } }: TicksRead): (number | null)[][] {
  return Array.from(time, (at, row) => [at, price[row], quantity?.[row] ?? null]);
}

/** What readTicks says of the file, without the folder. */
async function problemsIn(name: string, content: string | Uint8Array): Promise<readonly string[]> {
  const failure: unknown = await read(name, content).catch((cause: unknown) => cause);
  if (!(failure instanceof InputError)) throw new Error('it was read', { cause: failure });
  return failure.problems.map((problem) => problem.replaceAll(`${folder.path}/`, ''));
}

const T = 1_723_161_256_322;
const TWO = [
  [T, 61_800.3, 0.006],
  [T + 22, 61_800.2, 0.199],
];

const message = (at: number, price: string, quantity: string, more = {}): string =>
  `${at}000000 ${JSON.stringify({
    stream: 'btcusdt@trade',
    data: { e: 'trade', T: at, s: 'BTCUSDT', p: price, q: quantity, X: 'MARKET', ...more },
  })}`;
const QUOTE = `${T}000000 {"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","T":${T},"b":"61800.2","B":"1","a":"61800.3","A":"2"}}`;

describe('trades', () => {
  it.each<[what: string, name: string, content: string]>([
    ['with a header', 'header.csv', `time,price,quantity\n${T},61800.30,0.006\n${T + 22},61800.20,0.199\n`],
    [
      'with a header in another order, and columns that nobody needs',
      'other.csv',
      `id;qty;price;timestamp\n1;0.006;61800.3;2024-08-08T23:54:16.322Z\n2;0.199;61800.2;2024-08-08T23:54:16.344Z\n`,
    ],
    ['without a header', 'bare.csv', `${T},61800.30,0.006\n${T + 22},61800.20,0.199\n`],
    [
      "as the exchange's archive of trades has them",
      'trades.csv',
      `5266583935,61800.30,0.006,370.8018,${T},false\n5266583936,61800.20,0.199,12298.2,${T + 22},true\n`,
    ],
    [
      'as its spot archive has them, in microseconds',
      'spot.csv',
      `1,61800.30,0.006,370.8018,${T}000,False,True\n2,61800.20,0.199,12298.2,${T + 22}000,True,True\n`,
    ],
    [
      'as its archive of aggregated trades has them',
      'agg.csv',
      `1,61800.30,0.006,10,12,${T},false\n2,61800.20,0.199,13,13,${T + 22},true\n`,
    ],
    [
      'as the header of that archive names them',
      'agg-header.csv',
      `agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n1,61800.30,0.006,10,12,${T},false\n2,61800.20,0.199,13,13,${T + 22},true\n`,
    ],
    [
      'among the recorded messages of the streams',
      'stream.txt',
      [
        QUOTE,
        message(T, '61800.30', '0.006'),
        QUOTE,
        message(T + 5, '0.00', '0.000', { X: 'NA' }),
        message(T + 22, '61800.20', '0.199'),
      ].join('\n'),
    ],
  ])('are read %s', async (_what, name, content) => {
    const plain = await read(name, content);
    expect([rowsOf(plain), plain.priceScale, plain.warnings]).toEqual([TWO, 1, []]);
    const packed = await read(`${name}.gz`, gzipSync(content));
    expect(rowsOf(packed)).toEqual(TWO);
  });

  it('are read from Parquet', async () => {
    const select = `SELECT make_timestamp_ms(${T}) AS time, 61800.3::DOUBLE AS price, 0.006::DOUBLE AS size`;
    const { columns } = await readTicks(await folder.parquet('ticks.parquet', select));
    expect([columns.time[0], columns.price[0], columns.quantity?.[0]]).toEqual(TWO[0]);
  });

  it('may be without a quantity, which is said', async () => {
    const { columns, warnings } = await read('no-quantity.csv', `time,price\n${T},61800.3\n`);
    expect(columns.quantity).toBeNull();
    expect(warnings).toEqual([
      `${folder.at('no-quantity.csv')}: there is no column quantity; each trade is as large as anybody wants`,
    ]);
  });

  it('of one instant keep their order', async () => {
    const same = await read('same.csv', `time,price,quantity\n${T},3,1\n${T},1,1\n${T},2,1\n`);
    expect([...same.columns.price]).toEqual([3, 1, 2]);
  });

  it('tell how far they are read', async () => {
    const rows = Array.from({ length: 5000 }, (_, at) => `${T + at},${at + 1},1`);
    const path = folder.file('many.csv', `time,price,quantity\n${rows.join('\n')}\n`);
    const told: [number, number][] = [];
    await readTicks(path, { onProgress: (done, total) => told.push([done, total]) });
    expect(told.at(-1)).toEqual([5000, 5000]);
  });
});

const HEADER = 'time,price,quantity';
const GOOD = `${T},61800.3,0.006`;
const FIX = 'correct or remove the row';

describe('trades that cannot be played', () => {
  it.each<[what: string, row: string, problem: string]>([
    ['no time', ',2,1', `time is empty; ${FIX}`],
    [
      'a time that is none',
      'noon,2,1',
      `time "noon" is not a time (an epoch in s, ms, us or ns, or ISO 8601 such as 2021-04-20T00:00:00Z); ${FIX}`,
    ],
    [
      'a time that goes back',
      `${T - 1},2,1`,
      'time 2024-08-08T23:54:16.321Z is before that of the row above, 2024-08-08T23:54:16.322Z; sort the rows by time',
    ],
    ['no price', `${T},,1`, `price is empty; ${FIX}`],
    ['a word for a price', `${T},x,1`, `price "x" is not a number; ${FIX}`],
    ['NaN', `${T},nan,1`, `price is NaN; ${FIX}`],
    ['a price of 0', `${T},0,1`, `price is 0; it must be a number above 0; ${FIX}`],
    ['a price below 0', `${T},-1,1`, `price is -1; it must be a number above 0; ${FIX}`],
    ['an infinite price', `${T},inf,1`, `price is Infinity; it must be a number above 0; ${FIX}`],
    ['no quantity', `${T},2,`, `quantity is empty; ${FIX}`],
    ['a quantity of 0', `${T},2,0`, `quantity is 0; it must be a number above 0; ${FIX}`],
    ['a quantity below 0', `${T},2,-3`, `quantity is -3; it must be a number above 0; ${FIX}`],
    ['a field too few', `${T},2`, 'has 2 fields where 3 are expected; correct the line'],
  ])('(%s) are named by line, field, and remedy', async (_what, row, problem) => {
    const content = [HEADER, GOOD, row, `${T + 1},2,1`].join('\n');
    expect(await problemsIn('bad.csv', content)).toEqual([`bad.csv, line 3: ${problem}`]);
  });

  it('are listed up to ten, and counted', async () => {
    const rows = Array.from({ length: 13 }, () => `${T},0,1`);
    const problems = await problemsIn('bad.csv', [HEADER, GOOD, ...rows].join('\n'));
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)).toBe('bad.csv: and 3 more rows like these');
  });

  it('of a recording are named by their line in it', async () => {
    const lines = [QUOTE, message(T, '1', '1'), QUOTE, message(T, '0', '1')];
    expect(await problemsIn('bad.txt', lines.join('\n'))).toEqual([
      `bad.txt, line 4: price is 0; it must be a number above 0; ${FIX}`,
    ]);
  });

  it.each<[what: string, name: string, content: string | Uint8Array, problem: string]>([
    ['an empty file', 'a.csv', '', 'a.csv: the file is empty'],
    ['a header alone', 'a.csv', `${HEADER}\n`, 'a.csv: there are no trades in it'],
    ['a recording without trades', 'a.txt', QUOTE, 'a.txt: there are no trades in it'],
    [
      'no column of prices',
      'a.csv',
      `time,quantity\n${T},1\n`,
      'a.csv: there is no column price; the columns are time, quantity',
    ],
    [
      'columns without names that are not known',
      'a.csv',
      `${T},1,2,3\n`,
      'a.csv, line 1: there is no header; put one above the data that names its 4 columns, such as time,price,quantity',
    ],
    [
      'candles in JSON',
      'a.json',
      '[[1,2,3,4,5,6]]',
      'a.json: is JSON; expected CSV with a header, or Parquet',
    ],
    [
      'a recording that was cut off',
      'a.txt',
      `${message(T, '1', '1')}\n${message(T, '1', '1').slice(0, 60)}`,
      'a.txt, line 2: is no whole message of a stream; remove the line',
    ],
    [
      'a recording of two symbols',
      'a.txt',
      `${message(T, '1', '1')}\n${message(T, '1', '1', { s: 'ETHUSDT' })}`,
      'a.txt: holds trades of BTCUSDT, ETHUSDT; give a file for each symbol',
    ],
    [
      'a packed file that is cut off',
      'a.csv.gz',
      gzipSync(`${HEADER}\n${GOOD}`).subarray(0, 30),
      'a.csv.gz: the gzip file is cut off or damaged (unexpected end of file); copy or download it again',
    ],
  ])('(%s) are refused', async (_what, name, content, problem) => {
    expect(await problemsIn(name, content)).toEqual([problem]);
  });

  it('are said not to be there where they are not', async () => {
    await expect(readTicks(folder.at('nowhere.csv'))).rejects.toMatchObject({
      problems: [`${folder.at('nowhere.csv')}: there is no such file`],
    });
  });
});

whenPresent('real trades', '../shared/data/ticks', sharedData('ticks'), (path) => {
  it.each([
    ['binance-usdm-btcusdt_20240808.gz', 21_313, 1, 61_800.3],
    ['binance-spot-btcusdt_20240809.gz', 10_147, 2, 61_685.99],
  ])('are read from a recording: %s', async (name, count, scale, first) => {
    const { columns, priceScale, warnings } = await readTicks(`${path}/${name}`);
    expect([columns.length, priceScale, columns.price[0], warnings]).toEqual([count, scale, first, []]);
  });
});
