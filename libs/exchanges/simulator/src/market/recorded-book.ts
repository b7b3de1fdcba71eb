import type { Lots, Ticks } from '@bowline/domain';
import type { BookLevel } from '../matching/index.js';

/**
 * The book of a recording as its messages make it. Two streams tell of one book, each at its own pace: the best prices and
 * the changed levels. The exchange's numbers say which of them is newer.
 */
export class RecordedBook {
  /** Best first. Changed in place. */
  readonly bids: BookLevel[] = [];
  readonly asks: BookLevel[] = [];
  private touch: Touch | null = null;
  private lastDepth = 0;

  /** @param limit levels that are kept of a side */
  constructor(private readonly limit: number) {}

  /** The recording begins anew: numbers that come now are lower. What is on display stays until they say otherwise. */
  restart(): void {
    this.touch = null;
    this.lastDepth = 0;
  }

  /** The best of both sides. Null: there is none, or it is not known any more. False: that was known to be over already. */
  setTouch(update: number, bid: BookLevel | null, ask: BookLevel | null): boolean {
    if (update < this.lastDepth) return false;
    this.touch = { update, bid, ask };
    this.applyTouch(this.touch);
    return true;
  }

  /** Sets the quantity of a level: 0 takes it away. `settle` comes behind all changes of a message. */
  setLevel(isBid: boolean, price: Ticks, quantity: Lots): void {
    const side = isBid ? this.bids : this.asks;
    const at = placeOf(side, isBid, price);
    const isThere = side[at]?.[0] === price;
    if (quantity === 0) {
      if (isThere) side.splice(at, 1);
    } else if (isThere) {
      side[at] = [price, quantity];
    } else if (at < this.limit) {
      side.splice(at, 0, [price, quantity]);
      if (side.length > this.limit) side.pop();
    }
  }

  /** The changes up to a number are made. */
  settle(update: number): void {
    this.lastDepth = Math.max(this.lastDepth, update);
    if (this.touch !== null && update < this.touch.update) this.applyTouch(this.touch);
    this.uncross();
  }

  /** Forgets what is on display. */
  clear(): void {
    this.bids.length = 0;
    this.asks.length = 0;
  }

  private applyTouch({ ask, bid }: Touch): void {
    if (bid !== null) {
      this.bids.splice(0, placeOf(this.bids, true, bid[0]));
      this.setLevel(true, ...bid);
    }
    if (ask !== null) {
      this.asks.splice(0, placeOf(this.asks, false, ask[0]));
      this.setLevel(false, ...ask);
    }
    // What one side has reached is gone from the other.
    if (bid !== null) dropReached(this.asks, bid[0], 1);
    if (ask !== null) dropReached(this.bids, ask[0], -1);
  }

  /** Levels that were not told to have gone: those of the side with the older news are. */
  private uncross(): void {
    const [bid, ask] = [this.bids[0], this.asks[0]];
    if (bid === undefined || ask === undefined || bid[0] < ask[0]) return;
    const known = this.touch?.bid?.[0];
    if (known !== undefined && bid[0] > known) dropReached(this.bids, ask[0], -1);
    else dropReached(this.asks, bid[0], 1);
  }
}

interface Touch {
  readonly update: number;
  readonly bid: BookLevel | null;
  readonly ask: BookLevel | null;
}

function dropReached(side: BookLevel[], price: Ticks, direction: 1 | -1): void {
  let reached = 0;
  while (reached < side.length && (side[reached][0] - price) * direction <= 0) reached += 1;
  if (reached > 0) side.splice(0, reached);
}

/** Where a price stands, or would: behind all better ones. */
function placeOf(side: readonly BookLevel[], isBid: boolean, price: Ticks): number {
  let low = 0;
  let high = side.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBid ? side[middle][0] > price : side[middle][0] < price) low = middle + 1;
    else high = middle;
  }
  return low;
}
