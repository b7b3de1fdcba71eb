import type { Lots, Ticks, TimeMs } from '@bowline/domain';
import type { DepthLevel, MarketUpdate } from '@bowline/ports';

/** What has happened in one symbol since the last update was told. */
export class Conflated {
  private last: Ticks | null = null;
  private at: TimeMs = 0;
  private high: Ticks | null = null;
  private low: Ticks | null = null;
  /** Null: not all of it is known. */
  private traded: Lots | null = 0;
  private bid: DepthLevel | null = null;
  private ask: DepthLevel | null = null;
  private quotedAt: TimeMs = 0;
  private isNew = false;

  constructor(
    private readonly exchange: string,
    private readonly symbol: string,
  ) {}

  trade(price: Ticks, quantity: Lots, at: TimeMs): void {
    this.moved(price, at);
    this.range(price, price);
    this.sold(quantity);
  }

  /** The last price; what was missed arrives after what is newer, and then it is not. */
  moved(price: Ticks, at: TimeMs): void {
    if (at < this.at) return;
    this.last = price;
    this.at = at;
    this.isNew = true;
  }

  range(high: Ticks, low: Ticks): void {
    this.high = Math.max(high, this.high ?? high);
    this.low = Math.min(low, this.low ?? low);
    this.isNew = true;
  }

  /** @param quantity null: nobody knows */
  sold(quantity: Lots | null): void {
    this.traded = this.traded === null || quantity === null ? null : this.traded + quantity;
  }

  /** Null: nothing stands on that side. */
  quote(bid: DepthLevel | null, ask: DepthLevel | null, at: TimeMs): void {
    this.bid = bid;
    this.ask = ask;
    this.quotedAt = at;
    this.isNew = true;
  }

  /** What is to be told; null: nothing new, or no trade yet. The next begins at the last price. */
  take(): MarketUpdate | null {
    const { ask, bid, exchange, last, symbol, traded } = this;
    if (last === null || !this.isNew) return null;
    const [high, low] = [this.high ?? last, this.low ?? last];
    this.high = last;
    this.low = last;
    this.traded = 0;
    this.isNew = false;
    return {
      ...{ exchange, symbol, at: Math.max(this.at, this.quotedAt), last, high, low },
      ...{ bid: bid?.[0] ?? null, ask: ask?.[0] ?? null },
      ...(bid && { bidQty: bid[1] }),
      ...(ask && { askQty: ask[1] }),
      ...(traded !== null && { tradedQty: traded }),
    };
  }
}
