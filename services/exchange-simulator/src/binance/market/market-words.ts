import type { TimeMs } from '@bowline/domain';
import type { BookLevel } from '@bowline/exchange-simulator';
import type { DepthChange } from '../../public-market/depth-changes.js';
import type { Interval, Kline } from '../../public-market/klines.js';
import type { MarkedPrice, PublicMarket } from '../../public-market/public-market.js';
import type { PublicLiquidation, PublicTrade } from '../../public-market/public-trade.js';

/** What goes over a stream: written as JSON. */
export type Event = Readonly<Record<string, unknown>>;

/**
 * A product's words for what happens in its markets. Null: it has none for that, and no such stream. `at` is when it
 * is told.
 */
export interface MarketWords {
  /** What `@depth` without a speed means, milliseconds; and which speeds there are. */
  readonly depthSpeedMs: number;
  readonly depthSpeedsMs: readonly number[];
  readonly trade: (market: PublicMarket, trade: PublicTrade, at: TimeMs) => Event | null;
  readonly aggTrade: (market: PublicMarket, trade: PublicTrade, at: TimeMs) => Event | null;
  readonly bookTicker: (
    market: PublicMarket,
    bid: BookLevel | null,
    ask: BookLevel | null,
    at: TimeMs,
  ) => Event | null;
  readonly depth: (market: PublicMarket, change: DepthChange, at: TimeMs) => Event | null;
  /** The best levels, whole. */
  readonly partialDepth: (market: PublicMarket, change: DepthChange, at: TimeMs) => Event | null;
  readonly kline: (
    market: PublicMarket,
    interval: Interval,
    kline: Kline,
    isOver: boolean,
    at: TimeMs,
  ) => Event | null;
  readonly miniTicker: (market: PublicMarket, day: Kline, at: TimeMs) => Event | null;
  readonly ticker: (market: PublicMarket, day: Kline, at: TimeMs) => Event | null;
  readonly markPrice: (market: PublicMarket, marked: MarkedPrice, at: TimeMs) => Event | null;
  readonly forceOrder: (market: PublicMarket, liquidation: PublicLiquidation, at: TimeMs) => Event | null;
}
