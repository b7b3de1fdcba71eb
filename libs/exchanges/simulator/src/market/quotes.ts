import {
  roundPriceDown,
  roundPriceUp,
  tickStep,
  type Instrument,
  type Lots,
  type Ticks,
} from '@bowline/domain';
import type { BookLevel } from '../matching/index.js';
import type { MarketTick } from './market-source.js';

/** What the outside market shows around its price. */
export interface QuoteOptions {
  /** From the price to the best bid and to the best ask, basis points; at least one tick. Default 0.5. */
  readonly halfSpreadBps?: number;
  /** Worth of the best level in the quote currency. Default 100,000. */
  readonly depth?: number;
}

/** How far the levels lie from the price, in half spreads, and how many times the best level's quantity they show. */
const LEVELS: readonly (readonly [distance: number, size: number])[] = [
  [1, 1],
  [2, 2],
  [4, 4],
  // A wall that no order of a desk gets through: what trades at the market trades whole.
  [10, 1_000],
];

/** Makes a tick of a price: quotes on both sides of it, in quantities that do not depend on how the price moves. */
export function quoter(
  instrument: Instrument,
  around: Ticks,
  { halfSpreadBps = 0.5, depth = 100_000 }: QuoteOptions,
): (price: Ticks, quantity: Lots | null) => MarketTick {
  const lot = Number(instrument.tickLotCash) * around;
  const best = Math.max(1, Math.round((depth * 1e18) / lot));
  const all = LEVELS.reduce((sum, [, size]) => sum + size * best, 0);
  const { symbol } = instrument;
  return (price, quantity) => {
    const half = Math.max(tickStep(instrument, price), Math.round((price * halfSpreadBps) / 10_000));
    const bids: BookLevel[] = [];
    const asks: BookLevel[] = [];
    for (const [distance, size] of LEVELS) {
      const bid = roundPriceDown(instrument, price - half * distance);
      if (bid > 0) bids.push([bid, size * best]);
      asks.push([roundPriceUp(instrument, price + half * distance), size * best]);
    }
    return { symbol, price, quantity: quantity ?? all, bids, asks };
  };
}
