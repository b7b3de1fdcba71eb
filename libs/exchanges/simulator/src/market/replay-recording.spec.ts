import { describe, expect, it } from '@jest/globals';
import { RECORDED, type BarClosed, type MarketRecording, type MarketUpdate } from '@bowline/ports';
import fc from 'fast-check';
import type { BookLevel } from '../matching/index.js';
import { BTC } from './market.spec-support.js';
import { RecordedBook } from './recorded-book.js';
import { replayRecording } from './replay-recording.js';

type Level = readonly ['bid' | 'ask', price: number, quantity: number];
type Message = readonly [at: number, kind: keyof typeof RECORDED, update: number, ...levels: Level[]];

function recordingOf(...messages: readonly Message[]): MarketRecording {
  const levels = messages.flatMap(([, , , ...each]) => each);
  const first = [0];
  for (const [, , , ...each] of messages) first.push(first.at(-1)! + each.length);
  return {
    length: messages.length,
    time: Float64Array.from(messages, ([at]) => 1_000_000 + at),
    kind: Uint8Array.from(messages, ([, kind]) => RECORDED[kind]),
    update: Float64Array.from(messages, ([, , update]) => update),
    first: Uint32Array.from(first),
    levels: {
      isBid: Uint8Array.from(levels, ([side]) => Number(side === 'bid')),
      price: Float64Array.from(levels, ([, price]) => price),
      quantity: Float64Array.from(levels, ([, , quantity]) => quantity),
    },
  };
}

/** Ten seconds in which the price rises by 20 of 1,000 ticks. */
const RISE = recordingOf(
  [0, 'TOUCH', 1, ['bid', 999, 5], ['ask', 1_001, 5]],
  [0, 'TRADE', 0, ['bid', 1_000, 3]],
  [4_000, 'DEPTH', 2, ['bid', 998, 7], ['ask', 1_002, 8]],
  [8_000, 'TOUCH', 3, ['bid', 1_019, 5], ['ask', 1_021, 5]],
  [8_000, 'TRADE', 0, ['ask', 1_020, 4]],
);
/** With the time from the last message to the first of the next lap: the mean between messages. */
const LAP = 10_000;

/** Plays it, and says what happened: `<ms after from> quote 999x5 1001x5`. */
function played(
  recording: MarketRecording,
  { from = 0, until = LAP - 1, levels = 1_000, barMs = 60_000 } = {},
) {
  const told: string[] = [];
  const updates: MarketUpdate[] = [];
  const bars: BarClosed[] = [];
  let at = 0;
  const best = ([level]: readonly BookLevel[]): string => (level === undefined ? '-' : level.join('x'));
  const sink = {
    exchange: 'sim',
    onTick: ({
      buyerIsMaker,
      price,
      quantity,
    }: {
      buyerIsMaker?: boolean;
      price: number;
      quantity: number;
    }) => void told.push(`${at} ${buyerIsMaker ? 'sold' : 'bought'} ${quantity}@${price}`),
    onQuote: ({ asks, bids }: { bids: readonly BookLevel[]; asks: readonly BookLevel[] }) =>
      void told.push(`${at} quote ${best(bids)} ${best(asks)}`),
  };
  const series = [{ instrument: BTC, recording }];
  const source = replayRecording({ series, sink, from, origin: 0, levels, barMs });
  source.onUpdate((update) => updates.push(update));
  source.onBar((bar) => bars.push(bar));
  for (let next = source.nextTime()!; next <= from + until; next = source.nextTime()!) {
    at = next - from;
    source.step();
  }
  return { told, updates, bars };
}

describe('a recording that is replayed', () => {
  it('shows its book and its trades at their times', () => {
    expect(played(RISE).told).toEqual([
      '0 quote 999x5 1001x5',
      '0 sold 3@1000',
      '4000 quote 999x5 1001x5',
      '8000 quote 1019x5 1021x5',
      '8000 bought 4@1020',
    ]);
  });

  it('goes on where it ends: times and prices join', () => {
    expect(played(RISE, { until: 3 * LAP }).told.filter((line) => !line.includes('quote'))).toEqual([
      ...['0 sold 3@1000', '8000 bought 4@1020'],
      ...['10000 sold 3@1020', '18000 bought 4@1040'],
      ...['20000 sold 3@1040', '28000 bought 4@1060', '30000 sold 3@1060'],
    ]);
  });

  it('starts from the recorded prices again before these are a quarter away', () => {
    const { updates } = played(RISE, { until: 40 * LAP });
    const prices = updates.map(({ last }) => last);
    expect(Math.max(...prices)).toBe(1_240);
    // 12 laps up, then one jump down.
    expect(played(RISE, { from: 12 * LAP, until: 0 }).told[1]).toBe('0 sold 3@1000');
    expect(prices.filter((price, row) => row > 0 && Math.abs(price - prices[row - 1]!) > 20)).toHaveLength(3);
  });

  it('is the same wherever it is entered', () => {
    const whole = played(RISE, { until: 8 * LAP - 1 }).told;
    const later = played(RISE, { from: 5 * LAP, until: 3 * LAP - 1 }).told;
    // What was deeper than the recording has said so far, nobody knows at first.
    expect(later).toEqual(
      whole.slice(-later.length).map((line) => line.replace(/^\d+/, (at) => `${Number(at) - 5 * LAP}`)),
    );
  });

  it('tells prices conflated by the millisecond, and closes candles by the clock', () => {
    const { bars, updates } = played(RISE, { until: 2 * LAP, barMs: 5_000 });
    expect(updates.slice(0, 3)).toEqual([
      {
        exchange: 'sim',
        symbol: 'BTCUSDT',
        at: 0,
        last: 1_000,
        high: 1_000,
        low: 1_000,
        bid: 999,
        ask: 1_001,
      },
      {
        exchange: 'sim',
        symbol: 'BTCUSDT',
        at: 4_000,
        last: 1_000,
        high: 1_000,
        low: 1_000,
        bid: 999,
        ask: 1_001,
      },
      {
        exchange: 'sim',
        symbol: 'BTCUSDT',
        at: 8_000,
        last: 1_020,
        high: 1_020,
        low: 1_020,
        bid: 1_019,
        ask: 1_021,
      },
    ]);
    expect(bars.map(({ close, open, openTime }) => [openTime, open, close])).toEqual([
      [0, 1_000, 1_000],
      [5_000, 1_020, 1_020],
      [10_000, 1_020, 1_020],
      [15_000, 1_040, 1_040],
    ]);
  });

  it('is refused without two messages', () => {
    expect(() => played(recordingOf([0, 'TOUCH', 1, ['bid', 9, 1], ['ask', 11, 1]]))).toThrow('two messages');
  });
});

describe('a recorded book', () => {
  const book = (limit = 1_000): RecordedBook => new RecordedBook(limit);

  it('believes the newer of its two streams', () => {
    const both = book();
    both.setLevel(true, 98, 4);
    both.setLevel(true, 97, 3);
    both.setLevel(false, 103, 4);
    both.settle(10);
    expect(both.setTouch(9, [96, 1], [97, 1])).toBe(false);
    expect(both.setTouch(12, [97, 2], [100, 6])).toBe(true);
    expect([both.bids, both.asks]).toEqual([
      [[97, 2]],
      [
        [100, 6],
        [103, 4],
      ],
    ]);
    // An older change does not bring back what is gone, and a newer one does.
    both.setLevel(true, 98, 9);
    both.settle(11);
    expect(both.bids).toEqual([[97, 2]]);
    both.setLevel(true, 98, 9);
    both.settle(13);
    expect(both.bids[0]).toEqual([98, 9]);
  });

  it('is never crossed, always sorted, and never deeper than it may be', () => {
    const price = fc.integer({ min: 1, max: 30 });
    const quantity = fc.integer({ min: 0, max: 9 });
    const touch = fc.tuple(price, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
    const change = fc.record({
      update: fc.integer({ min: 1, max: 50 }),
      touch: fc.option(touch),
      levels: fc.array(fc.tuple(fc.boolean(), price, quantity), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const tested = book(5);
        for (const { levels, touch: best, update } of changes) {
          if (best !== null) tested.setTouch(update, [best[0], best[1]], [best[0] + 1, best[2]]);
          else {
            for (const level of levels) tested.setLevel(...level);
            tested.settle(update);
          }
          const { asks, bids } = tested;
          if (bids.length > 0 && asks.length > 0) expect(bids[0]![0]).toBeLessThan(asks[0]![0]);
          expect(bids.map(([at]) => at)).toEqual([...new Set(bids.map(([at]) => at))].sort((a, b) => b - a));
          expect(asks.map(([at]) => at)).toEqual([...new Set(asks.map(([at]) => at))].sort((a, b) => a - b));
          expect([...bids, ...asks].every(([, size]) => size > 0)).toBe(true);
          expect(Math.max(bids.length, asks.length)).toBeLessThanOrEqual(5);
        }
      }),
    );
  });
});
