import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { generateMarket, type GenerateMarketOptions } from './generate-market.js';
import {
  barsOf,
  BTC,
  ETH,
  perpetual,
  play,
  ticksOf,
  updatesOf,
  type Happening,
} from './market.spec-support.js';

const START = Date.UTC(2025, 0, 6, 12);
const MINUTE = 60_000;

function generate(options: Partial<GenerateMarketOptions> = {}, minutes = 5): readonly Happening[] {
  const from = options.from ?? START;
  return play(
    (sink) =>
      generateMarket({
        seed: 1,
        markets: [
          { instrument: ETH, startPrice: 310_000 },
          { instrument: BTC, startPrice: 620_000 },
        ],
        sink,
        from,
        ...options,
      }),
    START + minutes * MINUTE,
  );
}

describe('a generated market', () => {
  it('ticks once a second in every symbol, for the exchange first and then for its listeners', () => {
    const happened = generate({}, 1);
    const second = happened.filter(({ what }) => what !== 'bar').slice(0, 4);
    expect(second.map((each) => [each.what, 'tick' in each ? each.tick.symbol : '']).flat()).toEqual([
      ...['tick', 'BTCUSDT', 'update', ''],
      ...['tick', 'ETHUSDT', 'update', ''],
    ]);
    const ofBtc = updatesOf(happened).filter(({ symbol }) => symbol === 'BTCUSDT');
    expect(ofBtc.map(({ at }) => at)).toEqual(Array.from({ length: 61 }, (_, at) => START + at * 1_000));
  });

  it('shows both sides of its price, deeper the farther, and tells the best of them', () => {
    const happened = generate();
    ticksOf(happened).forEach(({ asks, bids, price, quantity }, at) => {
      const update = updatesOf(happened)[at];
      expect(update).toMatchObject({
        last: price,
        high: price,
        low: price,
        bid: bids[0][0],
        ask: asks[0][0],
      });
      expect(bids[0][0]).toBeLessThan(price);
      expect(asks[0][0]).toBeGreaterThan(price);
      // Half a basis point, in ticks.
      expect(asks[0][0] - price).toBe(Math.round(price * 0.000_05));
      expect([...asks].sort(([a], [b]) => a - b)).toEqual(asks);
      expect([...bids].sort(([a], [b]) => b - a)).toEqual(bids);
      expect(bids.map(([, shown]) => shown)).toEqual(asks.map(([, shown]) => shown));
      expect(quantity).toBe(asks.reduce((sum, [, shown]) => sum + shown, 0));
    });
    // 100,000 in the quote currency at the best price, the same quantity all the time.
    const best = new Set(ticksOf(happened).map(({ bids, symbol }) => `${symbol} ${bids[0][1]}`));
    expect(best).toEqual(new Set(['BTCUSDT 1613', 'ETHUSDT 32258']));
  });

  it('closes a candle each minute, before the tick of that moment, and it is that of the ticks', () => {
    const happened = generate();
    for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
      const updates = updatesOf(happened).filter((update) => update.symbol === symbol);
      const bars = barsOf(happened).filter((bar) => bar.symbol === symbol && bar.openTime >= START);
      expect(bars).toHaveLength(5);
      bars.forEach((bar, at) => {
        const prices = updates.slice(at * 60, at * 60 + 60).map(({ last }) => last);
        expect(bar).toEqual({
          exchange: 'sim',
          symbol,
          openTime: START + at * MINUTE,
          intervalMs: MINUTE,
          open: prices[0],
          high: Math.max(...prices),
          low: Math.min(...prices),
          close: prices[59],
        });
      });
    }
    const atMinute = happened.findIndex(({ what }, at) => at > 10 && what === 'bar');
    expect(happened.slice(atMinute, atMinute + 3).map(({ what }) => what)).toEqual(['bar', 'bar', 'tick']);
    expect(happened[atMinute]).toMatchObject({ at: START + MINUTE });
  });

  it('is the same wherever it begins, candles included', () => {
    const whole = generate({}, 4);
    const anywhere = fc.integer({ min: 0, max: 4 * MINUTE });
    const property = fc.property(anywhere, (after) => {
      const from = START + after;
      const later = (happened: readonly Happening[]): readonly Happening[] =>
        happened.filter((each, at) => timeOf(each) >= from && !isTickBefore(happened, at, from));
      expect(generate({ from }, 4)).toEqual(later(whole));
    });
    fc.assert(property, { numRuns: 20, examples: [[0], [1], [MINUTE], [MINUTE - 1], [MINUTE + 1], [999]] });
  });

  it('is another one for another seed, and prices of symbols move apart', () => {
    const prices = (happened: readonly Happening[], symbol: string): readonly number[] =>
      updatesOf(happened).flatMap((update) => (update.symbol === symbol ? [update.last] : []));
    const one = generate({}, 60);
    const other = generate({ seed: 2 }, 60);
    expect(prices(one, 'BTCUSDT')).toEqual(prices(generate({}, 60), 'BTCUSDT'));
    expect(prices(one, 'BTCUSDT')).not.toEqual(prices(other, 'BTCUSDT'));
    const correlation = correlationOf(returnsOf(prices(one, 'BTCUSDT')), returnsOf(prices(one, 'ETHUSDT')));
    expect(Math.abs(correlation)).toBeLessThan(0.1);
  });

  it('moves by its volatility, over seconds, minutes and an hour, and never far away', () => {
    const markets = [{ instrument: BTC, startPrice: 620_000, volatility: 0.001 }];
    const hours = 24 * 7;
    const happened = generate({ markets, tickMs: 10_000 }, hours * 60);
    const prices = updatesOf(happened).map(({ last }) => last);
    const ratio = (ticks: number): number => {
      const every = prices.filter((_price, at) => at % ticks === 0);
      return deviationOf(returnsOf(every)) / (0.001 * Math.sqrt(ticks / 6));
    };
    // In multiples of what a random walk of that volatility does.
    for (const ticks of [1, 6, 60, 360]) {
      expect(ratio(ticks)).toBeGreaterThan(0.85);
      expect(ratio(ticks)).toBeLessThan(1.15);
    }
    expect(Math.min(...prices)).toBeGreaterThan(620_000 * 0.7);
    expect(Math.max(...prices)).toBeLessThan(620_000 * 1.4);
  });

  it('keeps to the ticks that its instrument trades at', () => {
    const coarse = perpetual('XUSDT', '0.01');
    const instrument = { ...coarse, tickSteps: [{ from: 0, step: 5 }] };
    const happened = generate({ markets: [{ instrument, startPrice: 10_000 }] });
    for (const { asks, bids, price } of ticksOf(happened)) {
      for (const at of [price, ...asks.map(([ask]) => ask), ...bids.map(([bid]) => bid)])
        expect(at % 5).toBe(0);
    }
  });

  it.each([
    [
      { markets: [{ instrument: BTC, startPrice: 9 }] },
      'BTCUSDT: startPrice must be at least 10 ticks, got 9',
    ],
    [
      { markets: [{ instrument: BTC, startPrice: 620_000, volatility: 2 }] },
      'BTCUSDT: volatility must lie between 0 and 0.1 (10 % a minute), got 2',
    ],
    [{ tickMs: 70_000 }, 'a tick each 70000 ms makes no candle of 60000 ms'],
  ])('refuses what makes no market: %#', (options, message) => {
    expect(() => generate(options)).toThrow(new RangeError(message));
  });
});

/** When it happened; a tick happens with the update that follows it. */
function timeOf(each: Happening): number {
  if (each.what === 'bar') return each.at;
  return each.what === 'update' ? each.update.at : Number.POSITIVE_INFINITY;
}

function isTickBefore(happened: readonly Happening[], at: number, from: number): boolean {
  return happened[at].what === 'tick' && timeOf(happened[at + 1]) < from;
}

function returnsOf(prices: readonly number[]): readonly number[] {
  return prices.slice(1).map((price, at) => price / prices[at] - 1);
}

function deviationOf(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

function correlationOf(a: readonly number[], b: readonly number[]): number {
  const product = a.reduce((sum, value, at) => sum + value * b[at], 0) / a.length;
  return product / (deviationOf(a) * deviationOf(b));
}
