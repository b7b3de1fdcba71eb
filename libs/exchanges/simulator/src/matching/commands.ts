import type { Lots, Side, Ticks, TimeInForce } from '@bowline/domain';
import type { SelfTradePrevention } from './book-order.js';
import type { OrderPositionSide, OrderType, WorkingType } from './vocabulary.js';

/** What an account asks of the exchange. */
export type OrderRequest = NewOrderRequest | AmendRequest | CancelRequest | CancelAllRequest;

/** What the market around the accounts does. */
export type MarketEvent = QuoteEvent | TradePrint | MarkPriceEvent | FundingEvent;

export type Command = OrderRequest | MarketEvent;

export interface NewOrderRequest {
  readonly kind: 'new';
  readonly account: string;
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly orderQty: Lots;
  /** Limit price, for the types that have one. */
  readonly price?: Ticks;
  /** Trigger price, for conditional types. */
  readonly stopPrice?: Ticks;
  /** Default LAST_PRICE. */
  readonly workingType?: WorkingType;
  /** Default GTC for types with a limit price; the others are IOC and take nothing else. GTX is post-only. */
  readonly timeInForce?: TimeInForce;
  /** Mandatory (LONG or SHORT) in hedge mode; absent or BOTH in one-way mode. */
  readonly positionSide?: OrderPositionSide;
  /** One-way mode only. */
  readonly reduceOnly?: boolean;
  /** Default NONE: the trade takes place. */
  readonly selfTradePrevention?: SelfTradePrevention;
}

/**
 * Changes an order that rests in the book. A lower quantity at the same price keeps its place in the queue; anything else goes
 * to the end of it, and may trade at once.
 */
export interface AmendRequest {
  readonly kind: 'amend';
  readonly account: string;
  readonly symbol: string;
  /** Names the order; where it is absent, `orderId` does. */
  readonly clientOrderId?: string;
  readonly orderId?: number;
  /** The new total, what has traded included. At or below that, the order is canceled. */
  readonly orderQty: Lots;
  /** Absent: unchanged. */
  readonly price?: Ticks;
}

export interface CancelRequest {
  readonly kind: 'cancel';
  readonly account: string;
  readonly symbol: string;
  /** Names the order; where it is absent, `orderId` does. */
  readonly clientOrderId?: string;
  readonly orderId?: number;
}

/** Cancels every open order of the account in the symbol, conditional ones included. */
export interface CancelAllRequest {
  readonly kind: 'cancelAll';
  readonly account: string;
  readonly symbol: string;
}

/** A price and the quantity displayed at it. */
export type BookLevel = readonly [price: Ticks, quantity: Lots];

/**
 * The house's own levels, best first, in place of those it had. Quantity that stays at a price keeps its place in
 * the queue, quantity added there goes behind whoever waits. Orders that the new levels cross trade with them.
 */
export interface QuoteEvent {
  readonly kind: 'quote';
  readonly symbol: string;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/**
 * A trade of the outside market. It sets the last price, and fills orders that rest in its way: at its own price
 * first come first, the house's volume ahead included; at better prices whatever its quantity reaches.
 */
export interface TradePrint {
  readonly kind: 'trade';
  readonly symbol: string;
  readonly price: Ticks;
  readonly quantity: Lots;
}

export interface MarkPriceEvent {
  readonly kind: 'markPrice';
  readonly symbol: string;
  readonly price: Ticks;
}

/**
 * Funding on what every account holds in the symbol, valued at `price`: longs pay shorts where `rate`, a decimal text, is
 * above 0. Each position is charged by itself, half-up to 8 decimals. Nobody reports it: the charge shows in the balances.
 */
export interface FundingEvent {
  readonly kind: 'funding';
  readonly symbol: string;
  readonly price: Ticks;
  readonly rate: string;
}
