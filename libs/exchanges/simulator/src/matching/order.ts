import type { Lots, Side, TickLots, Ticks, TimeInForce, TimeMs, Trigger } from '@bowline/domain';
import { BookOrder, type SelfTradePrevention } from './book-order.js';
import type { Account } from './account.js';
import type { Market } from './market.js';
import type { OrderList } from './order-list.js';
import type { Position } from './position.js';
import type { ForcedClose, OrderPositionSide, OrderType, ReportedStatus, WorkingType } from './vocabulary.js';

/** What an order is made of, once the request has passed every check. */
export interface OrderTerms {
  readonly clientOrderId: string;
  readonly isBuy: boolean;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly orderQty: Lots;
  readonly price: Ticks | null;
  readonly stopPrice: Ticks | null;
  readonly workingType: WorkingType | null;
  readonly reduceOnly: boolean;
  /** It may only close: reduceOnly, or in hedge mode the side that closes its position side. */
  readonly closing: boolean;
  /** It closes whatever there is once it is triggered. */
  readonly closePosition: boolean;
  readonly selfTradePrevention: SelfTradePrevention;
  /** Why the exchange places it by itself. Default null: it does not. */
  readonly forced?: ForcedClose | null;
}

/** An order in its whole life at the exchange. */
export class Order extends BookOrder {
  readonly clientOrderId: string;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly stopPrice: Ticks | null;
  readonly workingType: WorkingType | null;
  readonly reduceOnly: boolean;
  readonly closing: boolean;
  readonly closePosition: boolean;
  /** Why the exchange has placed it by itself; null: it has not. */
  readonly forced: ForcedClose | null;
  status: ReportedStatus = 'NEW';
  orderQty: Lots;
  cumQty: Lots = 0;
  cumValue: TickLots = 0n;
  updatedTime: TimeMs;
  /** Where it waits for its price; null for an order that does not, or no longer. */
  trigger: Trigger<Order> | null = null;
  /** The orders that it depends on, and they on it; null: none. */
  list: OrderList | null = null;
  /** It waits until the order before it in its list has filled whole. */
  isPending = false;
  /** Ascending by the time at which it joined its queue: with the price, its priority. */
  queueSequence = 0;

  constructor(
    orderId: number,
    readonly account: Account,
    readonly market: Market,
    readonly position: Position,
    terms: OrderTerms,
    readonly createdTime: TimeMs,
  ) {
    super(orderId, account, terms.isBuy, terms.price, terms.orderQty, terms.selfTradePrevention);
    this.clientOrderId = terms.clientOrderId;
    this.orderType = terms.orderType;
    this.timeInForce = terms.timeInForce;
    this.stopPrice = terms.stopPrice;
    this.workingType = terms.workingType;
    this.reduceOnly = terms.reduceOnly;
    this.closing = terms.closing;
    this.forced = terms.forced ?? null;
    this.closePosition = terms.closePosition;
    this.orderQty = terms.orderQty;
    this.updatedTime = createdTime;
  }

  get side(): Side {
    return this.isBuy ? 'BUY' : 'SELL';
  }

  get positionSide(): OrderPositionSide {
    return this.position.side;
  }

  /** Resting in the book. */
  get working(): boolean {
    return this.level !== null;
  }

  get terminal(): boolean {
    return this.status !== 'NEW' && this.status !== 'PARTIALLY_FILLED';
  }
}
