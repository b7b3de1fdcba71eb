import { tickLots, type Cash, type Decimal, type Lots, type TickLots, type Ticks } from '@bowline/domain';
import { feeOn, feeRate } from '../bar/fees.js';
import { fillableQty } from './fillable.js';
import { lacksMargin } from './margin.js';
import { triggerDirection, wouldTrigger, type Market } from './market.js';
import type { MatchSink } from './order-book.js';
import type { OrderList } from './order-list.js';
import type { Order } from './order.js';
import type { Position } from './position.js';
import { excessClosers } from './reduce-only.js';
import type { Reporter } from './reporter.js';
import { lacksFunds, lacksFundsNow, settleSpot, type Settled } from './spot.js';
import type { ExpireReason, Liquidity, RejectCode } from './vocabulary.js';

/**
 * What happens to orders that have been accepted: they wait for their trigger, trade, rest, and end. Every change of
 * an order, a position, or a wallet is made here, and told to the reporter.
 */
export class Execution implements MatchSink<Order> {
  private lastTradeId = 0;
  private lastQueueSequence = 0;
  /** Lists whose first order has filled: the others are let in once the trade is over. */
  private readonly filledLists: OrderList[] = [];

  constructor(
    private readonly reporter: Reporter,
    private readonly marginCheck: boolean,
    private readonly liquidationFeeBps: Decimal,
  ) {}

  /** Why the state of the market does not let an order in at this moment; null where it does. */
  refuseArrival(order: Order): RejectCode | null {
    const refusal = this.refuseByBook(order);
    if (refusal !== null) return refusal;
    if (order.market.isSpot) return lacksFunds([order]) ? 'INSUFFICIENT_BALANCE' : null;
    const immediate = order.stopPrice === null;
    return immediate && this.marginCheck && lacksMargin(order) ? 'INSUFFICIENT_MARGIN' : null;
  }

  /** The same, whatever the account has. */
  refuseByBook({ isBuy, market, price, stopPrice, timeInForce }: Order): 'POST_ONLY_WOULD_TAKE' | null {
    if (stopPrice !== null || timeInForce !== 'GTX') return null;
    return market.book.crosses(isBuy, price) ? 'POST_ONLY_WOULD_TAKE' : null;
  }

  /** An accepted order is in force: it waits for its trigger, or meets the book. */
  begin(order: Order): void {
    if (order.stopPrice === null) this.enter(order);
    else this.await(order, order.stopPrice);
  }

  /** An accepted order waits until the one before it in its list has filled. */
  hold(order: Order): void {
    order.account.open.set(order.clientOrderId, order);
  }

  private await(order: Order, stopPrice: Ticks): void {
    const { market, orderType, isBuy, workingType } = order;
    const index = market.triggers[workingType ?? 'LAST_PRICE'];
    order.trigger = index.add(triggerDirection(orderType, isBuy), stopPrice, order);
    order.account.conditionalOrders += 1;
    order.account.open.set(order.clientOrderId, order);
    if (order.closing) order.position.closers.push(order);
  }

  /** It trades what it can and may, and the rest of it rests or expires by its time in force. */
  private enter(order: Order): void {
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
    do {
      const filled = this.filledLists.shift();
      if (filled !== undefined) this.release(filled);
      // Prices are appended while this runs.
      for (let at = 0; at < tradedPrices.length; at += 1) {
        const price = tradedPrices[at];
        for (let hit = triggers.LAST_PRICE.take(price); hit !== null; hit = triggers.LAST_PRICE.take(price)) {
          this.activate(hit.value);
        }
      }
      tradedPrices.length = 0;
    } while (this.filledLists.length > 0);
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
    // Before it meets the book: what the two hold is there once.
    this.endOthers(order, 'EXPIRED');
    this.reporter.tell(order, 'TRIGGERED');
    if (order.closePosition) order.orderQty = order.leavesQty = order.position.closable(order.isBuy);
    if (order.leavesQty === 0) this.expire(order, 'REDUCE_ONLY');
    else if (this.lacks(order)) this.expire(order, 'INSUFFICIENT_MARGIN');
    else this.enter(order);
  }

  private lacks(order: Order): boolean {
    return order.market.isSpot ? lacksFundsNow(order) : this.marginCheck && lacksMargin(order);
  }

  /** Lets the orders in that have waited for the first one of their list: all of them, or none. */
  private release({ group }: OrderList): void {
    const orders = group.filter((order) => !order.terminal);
    const reason = this.refuseRelease(orders);
    for (const order of orders) {
      if (reason === null) order.isPending = false;
      order.updatedTime = this.reporter.time;
    }
    for (const order of orders) {
      if (reason === null) this.reporter.tell(order, 'NEW');
      else if (!order.terminal) this.expire(order, reason);
    }
    if (reason === null) for (const order of orders) if (!order.terminal) this.begin(order);
  }

  private refuseRelease(orders: readonly Order[]): ExpireReason | null {
    for (const order of orders) {
      const { isBuy, market, orderType, stopPrice, workingType } = order;
      if (stopPrice !== null) {
        const known = market.priceOf(workingType ?? 'LAST_PRICE');
        if (wouldTrigger(triggerDirection(orderType, isBuy), stopPrice, known)) return 'WOULD_TRIGGER';
      }
      if (this.refuseByBook(order) !== null) return 'POST_ONLY';
    }
    return lacksFunds(orders) ? 'INSUFFICIENT_MARGIN' : null;
  }

  fill(taker: Order, maker: Order, quantity: Lots, price: Ticks): void {
    this.trade(taker, maker, quantity, price);
    taker.market.recordTrade(price);
  }

  /** Trades all that is left of an order that the exchange has placed, at its price and outside the book: no market has made that price. */
  takeOver(order: Order, counter: Order): void {
    const quantity = order.leavesQty;
    order.leavesQty = 0;
    counter.leavesQty = 0;
    this.trade(order, counter, quantity, Number(order.price));
  }

  private trade(taker: Order, maker: Order, quantity: Lots, price: Ticks): void {
    const tradeId = ++this.lastTradeId;
    const value = tickLots(price, quantity);
    this.book(maker, quantity, price, value, 'MAKER', tradeId);
    this.book(taker, quantity, price, value, 'TAKER', tradeId);
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
    const settled = order.market.isSpot
      ? settleSpot(order, quantity, value, liquidity)
      : this.settle(order, quantity, price, value, liquidity);
    order.cumQty += quantity;
    order.cumValue += value;
    order.updatedTime = this.reporter.time;
    order.status = order.leavesQty === 0 ? 'FILLED' : 'PARTIALLY_FILLED';
    if (order.leavesQty === 0) this.retire(order);
    this.reporter.trade(order, quantity, price, liquidity, tradeId, settled);
    if (order.list === null) return;
    if (order !== order.list.working) this.endOthers(order, 'EXPIRED');
    else if (order.status === 'FILLED') this.filledLists.push(order.list);
  }

  /** What a position's trade does to it and to the wallet. */
  private settle(order: Order, quantity: Lots, price: Ticks, value: TickLots, liquidity: Liquidity): Settled {
    const { position } = order;
    const fee = order.forced === null ? feeOf(order, value, liquidity) : this.forcedFee(order, value);
    const realizedPnl = position.trade(order.isBuy, quantity, price, value);
    position.fees += fee;
    position.wallet.balance += realizedPnl - fee;
    return { fee, baseFee: 0n, feeBaseLots: 0, realizedPnl };
  }

  /** Who is liquidated pays the insurance fund; who is deleveraged has done nothing. */
  private forcedFee({ forced, market }: Order, value: TickLots): Cash {
    return forced === 'ADL' ? 0n : feeOn(value, feeRate(market.instrument, this.liquidationFeeBps));
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
    this.endOthers(order, 'EXPIRED');
  }

  /** Ends an order because its owner asked for it, or amended it into nothing. */
  cancel(order: Order, reason: ExpireReason | null): void {
    this.end(order, 'CANCELED');
    this.reporter.tell(order, 'CANCELED', reason);
    this.endOthers(order, 'CANCELED');
  }

  /** The other orders of its list end with an order, or when it trades or is triggered. */
  private endOthers(order: Order, status: 'EXPIRED' | 'CANCELED'): void {
    for (const other of order.list?.othersOf(order) ?? []) {
      this.end(other, status);
      this.reporter.tell(other, status, 'ORDER_LIST');
    }
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

function feeOf({ position }: Order, value: TickLots, liquidity: Liquidity): Cash {
  return feeOn(value, liquidity === 'MAKER' ? position.makerFee : position.takerFee);
}
