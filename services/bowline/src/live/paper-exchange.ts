import type { Instrument, Ticks } from '@bowline/domain';
import { MockExchange, type BookLevel, type MockExchangeOptions } from '@bowline/exchange-simulator';
import type { DepthFeed, ExchangeClient, MarketDepth, MarketFeed, MarketUpdate } from '@bowline/ports';

/** What stands at a price of which only the price is told: nobody's order is larger. */
const DEEP = 1_000_000_000;

export type PaperExchangeOptions = Pick<
  MockExchangeOptions,
  'exchange' | 'clock' | 'instruments' | 'latencyMs' | 'fillRatio' | 'log'
> & { readonly account: MockExchangeOptions['accounts'][number] };

/**
 * An account that trades a real market on paper: orders rest and fill in a matching engine of its own, which sees the
 * market's order book and trades as they are told, and which nobody else sees. It survives the process with its log.
 */
export class PaperExchange {
  readonly client: ExchangeClient;
  private readonly exchange: MockExchange;
  private readonly depths = new Map<string, MarketDepth>();
  private readonly lasts = new Map<string, Ticks>();
  private readonly symbols: ReadonlySet<string>;

  /** Throws a RangeError on options that cannot be, and an ExchangeLogError on a log that cannot be used. */
  constructor({ account, ...options }: PaperExchangeOptions) {
    this.exchange = new MockExchange({ ...options, accounts: [account] });
    this.client = this.exchange.client(account.account);
    this.symbols = new Set(options.instruments.map(({ symbol }: Instrument) => symbol));
  }

  /** Sees the market from now on. */
  follow(feed: MarketFeed & Partial<DepthFeed>): void {
    feed.onDepth?.((depth) => this.onDepth(depth));
    feed.onUpdate((update) => this.onUpdate(update));
  }

  close(): Promise<void> {
    return this.exchange.close();
  }

  private onDepth(depth: MarketDepth): void {
    if (!this.isOurs(depth)) return;
    this.depths.set(depth.symbol, depth);
    this.exchange.onQuote(depth);
  }

  private onUpdate(update: MarketUpdate): void {
    if (!this.isOurs(update)) return;
    const { symbol, tradedQty = 1 } = update;
    const path = pathOf(update, this.lasts.get(symbol) ?? update.last);
    // How much was traded where on the way is not told.
    const quantity = Math.max(1, Math.floor(tradedQty / path.length));
    const { asks, bids } = this.bookOf(update);
    for (const price of path) {
      // What the book was on the way is not told either: as it is now, around the price of then.
      const by = price - update.last;
      this.exchange.onTick({ symbol, price, quantity, bids: moved(bids, by), asks: moved(asks, by) });
    }
    this.lasts.set(symbol, update.last);
  }

  /** The book as it was told, else as far as its top was. */
  private bookOf({ ask, askQty = DEEP, bid, bidQty = DEEP, symbol }: MarketUpdate): {
    readonly bids: readonly BookLevel[];
    readonly asks: readonly BookLevel[];
  } {
    return (
      this.depths.get(symbol) ?? {
        bids: bid === null ? [] : [[bid, bidQty]],
        asks: ask === null ? [] : [[ask, askQty]],
      }
    );
  }

  private isOurs({ exchange, symbol }: { readonly exchange: string; readonly symbol: string }): boolean {
    return exchange === this.exchange.exchange && this.symbols.has(symbol);
  }
}

function moved(levels: readonly BookLevel[], by: Ticks): readonly BookLevel[] {
  if (by === 0) return levels;
  return levels.flatMap(([price, quantity]) => (price + by > 0 ? [[price + by, quantity] as const] : []));
}

/** The prices that the market has been at since the update before: the nearer end first, as the shorter way has it. */
function pathOf({ high, last, low }: MarketUpdate, before: Ticks): Ticks[] {
  const ends = before - low < high - before ? [low, high] : [high, low];
  return [...ends.filter((price) => price !== last && price !== before), last];
}
