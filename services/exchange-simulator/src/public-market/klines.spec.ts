import { describe, expect, it } from '@jest/globals';
import { endOf, INTERVALS, isInterval, Klines, type Interval } from './klines.js';

const NOON = Date.UTC(2025, 0, 6, 12);
const MINUTE = 60_000;

function klines(
  ...trades: readonly (readonly [at: number, price: number, quantity?: number, sold?: boolean])[]
) {
  const made = new Klines();
  trades.forEach(([at, price, quantity = 1, buyerIsMaker = false], index) =>
    made.add({ tradeId: index + 1, time: NOON + at, price, quantity, buyerIsMaker }),
  );
  return made;
}

describe('candles', () => {
  it('are made of the trades of their minute', () => {
    const made = klines([0, 100, 2], [10_000, 120, 3, true], [59_999, 90, 4]);
    expect(made.at('1m', NOON + 30_000)).toEqual({
      ...{ openTime: NOON, closeTime: NOON + MINUTE - 1, open: 100, high: 120, low: 90, close: 90 },
      ...{ volume: 9, value: 920n, trades: 3, takerVolume: 6, takerValue: 560n },
      ...{ firstTradeId: 1, lastTradeId: 3 },
    });
  });

  it('are flat where nothing has traded, up to now', () => {
    const made = klines([0, 100], [3 * MINUTE, 110]);
    const all = made.of('1m', 10, NOON + 5 * MINUTE, null, null);
    expect(all.map(({ close, open, trades }) => [open, close, trades])).toEqual([
      ...[[100, 100, 1]],
      ...[
        [100, 100, 0],
        [100, 100, 0],
      ],
      ...[[110, 110, 1]],
      ...[
        [110, 110, 0],
        [110, 110, 0],
      ],
    ]);
    expect(all[1]).toMatchObject({ volume: 0, firstTradeId: -1, lastTradeId: -1 });
  });

  it('are joined to longer ones', () => {
    const made = klines([0, 100, 1], [4 * MINUTE, 130, 2], [5 * MINUTE, 90, 3], [9 * MINUTE, 95, 4]);
    expect(made.of('5m', 10, NOON + 9 * MINUTE, null, null)).toMatchObject([
      { openTime: NOON, closeTime: NOON + 5 * MINUTE - 1, open: 100, high: 130, close: 130, volume: 3 },
      {
        openTime: NOON + 5 * MINUTE,
        open: 90,
        high: 95,
        close: 95,
        volume: 7,
        firstTradeId: 3,
        lastTradeId: 4,
      },
    ]);
  });

  it('are the first ones from a time on, and the last ones else', () => {
    const made = klines([0, 1], [MINUTE, 2], [2 * MINUTE, 3], [3 * MINUTE, 4]);
    const closes = (from: number | null, to: number | null) =>
      made.of('1m', 2, NOON + 3 * MINUTE, from, to).map(({ close }) => close);
    expect([closes(null, null), closes(NOON, null), closes(null, NOON + 2 * MINUTE)]).toEqual([
      [3, 4],
      [1, 2],
      [2, 3],
    ]);
  });

  it('know of the time before from candles that were told', () => {
    const made = new Klines();
    const bar = {
      exchange: 'sim',
      symbol: 'BTCUSDT',
      open: 10,
      high: 20,
      low: 5,
      close: 15,
      intervalMs: MINUTE,
    };
    made.seed({ ...bar, openTime: NOON - 3 * MINUTE });
    made.seed({ ...bar, openTime: NOON, intervalMs: 1_000 });
    made.add({ tradeId: 1, time: NOON, price: 30, quantity: 1, buyerIsMaker: false });
    expect(made.of('1m', 10, NOON, null, null).map(({ close, high }) => [high, close])).toEqual([
      ...[
        [20, 15],
        [15, 15],
      ],
      ...[
        [15, 15],
        [30, 30],
      ],
    ]);
    expect(made.day(NOON)).toMatchObject({ open: 10, high: 30, low: 5, close: 30, trades: 1 });
  });

  it('do not grow without end', () => {
    const made = klines([0, 1]);
    made.add({ tradeId: 2, time: NOON + 100_000 * MINUTE, price: 2, quantity: 1, buyerIsMaker: false });
    const all = made.of('1m', 1_000_000, NOON + 100_000 * MINUTE, null, null);
    expect(all.length).toBeLessThan(6_000);
    expect(all.at(-1)).toMatchObject({ openTime: NOON + 100_000 * MINUTE, close: 2 });
  });
});

describe('intervals', () => {
  it.each<[Interval, string, string]>([
    ['3m', '2025-01-06T12:00', '2025-01-06T12:03'],
    ['4h', '2025-01-06T12:00', '2025-01-06T16:00'],
    ['1d', '2025-01-06T00:00', '2025-01-07T00:00'],
    ['1w', '2025-01-06T00:00', '2025-01-13T00:00'],
    ['1M', '2025-01-01T00:00', '2025-02-01T00:00'],
  ])('%s of noon on Monday the 6th lasts from %s to %s', (interval, from, to) => {
    const began = INTERVALS[interval](NOON + 1_000);
    expect([began, endOf(interval, began)]).toEqual([Date.parse(`${from}Z`), Date.parse(`${to}Z`)]);
  });

  it('are those of Binance', () => {
    expect(['1m', '1M', '7m', 'constructor'].map(isInterval)).toEqual([true, true, false, false]);
  });
});
