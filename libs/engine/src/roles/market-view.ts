import { sampleVolatility, type Lots, type Ticks, type TimeMs } from '@bowline/domain';
import type { BarClosed, DepthFeed, MarketDepth, MarketFeed, MarketUpdate } from '@bowline/ports';

/** What is known of the market of one symbol at one exchange. */
export interface MarketQuote {
  readonly last: Ticks;
  readonly at: TimeMs;
  readonly bid: Ticks | null;
  readonly ask: Ticks | null;
  /** Lots traded since it is followed, as far as they were told. Absent: nobody counts. */
  readonly volume?: Lots;
}

/** The market as the order-generator sees it when it decides. */
export interface MarketView {
  quote(exchange: string, symbol: string): MarketQuote | null;
  /** Standard deviation of the last `window` log returns of closes; null where there are not enough. */
  volatility(exchange: string, symbol: string, window: number): number | null;
  /** The order book, as far as it is told; null where it is not. Absent: nobody knows of any. */
  depth?(exchange: string, symbol: string): MarketDepth | null;
}

/** Closes that are kept of a symbol: as many as the longest volatility window that anybody asks for, and then some. */
const KEPT_CLOSES = 1_024;

/** Follows the feed: the last quote of each symbol, and the closes of its candles. */
export class LiveMarketView implements MarketView {
  private readonly quotes = new Map<string, MarketQuote>();
  private readonly closes = new Map<string, number[]>();
  private readonly depths = new Map<string, MarketDepth>();

  /** @param withDepth whether its order books are wanted too: an adapter asks for them only then */
  follow(feed: MarketFeed & Partial<DepthFeed>, withDepth = false): void {
    if (withDepth) feed.onDepth?.((depth) => this.depths.set(marketKey(depth.exchange, depth.symbol), depth));
    feed.onUpdate((update) => this.update(update));
    feed.onBar((bar) => this.bar(bar));
  }

  quote(exchange: string, symbol: string): MarketQuote | null {
    return this.quotes.get(marketKey(exchange, symbol)) ?? null;
  }

  volatility(exchange: string, symbol: string, window: number): number | null {
    const closes = this.closes.get(marketKey(exchange, symbol)) ?? [];
    return sampleVolatility(closes, closes.length, window);
  }

  depth(exchange: string, symbol: string): MarketDepth | null {
    return this.depths.get(marketKey(exchange, symbol)) ?? null;
  }

  private update({ ask, at, bid, exchange, last, symbol, tradedQty = 0 }: MarketUpdate): void {
    const key = marketKey(exchange, symbol);
    const volume = (this.quotes.get(key)?.volume ?? 0) + tradedQty;
    this.quotes.set(key, { last, at, bid, ask, volume });
  }

  private bar({ close, exchange, symbol }: BarClosed): void {
    const key = marketKey(exchange, symbol);
    let closes = this.closes.get(key);
    if (closes === undefined) this.closes.set(key, (closes = []));
    closes.push(close);
    if (closes.length > 2 * KEPT_CLOSES) closes.splice(0, closes.length - KEPT_CLOSES);
  }
}

function marketKey(exchange: string, symbol: string): string {
  return `${exchange}:${symbol}`;
}
