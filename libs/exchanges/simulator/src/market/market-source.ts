import type { Lots, Ticks, TimeMs } from '@bowline/domain';
import type { MarketFeed } from '@bowline/ports';
import type { BookLevel } from '../matching/index.js';

/** What the outside market shows: best first. It may be the source's own list, which goes on changing with the next quote. */
export interface MarketQuote {
  readonly symbol: string;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/** A trade of the outside market, and what it shows around it: bids below the price and asks above. */
export interface MarketTick extends MarketQuote {
  readonly price: Ticks;
  readonly quantity: Lots;
  /** Who came later was the seller. Absent: nobody has said. */
  readonly buyerIsMaker?: boolean;
}

/** The exchange whose outside market it is. */
export interface MarketSink {
  readonly exchange: string;
  onTick(tick: MarketTick): void;
}

/** The same for an outside market whose book is known between the trades too. */
export interface BookSink extends MarketSink {
  onQuote(quote: MarketQuote): void;
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
