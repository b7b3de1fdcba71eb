import type { Lots, Ticks, TimeMs } from '@bowline/domain';
import type { MarketUpdate } from '@bowline/ports';

/** The top of a book; null: there is nobody, or nobody has said. */
export interface Quote {
  readonly bid: Ticks | null;
  readonly ask: Ticks | null;
  readonly bidQty: Lots | null;
  readonly askQty: Lots | null;
}

const NO_QUOTE: Quote = { bid: null, ask: null, bidQty: null, askQty: null };

/** What has happened in one symbol since the last update was told. */
export class Conflated {
  private last: Ticks | null = null;
  private at: TimeMs = 0;
  private high: Ticks | null = null;
  private low: Ticks | null = null;
  private tradedQty: Lots = 0;
  private top: Quote = NO_QUOTE;
  private quotedAt: TimeMs = 0;
  private isNew = false;

  constructor(
    private readonly exchange: string,
    private readonly symbol: string,
  ) {}

  trade(price: Ticks, quantity: Lots, at: TimeMs): void {
    // What was missed arrives after what is newer: it still reaches as high and as low.
    if (at >= this.at) {
      this.last = price;
      this.at = at;
    }
    this.tradedQty += quantity;
    this.range(price, price);
  }

  range(high: Ticks, low: Ticks): void {
    this.high = Math.max(high, this.high ?? high);
    this.low = Math.min(low, this.low ?? low);
    this.isNew = true;
  }

  quote(top: Quote, at: TimeMs): void {
    this.top = top;
    this.quotedAt = Math.max(at, this.quotedAt);
    this.isNew = true;
  }

  /** What is to be told; null: nothing new, or no trade yet. The next begins at the last price. */
  take(): MarketUpdate | null {
    const { exchange, last, symbol, tradedQty } = this;
    if (last === null || !this.isNew) return null;
    const { ask, askQty, bid, bidQty } = this.top;
    const [high, low] = [this.high ?? last, this.low ?? last];
    this.high = last;
    this.low = last;
    this.tradedQty = 0;
    this.isNew = false;
    const at = Math.max(this.at, this.quotedAt);
    const sizes = { ...(bidQty !== null && { bidQty }), ...(askQty !== null && { askQty }) };
    return { exchange, symbol, at, last, high, low, bid, ask, ...sizes, tradedQty };
  }
}
