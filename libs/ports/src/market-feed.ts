import type { Ticks, TimeMs } from '@bowline/domain';

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
