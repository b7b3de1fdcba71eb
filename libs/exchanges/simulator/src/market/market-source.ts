import type { Lots, Ticks, TimeMs } from '@bowline/domain';
import type { MarketFeed } from '@bowline/ports';
import type { BookLevel } from '../matching/index.js';

/** A trade of the outside market, and what it shows around it: best first, bids below the price and asks above. */
export interface MarketTick {
  readonly symbol: string;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/** The exchange whose outside market it is. */
export interface MarketSink {
  readonly exchange: string;
  onTick(tick: MarketTick): void;
}

/**
 * An outside market that its owner plays: at `nextTime()`, and in the order of these times, `step()` lets the exchange
 * and then the listeners of the feed see what happens there. It has no clock of its own.
 */
export interface MarketSource extends MarketFeed {
  /** Null: nothing happens any more. */
  nextTime(): TimeMs | null;
  /** What happens at `nextTime()`: candles that are over first, then ticks, each in the symbols' order. Nothing where that is null. */
  step(): void;
}
