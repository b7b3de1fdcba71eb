import type { Lots, Ticks, TimeMs } from '@bowline/domain';

/** What the market does in one symbol of one exchange, conflated: `high` and `low` reach back to the update before. */
export interface MarketUpdate {
  readonly exchange: string;
  readonly symbol: string;
  readonly at: TimeMs;
  readonly last: Ticks;
  readonly high: Ticks;
  readonly low: Ticks;
  readonly bid: Ticks | null;
  readonly ask: Ticks | null;
  /** What stands at `bid` and at `ask`. Absent: not told. */
  readonly bidQty?: Lots;
  readonly askQty?: Lots;
  /** What was traded since the update before. Absent: not told. */
  readonly tradedQty?: Lots;
}

/** A price of an order book, and what stands at it. */
export type DepthLevel = readonly [price: Ticks, quantity: Lots];

/** The best levels of an order book, best first. A later one takes its place whole. */
export interface MarketDepth {
  readonly exchange: string;
  readonly symbol: string;
  readonly at: TimeMs;
  readonly bids: readonly DepthLevel[];
  readonly asks: readonly DepthLevel[];
}

/** A candle that is over. */
export interface BarClosed {
  readonly exchange: string;
  readonly symbol: string;
  readonly openTime: TimeMs;
  readonly intervalMs: number;
  readonly open: Ticks;
  readonly high: Ticks;
  readonly low: Ticks;
  readonly close: Ticks;
}

/** Market data: at most once, never journaled. */
export interface MarketFeed {
  onUpdate(listener: (update: MarketUpdate) => void): void;
  onBar(listener: (bar: BarClosed) => void): void;
}

/** Order books, as far as somebody needs them. */
export interface DepthFeed {
  onDepth(listener: (depth: MarketDepth) => void): void;
}
