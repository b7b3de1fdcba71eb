import type { Lots, Ticks } from '@bowline/domain';
import type { BookOrder } from './book-order.js';

/** Orders of one price, first come first. */
export class PriceLevel {
  head: BookOrder | null = null;
  tail: BookOrder | null = null;
  /** Sum of leavesQty. */
  quantity: Lots = 0;
  orders = 0;

  constructor(readonly price: Ticks) {}
}

/**
 * One side of a book. Levels lie in an array with the best price last: the best is read, added and removed at the
 * array's end, where most of the traffic is. A new level deep in the book costs a binary search and a move of
 * the better ones.
 */
export class BookSide {
  private readonly levels: PriceLevel[] = [];
  private readonly byPrice = new Map<Ticks, PriceLevel>();

  constructor(readonly isBuy: boolean) {}

  get depth(): number {
    return this.levels.length;
  }

  /** The level that trades first; undefined for an empty side. */
  best(): PriceLevel | undefined {
    return this.levels[this.levels.length - 1];
  }

  /** Level by distance from the best, 0 being the best. */
  levelAt(rank: number): PriceLevel | undefined {
    return this.levels[this.levels.length - 1 - rank];
  }

  levelOf(price: Ticks): PriceLevel | undefined {
    return this.byPrice.get(price);
  }

  /** Puts an order at the end of its price's queue. */
  append(order: BookOrder, price: Ticks): void {
    const level = this.byPrice.get(price) ?? this.insertLevel(price);
    order.level = level;
    order.previous = level.tail;
    if (level.tail === null) level.head = order;
    else level.tail.next = order;
    level.tail = order;
    level.quantity += order.leavesQty;
    level.orders += 1;
  }

  /** Takes a resting order out, wherever it stands; an emptied level goes with it. */
  unlink(order: BookOrder, level: PriceLevel): void {
    if (order.previous === null) level.head = order.next;
    else order.previous.next = order.next;
    if (order.next === null) level.tail = order.previous;
    else order.next.previous = order.previous;
    order.level = null;
    order.previous = null;
    order.next = null;
    level.quantity -= order.leavesQty;
    level.orders -= 1;
    if (level.head === null) this.removeLevel(level);
  }

  private insertLevel(price: Ticks): PriceLevel {
    const level = new PriceLevel(price);
    this.byPrice.set(price, level);
    const at = this.placeOf(price);
    if (at === this.levels.length) this.levels.push(level);
    else this.levels.splice(at, 0, level);
    return level;
  }

  private removeLevel(level: PriceLevel): void {
    this.byPrice.delete(level.price);
    if (this.best() === level) this.levels.pop();
    else this.levels.splice(this.placeOf(level.price), 1);
  }

  /** Where `price` stands, or would stand, in the array: after all worse ones. */
  private placeOf(price: Ticks): number {
    const { levels, isBuy } = this;
    let low = 0;
    let high = levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const worse = isBuy ? levels[middle].price < price : levels[middle].price > price;
      if (worse) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
