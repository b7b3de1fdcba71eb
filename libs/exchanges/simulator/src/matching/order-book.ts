import type { Lots, Ticks } from '@bowline/domain';
import type { BookOrder } from './book-order.js';
import { BookSide } from './book-side.js';

/** Hears what matching does, in the order in which it happens. The book is consistent whenever it is called, and may be changed. */
export interface MatchSink<O extends BookOrder> {
  /** `quantity` traded at the maker's price; both leavesQty are already lower, and a filled maker has left the book. */
  fill(taker: O, maker: O, quantity: Lots, price: Ticks): void;
  /** The two are of one owner and the taker's mode forbids the trade. The maker has left the book where the mode says so. */
  selfTrade(taker: O, maker: O): void;
}

/** The orders of one symbol in price-time priority, and the matching of an incoming order against them. */
export class OrderBook<O extends BookOrder = BookOrder> {
  readonly bids = new BookSide(true);
  readonly asks = new BookSide(false);
  private readonly resting = new Map<number, O>();

  /** Orders that rest. */
  get size(): number {
    return this.resting.size;
  }

  /** A resting order by its orderId. */
  get(orderId: number): O | undefined {
    return this.resting.get(orderId);
  }

  bestBid(): Ticks | null {
    return this.bids.best()?.price ?? null;
  }

  bestAsk(): Ticks | null {
    return this.asks.best()?.price ?? null;
  }

  /** Whether an order with this limit would trade on arrival. */
  crosses(isBuy: boolean, price: Ticks | null): boolean {
    const best = (isBuy ? this.asks : this.bids).best();
    return best !== undefined && (price === null || (isBuy ? best.price <= price : best.price >= price));
  }

  /**
   * Trades the order against the other side, best price first and first come first, until it is filled, its limit
   * is reached, or self-trade prevention stops it. What is left does not rest by itself.
   */
  match(taker: O, sink: MatchSink<O>): void {
    const { isBuy, price } = taker;
    const side = isBuy ? this.asks : this.bids;
    // The sink may change the book (a reduce-only order shrinks with its position), so the top is read anew each time.
    while (taker.leavesQty > 0) {
      const level = side.best();
      if (level === undefined) return;
      if (price !== null && (isBuy ? level.price > price : level.price < price)) return;
      const maker = level.head as O;
      if (maker.owner === taker.owner && taker.selfTradePrevention !== 'NONE') {
        if (taker.selfTradePrevention !== 'EXPIRE_TAKER') this.remove(maker);
        sink.selfTrade(taker, maker);
        if (taker.selfTradePrevention !== 'EXPIRE_MAKER') return;
        continue;
      }
      const quantity = Math.min(taker.leavesQty, maker.leavesQty);
      this.consume(maker, quantity);
      taker.leavesQty -= quantity;
      sink.fill(taker, maker, quantity, level.price);
    }
  }

  /** Lets an order rest at its price, last in the queue. It must have a price that does not cross. */
  rest(order: O): void {
    if (order.price === null) throw new Error(`order ${order.orderId} has no price to rest at`);
    this.resting.set(order.orderId, order);
    (order.isBuy ? this.bids : this.asks).append(order, order.price);
  }

  /** Takes a resting order out; its leavesQty stays as it is. False where it does not rest. */
  remove(order: O): boolean {
    if (order.level === null) return false;
    (order.isBuy ? this.bids : this.asks).unlink(order, order.level);
    this.resting.delete(order.orderId);
    return true;
  }

  /** Takes an order out by its orderId; undefined where none such rests. */
  cancel(orderId: number): O | undefined {
    const order = this.resting.get(orderId);
    if (order !== undefined) this.remove(order);
    return order;
  }

  /** Lowers a resting order's leavesQty by `quantity`; it keeps its place, and leaves when nothing is left. */
  consume(order: O, quantity: Lots): void {
    const { level } = order;
    if (level === null) throw new Error(`order ${order.orderId} does not rest`);
    if (quantity === order.leavesQty) {
      this.remove(order);
      order.leavesQty = 0;
      return;
    }
    order.leavesQty -= quantity;
    level.quantity -= quantity;
  }

  /** Resting orders of one side in the order in which they would trade. */
  *queue(isBuy: boolean): Generator<O> {
    const side = isBuy ? this.bids : this.asks;
    for (let rank = 0; rank < side.depth; rank += 1) {
      for (let order = side.levelAt(rank)?.head ?? null; order !== null; order = order.next) yield order as O;
    }
  }
}
