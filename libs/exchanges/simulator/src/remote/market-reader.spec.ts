import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BarClosed, MarketUpdate } from '@bowline/ports';
import { MarketReader } from './market-reader.js';

interface Word {
  readonly bars: readonly BarClosed[];
  readonly updates: readonly MarketUpdate[];
}

function update(symbol: string, last: number, at = 0): MarketUpdate {
  return { exchange: 'sim', symbol, at, last, high: last, low: last, bid: last - 1, ask: last + 1 };
}

function bar(openTime: number, symbol = 'BTCUSDT'): BarClosed {
  return { exchange: 'sim', symbol, openTime, intervalMs: 60_000, open: 1, high: 1, low: 1, close: 1 };
}

function opened(bars: readonly BarClosed[] = []) {
  const words: Word[] = [];
  const reader = new MarketReader(new Set(['BTCUSDT', 'ETHUSDT']), bars, (closed, updates) =>
    words.push({ bars: closed, updates }),
  );
  return { reader, words };
}

describe('a reader of a market', () => {
  it('hears at once what it waits for', () => {
    const { reader, words } = opened();
    reader.onUpdate(update('BTCUSDT', 100));
    reader.next();
    reader.onBar(bar(0));
    expect(words).toEqual([
      { bars: [], updates: [update('BTCUSDT', 100)] },
      { bars: [bar(0)], updates: [] },
    ]);
  });

  it('that is slow hears the newest price of each symbol, with the high and low since its last', () => {
    const { reader, words } = opened();
    reader.onUpdate(update('BTCUSDT', 100));
    for (const last of [90, 120, 110]) reader.onUpdate(update('BTCUSDT', last, last));
    reader.onUpdate(update('ETHUSDT', 7));
    reader.onUpdate(update('XRPUSDT', 1));
    expect(words).toHaveLength(1);
    reader.next();
    expect(words[1]).toEqual({
      bars: [],
      updates: [{ ...update('BTCUSDT', 110, 110), high: 120, low: 90 }, update('ETHUSDT', 7)],
    });
    reader.next();
    expect(words).toHaveLength(2);
  });

  it('hears what was before it first, in words that a line can carry, and prices behind it', () => {
    const { reader, words } = opened(Array.from({ length: 2_500 }, (_, at) => bar(at)));
    reader.onUpdate(update('BTCUSDT', 100));
    reader.next();
    reader.next();
    expect(words.map(({ bars, updates }) => [bars.length, updates.length])).toEqual([
      [1_000, 0],
      [1_000, 0],
      [500, 1],
    ]);
    expect(words.flatMap(({ bars }) => bars.map(({ openTime }) => openTime))).toEqual(
      Array.from({ length: 2_500 }, (_, at) => at),
    );
  });

  it('that has stopped costs no more than the latest candles', () => {
    const { reader, words } = opened();
    for (let at = 0; at < 20_000; at += 1) reader.onBar(bar(at));
    for (let at = 0; at < 20; at += 1) reader.next();
    expect(words.flatMap(({ bars }) => bars).map(({ openTime }) => openTime)).toEqual([
      0,
      ...Array.from({ length: 10_000 }, (_, at) => 10_000 + at),
    ]);
  });

  it('misses no high and no low, however slowly it reads', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 1, max: 99 }), fc.constant(null)), { minLength: 1 }),
        (steps) => {
          const { reader, words } = opened();
          const prices = steps.filter((step) => step !== null);
          for (const step of steps) {
            if (step === null) reader.next();
            else reader.onUpdate(update('BTCUSDT', step));
          }
          reader.next();
          const heard = words.flatMap(({ updates }) => updates);
          expect(Math.max(0, ...heard.map(({ high }) => high))).toBe(Math.max(0, ...prices));
          expect(Math.min(100, ...heard.map(({ low }) => low))).toBe(Math.min(100, ...prices));
          expect(heard.at(-1)?.last).toBe(prices.at(-1));
        },
      ),
    );
  });
});
