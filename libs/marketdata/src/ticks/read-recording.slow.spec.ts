import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { InputError } from '@bowline/contracts';
import { RECORDED, type MarketRecording } from '@bowline/ports';
import { anInstrument, sharedData, whenPresent, WorkFolder } from '@bowline/testkit';
import { readRecording, type RecordedUnits } from './read-recording.js';

const folder = new WorkFolder('recording');
const BTC = anInstrument({ symbol: 'BTCUSDT', tickSize: '0.1', lotSize: '0.001' });
const T = 1_723_161_256_322;

const line = (message: object, at = T): string => `${at}000123 ${JSON.stringify(message)}\n`;
const stream = (name: string, data: object, at = T): string =>
  line({ stream: `btcusdt@${name}`, data: { s: 'BTCUSDT', ...data } }, at);

const TOUCH = stream('bookTicker', { u: 11, b: '61800.20', B: '2.507', a: '61800.30', A: '0.0004' });
const DEPTH = stream('depth@0ms', { u: 12, b: [['61800.10', '0.000']], a: [['61800.30', '1.5']] }, T + 1);
const BOOK = line({ lastUpdateId: 13, bids: [['61800.20', '1']], asks: [['61800.40', '2']] }, T + 1);
const TRADE = stream('trade', { p: '61800.30', q: '0.006', X: 'MARKET', m: true }, T + 2);

async function read(content: string | Uint8Array): Promise<MarketRecording> {
  return (await readRecording(folder.file('stream.jsonl', content), () => BTC)).recording;
}

function messagesOf({ first, kind, length, levels, time, update }: MarketRecording) {
  return Array.from({ length }, (_, row) => ({
    ...{ time: time[row], kind: kind[row], update: update[row] },
    levels: Array.from({ length: first[row + 1]! - first[row]! }, (__, at) => {
      const level = first[row]! + at;
      return [levels.isBid[level] === 1 ? 'bid' : 'ask', levels.price[level], levels.quantity[level]];
    }),
  }));
}

describe('a recording of streams', () => {
  it('is read in ticks and lots, packed or not', async () => {
    const text = TOUCH + DEPTH + BOOK + TRADE;
    const recording = await read(text);
    expect(messagesOf(recording)).toEqual([
      {
        ...{ time: T, kind: RECORDED.TOUCH, update: 11 },
        // Less than a lot is there all the same.
        levels: [
          ['bid', 618_002, 2_507],
          ['ask', 618_003, 1],
        ],
      },
      {
        ...{ time: T + 1, kind: RECORDED.DEPTH, update: 12 },
        levels: [
          ['bid', 618_001, 0],
          ['ask', 618_003, 1_500],
        ],
      },
      {
        ...{ time: T + 1, kind: RECORDED.BOOK, update: 13 },
        levels: [
          ['bid', 618_002, 1_000],
          ['ask', 618_004, 2_000],
        ],
      },
      { time: T + 2, kind: RECORDED.TRADE, update: 0, levels: [['bid', 618_003, 6]] },
    ]);
    expect(await read(gzipSync(text))).toEqual(recording);
  });

  it('passes over other streams, and trades that the exchange made by itself', async () => {
    const insurance = stream('trade', { p: '1.0', q: '1', X: 'INSURANCE_FUND', m: true });
    const recording = await read(TOUCH + stream('kline_1m', {}) + insurance + '\n' + TRADE);
    expect(Array.from(recording.kind)).toEqual([RECORDED.TOUCH, RECORDED.TRADE]);
  });

  it.each([
    ['does not begin with a time in nanoseconds; remove the line', 'hello\n'],
    ['is no whole message of a stream; remove the line', DEPTH.slice(0, 40)],
    ['came before the line above it; sort the file by time', stream('bookTicker', {}, T - 1)],
    [
      'is about ETHUSDT where BTCUSDT was before; give a file for each symbol',
      stream('trade', { s: 'ETHUSDT' }),
    ],
    ['names no symbol; remove the line', stream('trade', { s: 7 })],
    ['the price 61800.25 is no multiple of the tick 0.1 of BTCUSDT', TRADE.replace('61800.30', '61800.25')],
    ['u is no whole number in it; remove the line', DEPTH.replace('"u":12', '"u":"12"')],
    ['there is no list b in it; remove the line', DEPTH.replace('"b":', '"c":')],
    [
      '["61800.10",0] is no price and quantity as decimal texts; remove the line',
      DEPTH.replace('"0.000"', '0'),
    ],
    ['a trade of nothing; remove the line', TRADE.replace('0.006', '0.000')],
  ])('is refused with file and line: %s', async (problem, bad) => {
    const failure: unknown = await read(TOUCH + bad).catch((cause: unknown) => cause);
    expect((failure as InputError).problems).toEqual([`${folder.path}/stream.jsonl, line 2: ${problem}`]);
  });

  it('is refused where there is no quote to play', async () => {
    await expect(read(TRADE)).rejects.toThrow('no quotes are recorded in it');
  });

  it('tells of ten bad lines at most', async () => {
    const failure: unknown = await read('x\n'.repeat(50)).catch((cause: unknown) => cause);
    expect((failure as InputError).problems).toHaveLength(10);
  });
});

const FILE = 'ticks/binance-usdm-btcusdt_20240808.gz';
whenPresent('345 seconds of Binance USD-M', `../shared/data/${FILE}`, sharedData(FILE), (path) => {
  it('are read whole', async () => {
    const found: RecordedUnits[] = [];
    const { recording } = await readRecording(path, (units) => {
      found.push(units);
      return BTC;
    });
    const { kind, length } = recording;
    expect(found).toEqual([{ symbol: 'BTCUSDT', priceScale: 1, quantityScale: 3, price: 58_710.2 }]);
    const count = (wanted: number) => kind.filter((each) => each === wanted).length;
    expect(length).toBe(93_954);
    expect([
      count(RECORDED.TOUCH),
      count(RECORDED.DEPTH),
      count(RECORDED.TRADE),
      count(RECORDED.BOOK),
    ]).toEqual([66_089, 6_551, 21_313, 1]);
  });
});
