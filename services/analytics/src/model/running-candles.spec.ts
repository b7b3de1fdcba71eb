import { describe, expect, it } from '@jest/globals';
import type { MarketUpdate } from '@bowline/ports';
import { RunningCandles } from './running-candles.js';

const MINUTE = 60_000;
const BTC = { exchange: 'okx', symbol: 'BTCUSDT' };

function update(at: number, last: number, reach: Partial<MarketUpdate> = {}): MarketUpdate {
  return { ...BTC, at, last, high: last, low: last, bid: null, ask: null, ...reach };
}

describe('the candle that has begun', () => {
  it('opens at the first price of its minute, and follows the market from there', () => {
    const candles = new RunningCandles();
    candles.update(update(MINUTE + 1, 100, { high: 900, low: 1 }));
    candles.update(update(MINUTE + 2, 104, { high: 107, low: 99 }));
    candles.update(update(MINUTE + 59_999, 103));
    candles.update({ ...update(5, 7), symbol: 'ETHUSDT' });
    expect(candles.all()).toEqual([
      { ...BTC, openTime: MINUTE, intervalMs: MINUTE, open: 100, high: 107, low: 99, close: 103 },
      { ...BTC, symbol: 'ETHUSDT', openTime: 0, intervalMs: MINUTE, open: 7, high: 7, low: 7, close: 7 },
    ]);
  });

  it('gives way to the next, and to the one that is told to be over', () => {
    const candles = new RunningCandles();
    const closed = { ...BTC, openTime: MINUTE, intervalMs: MINUTE, open: 1, high: 1, low: 1, close: 1 };
    candles.update(update(MINUTE, 100));
    candles.closed(closed);
    expect(candles.all()).toEqual([]);
    candles.update(update(MINUTE + 1, 100));
    candles.update(update(2 * MINUTE, 200));
    candles.closed(closed);
    expect(candles.all()).toMatchObject([{ openTime: 2 * MINUTE, open: 200 }]);
  });
});
