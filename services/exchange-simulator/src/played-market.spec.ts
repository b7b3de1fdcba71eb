import { describe, expect, it } from '@jest/globals';
import { generateMarket } from '@bowline/exchange-simulator';
import type { BarClosed, MarketUpdate } from '@bowline/ports';
import { marketTime, PlayedMarket, type MarketPace } from './played-market.js';
import { PRICE, SIM } from './simulator.spec-support.js';

const BEGAN = 1_736_164_800_000;
const markets = [{ instrument: SIM.instruments[0]!, startPrice: PRICE }];

/** Plays the market until the exchange's clock shows so many milliseconds after its first start. */
function played(pace: MarketPace, ms: number, since = 0) {
  const sink = { exchange: 'sim', onTick: () => undefined };
  const from = marketTime(pace, BEGAN + since);
  const market = new PlayedMarket(generateMarket({ markets, sink, from, seed: 7 }), pace);
  const updates: MarketUpdate[] = [];
  const bars: BarClosed[] = [];
  market.onUpdate((update) => updates.push(update));
  market.onBar((bar) => bars.push(bar));
  for (let next = market.nextTime(); next !== null && next <= BEGAN + ms; next = market.nextTime())
    market.step();
  return { updates, bars };
}

const pace = (speed: number, from = BEGAN): MarketPace => ({ began: BEGAN, from, speed });

describe('a market that is played', () => {
  it('tells its own times at speed 1', () => {
    const { bars, updates } = played(pace(1), 120_000);
    expect(updates.slice(0, 3).map(({ at }) => at - BEGAN)).toEqual([0, 1_000, 2_000]);
    expect(bars.map(({ intervalMs, openTime }) => [openTime - BEGAN, intervalMs])).toEqual([
      // That one had begun before.
      [-60_000, 60_000],
      [0, 60_000],
      [60_000, 60_000],
    ]);
  });

  it('makes of a minute a second at speed 60, with the prices of the minute', () => {
    const { bars, updates } = played(pace(60), 2_000);
    const slow = played(pace(1), 120_000);
    expect(updates.map(({ last }) => last)).toEqual(slow.updates.map(({ last }) => last));
    expect(updates.slice(0, 4).map(({ at }) => at - BEGAN)).toEqual([0, 17, 34, 50]);
    const prices = ({ close, high, low, open }: BarClosed) => [open, high, low, close];
    expect(bars.map(prices)).toEqual(slow.bars.map(prices));
    expect(bars.map(({ intervalMs, openTime }) => [openTime - BEGAN, intervalMs])).toEqual([
      [-1_000, 1_000],
      [0, 1_000],
      [1_000, 1_000],
    ]);
  });

  it('brings a market of the past into the present', () => {
    const past = Date.UTC(2024, 0, 1);
    const { updates } = played(pace(2, past), 1_000);
    expect(updates.map(({ at }) => at - BEGAN)).toEqual([0, 500, 1_000]);
  });

  it('goes on after a pause where it would be without one', () => {
    const whole = played(pace(60), 3_000).updates;
    const later = played(pace(60), 3_000, 1_500).updates;
    expect(later.length).toBeGreaterThan(80);
    expect(later).toEqual(whole.slice(-later.length));
  });
});
