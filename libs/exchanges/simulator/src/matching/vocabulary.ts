/** The words of orders and reports: FIX's, where FIX has one. */

export type OrderType =
  'LIMIT' | 'MARKET' | 'STOP_MARKET' | 'STOP_LIMIT' | 'TAKE_PROFIT_MARKET' | 'TAKE_PROFIT_LIMIT';

/** Which price triggers a conditional order. */
export type WorkingType = 'LAST_PRICE' | 'MARK_PRICE';

/** The position an order belongs to: BOTH in one-way mode, LONG or SHORT in hedge mode. */
export type OrderPositionSide = 'BOTH' | 'LONG' | 'SHORT';

export type Liquidity = 'MAKER' | 'TAKER';

export type ExecType =
  | 'NEW'
  | 'TRADE'
  | 'CANCELED'
  | 'REPLACED'
  | 'REJECTED'
  | 'EXPIRED'
  /** A conditional order's price was reached; what it does now follows in further reports. */
  | 'TRIGGERED'
  /** The exchange lowered orderQty by itself, because the position that a reduce-only order closes became smaller. */
  | 'RESTATED';

export type ReportedStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'REJECTED' | 'EXPIRED';

/** Why a request is refused. Where Binance USD-M has a code for it, the code stands beside it. */
export const REJECT_CODES = [
  'UNKNOWN_ACCOUNT',
  /** -1121 */
  'UNKNOWN_SYMBOL',
  /** -4015: empty, too long, or with characters that are not allowed. */
  'INVALID_CLIENT_ORDER_ID',
  /** -4116: an open order of the account has this clientOrderId. */
  'DUPLICATE_CLIENT_ORDER_ID',
  /** -4003: not a positive whole number of lots. */
  'INVALID_QUANTITY',
  /** -4014: a limit price that is missing, off the tick, or given where there is none. */
  'INVALID_PRICE',
  /** The same for the trigger price. */
  'INVALID_STOP_PRICE',
  /** -1115: a time in force that the order type does not have. */
  'INVALID_TIME_IN_FORCE',
  /** -4164 */
  'MIN_NOTIONAL',
  /** -4061: hedge mode without LONG or SHORT, or one-way mode with it. */
  'POSITION_SIDE_MISMATCH',
  /** -1106: in hedge mode the position side already says what closes. */
  'REDUCE_ONLY_IN_HEDGE_MODE',
  /** -2022, -4118: nothing to close, or resting closes already cover it, or (hedge mode) more than there is. */
  'REDUCE_ONLY_REJECTED',
  /** -2019 */
  'INSUFFICIENT_MARGIN',
  /** Spot: -2010 */
  'INSUFFICIENT_BALANCE',
  /** -2021: the trigger price is already reached. */
  'WOULD_TRIGGER',
  /** -5022: a post-only order would take. */
  'POST_ONLY_WOULD_TAKE',
  /** -2025 */
  'TOO_MANY_OPEN_ORDERS',
  /** -4045 */
  'TOO_MANY_CONDITIONAL_ORDERS',
  /** -2011, -2013: not among the account's open orders; it may have filled. */
  'UNKNOWN_ORDER',
  /** Only an order that rests in the book can be amended: one that waits for its trigger cannot. */
  'NOT_AMENDABLE',
  /** -5027: the amendment changes nothing. */
  'NOTHING_TO_AMEND',
  /** -4067 */
  'POSITION_MODE_OPEN_ORDERS',
  /** -4068 */
  'POSITION_MODE_OPEN_POSITION',
  /** -4028 */
  'INVALID_LEVERAGE',
  /** -4047, -4048: the margin type stays while the symbol has open orders or a position. */
  'MARGIN_TYPE_OPEN_ORDERS',
  'MARGIN_TYPE_OPEN_POSITION',
] as const;

export type RejectCode = (typeof REJECT_CODES)[number];

/** Why an order ended, or was lowered, without its owner asking for it. */
export const EXPIRE_REASONS = [
  /** What an IOC order could not trade at once. */
  'IOC_REMAINDER',
  /** A FOK order could not trade whole. */
  'FOK_UNFILLED',
  /** A market order met an empty book. */
  'NO_LIQUIDITY',
  /** Self-trade prevention. */
  'SELF_TRADE',
  /** The position that it closes is gone, smaller, or on the other side. */
  'REDUCE_ONLY',
  /** A post-only order would have taken when it was triggered or amended. */
  'POST_ONLY',
  /** Triggered without the margin or the money for it. */
  'INSUFFICIENT_MARGIN',
  /** The account is being liquidated. */
  'LIQUIDATION',
  /** It was good until a time, which has come. */
  'TIME_IS_OVER',
  /** Another order of its list has traded, was triggered, or has ended. */
  'ORDER_LIST',
  /** The order before it in its list has filled, and its price was already reached. */
  'WOULD_TRIGGER',
] as const;

export type ExpireReason = (typeof EXPIRE_REASONS)[number];

/** Why the exchange closes a position by itself: margin that is gone, or auto-deleveraging. */
export type ForcedClose = 'LIQUIDATION' | 'ADL';

/** Orders that wait for a price before they reach the book. */
export function isConditional(type: OrderType): boolean {
  return type !== 'LIMIT' && type !== 'MARKET';
}

/** Orders that carry a limit price. */
export function hasLimitPrice(type: OrderType): boolean {
  return type === 'LIMIT' || type === 'STOP_LIMIT' || type === 'TAKE_PROFIT_LIMIT';
}
