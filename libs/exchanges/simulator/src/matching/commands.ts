import type { Lots, Side, Ticks, TimeInForce } from '@bowline/domain';
import type { SelfTradePrevention } from './book-order.js';
import type { OrderPositionSide, OrderType, WorkingType } from './vocabulary.js';

/** What an account asks of the exchange. */
export type OrderRequest = NewOrderRequest | NewListRequest | AmendRequest | CancelRequest | CancelAllRequest;

/** What the market around the accounts does. */
export type MarketEvent =
  QuoteEvent | TradePrint | MarkPriceEvent | FundingEvent | DeleverageEvent | TakeEvent;

/** How an account trades and what with: what its owner changes of that without an order. */
export type AccountSetting = PositionModeSetting | LeverageSetting | MarginTypeSetting | Transfer;

export type Command = OrderRequest | MarketEvent | AccountSetting;

export interface NewOrderRequest {
  readonly kind: 'new';
  readonly account: string;
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly orderQty: Lots;
  /** It closes whatever there is once it is triggered, and `orderQty` says nothing: conditional orders without a limit price. */
  readonly closePosition?: boolean;
  /** Instead of `orderQty`, which is 0 then: what a market order of spot is to spend or bring, in the quote currency, decimal text. */
  readonly quoteOrderQty?: string;
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
  /** What the exchange has to repeat of the order in its own words. Nothing here acts on it. */
  readonly remarks?: OrderRemarks;
}

/** One cancels the other; or one triggers the others, of which, where they are two, one cancels the other. */
export type Contingency = 'OCO' | 'OTO';

/** Spot orders that depend on each other, taken whole or not at all. */
export interface NewListRequest {
  readonly kind: 'newList';
  readonly account: string;
  readonly symbol: string;
  readonly contingencyType: Contingency;
  /** OCO: two on one side. OTO: the one that triggers, and one or two that wait until it has filled whole. */
  readonly orders: readonly NewOrderRequest[];
  /** As with orders. */
  readonly remarks?: OrderRemarks;
}

export type OrderRemarks = Readonly<Record<string, string | number | boolean>>;

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
  /** The order's time is over: it expires. Default: its owner has asked for it. */
  readonly expired?: boolean;
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

/** One net position a symbol, or LONG and SHORT side by side. */
export interface PositionModeSetting {
  readonly kind: 'positionMode';
  readonly account: string;
  readonly hedgeMode: boolean;
}

export interface LeverageSetting {
  readonly kind: 'leverage';
  readonly account: string;
  readonly symbol: string;
  /** A whole number from 1. */
  readonly leverage: number;
}

/** What is kept for people and reports: margin is worked out over the whole account either way. */
export interface MarginTypeSetting {
  readonly kind: 'marginType';
  readonly account: string;
  readonly symbol: string;
  readonly isolated: boolean;
}

/** Brings an asset to the account, or takes it away from there. */
export interface Transfer {
  readonly kind: 'transfer';
  readonly account: string;
  readonly asset: string;
  /** Decimal text, at most 18 decimals; below 0 it is taken away. */
  readonly amount: string;
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

/** Somebody outside takes an order that rests, at its price, and passes by whoever is before it. */
export interface TakeEvent {
  readonly kind: 'take';
  readonly account: string;
  readonly symbol: string;
  readonly clientOrderId: string;
  /** Absent: all that is left of it. */
  readonly quantity?: Lots;
}

/** Auto-deleveraging: the exchange closes an account's position at the mark price, outside the book. */
export interface DeleverageEvent {
  readonly kind: 'deleverage';
  readonly account: string;
  readonly symbol: string;
  /** Mandatory (LONG or SHORT) in hedge mode. */
  readonly positionSide?: OrderPositionSide;
  /** Absent: all of it. */
  readonly quantity?: Lots;
}
