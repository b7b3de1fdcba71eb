import type { Lots, Ticks } from '@bowline/domain';
import type { BookLevel, Depth } from '@bowline/exchange-simulator';
import type { PublicMarket } from './public-market.js';

/** What has changed in a book from one change to another: each level with what there is now, 0 for nothing. */
export interface DepthChange {
  /** Number of the first change in it, and of the last. */
  readonly first: number;
  readonly last: number;
  /** Number of the last change in the one before. */
  readonly previous: number;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/**
 * The book of a market as changes to be told now and then. Whoever has been given the book at any moment, and takes in
 * every change that reaches beyond it, has the book: also levels that were otherwise in between, and are again as they
 * were, are told.
 */
export class DepthChanges {
  private readonly bids = new SideChanges();
  private readonly asks = new SideChanges();
  private told: number;
  private readonly stop: () => void;

  constructor(private readonly market: PublicMarket) {
    const { asks, bids } = market.book;
    this.bids.take(bids);
    this.asks.take(asks);
    this.told = market.updateId;
    this.stop = market.follow({ onSnapshot: (book) => this.touch(book) });
  }

  /** What has changed since the last call; null: nothing. */
  take(): DepthChange | null {
    const { told: previous } = this;
    const last = this.market.updateId;
    if (last === previous) return null;
    const book = this.market.book;
    const [bids, asks] = [this.bids.take(book.bids), this.asks.take(book.asks)];
    if (bids.length === 0 && asks.length === 0) return null;
    this.told = last;
    return { first: previous + 1, last, previous, bids, asks };
  }

  close(): void {
    this.stop();
  }

  private touch({ asks, bids }: Depth): void {
    this.bids.touch(bids);
    this.asks.touch(asks);
  }
}

class SideChanges {
  private told = new Map<Ticks, Lots>();
  private readonly touched = new Set<Ticks>();

  touch(levels: readonly BookLevel[]): void {
    const now = new Map(levels);
    for (const [price, quantity] of levels) if (this.told.get(price) !== quantity) this.touched.add(price);
    for (const price of this.told.keys()) if (!now.has(price)) this.touched.add(price);
  }

  take(levels: readonly BookLevel[]): readonly BookLevel[] {
    const now = new Map(levels);
    const changed: BookLevel[] = [];
    for (const level of levels)
      if (this.told.get(level[0]) !== level[1] || this.touched.has(level[0])) changed.push(level);
    for (const price of this.told.keys()) if (!now.has(price)) changed.push([price, 0]);
    for (const price of this.touched) if (!now.has(price) && !this.told.has(price)) changed.push([price, 0]);
    this.told = now;
    this.touched.clear();
    return changed;
  }
}
