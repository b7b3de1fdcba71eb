import { tickLots, type Lots, type TickLots, type Ticks } from '@bowline/domain';
import { feeOn } from '../bar/fees.js';
import { fillableQty } from './fillable.js';
import { lacksMargin } from './margin.js';
import { triggerDirection, type Market } from './market.js';
import type { MatchSink } from './order-book.js';
import type { Order } from './order.js';
import type { Position } from './position.js';
import { excessClosers } from './reduce-only.js';
import type { Reporter } from './reporter.js';
import type { ExpireReason, Liquidity, RejectCode } from './vocabulary.js';

/**
 * What happens to orders that have been accepted: they wait for their trigger, trade, rest, and end. Every change of
 * an order, a position, or a wallet is made here, and told to the reporter.
 */
export class Execution implements MatchSink<Order> {
  private lastTradeId = 0;
  private lastQueueSequence = 0;

  constructor(
    private readonly reporter: Reporter,
    private readonly marginCheck: boolean,
  ) {}

  /** Why the state of the market does not let an order in at this moment; null where it does. */
  refuseArrival(order: Order): RejectCode | null {
    const immediate = order.stopPrice === null;
    if (immediate && order.timeInForce === 'GTX' && order.market.book.crosses(order.isBuy, order.price)) {
      return 'POST_ONLY_WOULD_TAKE';
    }
    return immediate && this.marginCheck && lacksMargin(order) ? 'INSUFFICIENT_MARGIN' : null;
  }

  /** An accepted conditional order begins to wait. */
  await(order: Order, stopPrice: Ticks): void {
    const { market, orderType, isBuy, workingType } = order;
    const index = market.triggers[workingType ?? 'LAST_PRICE'];
    order.trigger = index.add(triggerDirection(orderType, isBuy), stopPrice, order);
    order.account.conditionalOrders += 1;
    order.account.open.set(order.clientOrderId, order);
    if (order.closing) order.position.closers.push(order);
  }

  /** An order meets the book: it trades what it can and may, and the rest of it rests or expires by its time in force. */
  enter(order: Order): void {
    const { book } = order.market;
    if (order.timeInForce === 'GTX') {
      if (book.crosses(order.isBuy, order.price)) this.expire(order, 'POST_ONLY');
      else this.rest(order);
      return;
    }
    if (order.timeInForce === 'FOK' && fillableQty(order) < order.leavesQty) {
      this.expire(order, 'FOK_UNFILLED');
      return;
    }
    book.match(order, this);
    if (order.terminal) return;
    if (order.price === null) this.expire(order, 'NO_LIQUIDITY');
    else if (order.timeInForce === 'GTC') this.rest(order);
    else this.expire(order, 'IOC_REMAINDER');
  }

  private rest(order: Order): void {
    order.queueSequence = ++this.lastQueueSequence;
    order.market.book.rest(order);
    order.account.open.set(order.clientOrderId, order);
    if (!order.closing) return;
    order.position.closers.push(order);
    // A triggered close does not ask whether resting ones cover the position already: once it rests, they give way.
    if (order.position.closers.length > 1) this.fitClosers(order.position);
  }

  /**
   * Changes a resting order. Less at the same price keeps its place; anything else leaves the book and arrives anew. An
   * amendment to what has traded already cancels it, as does one that would make a post-only order take.
   */
  amend(order: Order, orderQty: Lots, price: Ticks | null): void {
    const { book } = order.market;
    if (orderQty <= order.cumQty) return this.cancel(order, null);
    if (order.timeInForce === 'GTX' && book.crosses(order.isBuy, price))
      return this.cancel(order, 'POST_ONLY');
    if (price === order.price && orderQty < order.orderQty) {
      this.lower(order, order.orderQty - orderQty);
      return this.reporter.tell(order, 'REPLACED');
    }
    this.withdraw(order);
    order.price = price;
    order.leavesQty += orderQty - order.orderQty;
    order.orderQty = orderQty;
    order.updatedTime = this.reporter.time;
    this.reporter.tell(order, 'REPLACED');
    this.enter(order);
  }

  /** Triggers whatever the trades so far have reached, and what those orders' own trades reach, until it is quiet. */
  settleTriggers(market: Market): void {
    const { tradedPrices, triggers } = market;
    // Prices are appended while this runs.
    for (let at = 0; at < tradedPrices.length; at += 1) {
      const price = tradedPrices[at];
      for (let hit = triggers.LAST_PRICE.take(price); hit !== null; hit = triggers.LAST_PRICE.take(price)) {
        this.activate(hit.value);
      }
    }
    tradedPrices.length = 0;
  }

  /** The same for a new mark price. */
  settleMarkTriggers(market: Market, price: Ticks): void {
    const index = market.triggers.MARK_PRICE;
    for (let hit = index.take(price); hit !== null; hit = index.take(price)) this.activate(hit.value);
    this.settleTriggers(market);
  }

  private activate(order: Order): void {
    this.stopWaiting(order);
    order.updatedTime = this.reporter.time;
    this.reporter.tell(order, 'TRIGGERED');
    if (this.marginCheck && lacksMargin(order)) this.expire(order, 'INSUFFICIENT_MARGIN');
    else this.enter(order);
  }

  fill(taker: Order, maker: Order, quantity: Lots, price: Ticks): void {
    const { market } = taker;
    const tradeId = ++this.lastTradeId;
    const value = tickLots(price, quantity);
    this.book(maker, quantity, price, value, 'MAKER', tradeId);
    this.book(taker, quantity, price, value, 'TAKER', tradeId);
    market.recordTrade(price);
    if (maker.position.closers.length > 0) this.fitClosers(maker.position);
    if (taker.position.closers.length > 0 && taker.position !== maker.position)
      this.fitClosers(taker.position);
  }

  /** One side of a trade. */
  private book(
    order: Order,
    quantity: Lots,
    price: Ticks,
    value: TickLots,
    liquidity: Liquidity,
    tradeId: number,
  ): void {
    const { position } = order;
    const fee = feeOn(value, liquidity === 'MAKER' ? position.makerFee : position.takerFee);
    const pnl = position.trade(order.isBuy, quantity, price, value);
    position.fees += fee;
    position.wallet.balance += pnl - fee;
    order.cumQty += quantity;
    order.cumValue += value;
    order.updatedTime = this.reporter.time;
    order.status = order.leavesQty === 0 ? 'FILLED' : 'PARTIALLY_FILLED';
    if (order.leavesQty === 0) this.retire(order);
    this.reporter.trade(order, quantity, price, liquidity, tradeId, fee, pnl);
  }

  selfTrade(taker: Order, maker: Order): void {
    if (taker.selfTradePrevention !== 'EXPIRE_TAKER') this.expire(maker, 'SELF_TRADE');
    if (taker.selfTradePrevention !== 'EXPIRE_MAKER') this.expire(taker, 'SELF_TRADE');
  }

  /** Brings resting and waiting closes back to what their position holds. After each trade, so that none ever closes too much. */
  private fitClosers(position: Position): void {
    for (const { order, leavesQty } of excessClosers(position)) {
      if (leavesQty === 0) {
        this.expire(order, 'REDUCE_ONLY');
        continue;
      }
      this.lower(order, order.leavesQty - leavesQty);
      this.reporter.tell(order, 'RESTATED', 'REDUCE_ONLY');
    }
  }

  /** Takes quantity off an order that stays open; its place in the queue stays too. */
  lower(order: Order, quantity: Lots): void {
    if (order.working) order.market.book.consume(order, quantity);
    else order.leavesQty -= quantity;
    order.orderQty -= quantity;
    order.updatedTime = this.reporter.time;
  }

  /** Ends an order by the exchange's rules. */
  expire(order: Order, reason: ExpireReason): void {
    this.end(order, 'EXPIRED');
    this.reporter.tell(order, 'EXPIRED', reason);
  }

  /** Ends an order because its owner asked for it, or amended it into nothing. */
  cancel(order: Order, reason: ExpireReason | null): void {
    this.end(order, 'CANCELED');
    this.reporter.tell(order, 'CANCELED', reason);
  }

  private end(order: Order, status: 'EXPIRED' | 'CANCELED'): void {
    if (order.terminal)
      throw new Error(`order ${order.orderId} is ${order.status} and cannot become ${status}`);
    this.withdraw(order);
    order.leavesQty = 0;
    order.status = status;
    order.updatedTime = this.reporter.time;
    this.retire(order);
  }

  /** Takes an order out of the book or the trigger index, wherever it is. */
  withdraw(order: Order): void {
    order.market.book.remove(order);
    if (order.trigger !== null) {
      order.market.triggers[order.workingType ?? 'LAST_PRICE'].remove(order.trigger);
      this.stopWaiting(order);
    }
    this.dropCloser(order);
  }

  private stopWaiting(order: Order): void {
    order.trigger = null;
    order.account.conditionalOrders -= 1;
    this.dropCloser(order);
  }

  private retire(order: Order): void {
    this.dropCloser(order);
    order.account.retire(order);
  }

  private dropCloser(order: Order): void {
    if (!order.closing) return;
    const { closers } = order.position;
    const at = closers.indexOf(order);
    if (at >= 0) closers.splice(at, 1);
  }
}
