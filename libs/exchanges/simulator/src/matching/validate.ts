import {
  cash,
  cashValue,
  tickLots,
  tickStep,
  type Instrument,
  type Ticks,
  type TimeInForce,
} from '@bowline/domain';
import type { Account } from './account.js';
import type { NewOrderRequest } from './commands.js';
import type { Market } from './market.js';
import { hasLimitPrice, isConditional, type OrderType, type RejectCode } from './vocabulary.js';

export interface OrderLimits {
  readonly clientOrderIdPattern: RegExp;
  readonly maxOpenOrders: number | null;
  readonly maxConditionalOrders: number | null;
}

/** What can be said against an order without looking at the position or the book; null for nothing. */
export function refuseOrder(
  request: NewOrderRequest,
  account: Account,
  market: Market,
  limits: OrderLimits,
): RejectCode | null {
  return (
    refuseIdentity(request, account, limits) ??
    refuseTerms(request, market) ??
    refusePositionSide(request, account, market) ??
    refuseNotional(request, account, market)
  );
}

function refuseIdentity(request: NewOrderRequest, account: Account, limits: OrderLimits): RejectCode | null {
  if (!limits.clientOrderIdPattern.test(request.clientOrderId)) return 'INVALID_CLIENT_ORDER_ID';
  // An id whose order is done may be used again: a blind repetition of a filled order is a second order.
  if (account.open.has(request.clientOrderId)) return 'DUPLICATE_CLIENT_ORDER_ID';
  const { maxOpenOrders, maxConditionalOrders } = limits;
  if (isConditional(request.orderType)) {
    if (maxConditionalOrders !== null && account.conditionalOrders >= maxConditionalOrders) {
      return 'TOO_MANY_CONDITIONAL_ORDERS';
    }
  } else if (maxOpenOrders !== null && account.open.size - account.conditionalOrders >= maxOpenOrders) {
    return 'TOO_MANY_OPEN_ORDERS';
  }
  return null;
}

function refuseTerms(request: NewOrderRequest, { instrument, isSpot }: Market): RejectCode | null {
  const { closePosition = false, orderType, orderQty, price, stopPrice, workingType } = request;
  if (closePosition) {
    if (isSpot || !isConditional(orderType) || hasLimitPrice(orderType)) return 'INVALID_QUANTITY';
  } else if (request.quoteOrderQty !== undefined) {
    if (!isSpot || orderType !== 'MARKET' || orderQty !== 0) return 'INVALID_QUANTITY';
  } else if (!Number.isSafeInteger(orderQty) || orderQty <= 0) return 'INVALID_QUANTITY';
  if (hasLimitPrice(orderType) ? !isPrice(instrument, price) : price !== undefined) return 'INVALID_PRICE';
  if (isConditional(orderType)) {
    if (!isPrice(instrument, stopPrice)) return 'INVALID_STOP_PRICE';
  } else if (stopPrice !== undefined || workingType !== undefined) {
    return 'INVALID_STOP_PRICE';
  }
  return timeInForceOf(orderType, request.timeInForce) === null ? 'INVALID_TIME_IN_FORCE' : null;
}

/** The time in force that an order gets; null where its type does not have the one that was asked for. */
export function timeInForceOf(orderType: OrderType, asked: TimeInForce | undefined): TimeInForce | null {
  if (hasLimitPrice(orderType)) return asked ?? 'GTC';
  return asked === undefined || asked === 'IOC' ? 'IOC' : null;
}

function refusePositionSide(
  request: NewOrderRequest,
  account: Account,
  { isSpot }: Market,
): RejectCode | null {
  const { positionSide = 'BOTH', reduceOnly = false, side } = request;
  if (isSpot) {
    if (positionSide !== 'BOTH') return 'POSITION_SIDE_MISMATCH';
    // Whatever is sold is there: nothing is left that could be closed by buying.
    return reduceOnly && side === 'BUY' ? 'REDUCE_ONLY_REJECTED' : null;
  }
  if (account.hedgeMode !== (positionSide !== 'BOTH')) return 'POSITION_SIDE_MISMATCH';
  return account.hedgeMode && reduceOnly ? 'REDUCE_ONLY_IN_HEDGE_MODE' : null;
}

/** Orders that only close are exempt: a residue must be closable. A market order is valued at the reference price; unknown, it passes. */
function refuseNotional(request: NewOrderRequest, account: Account, market: Market): RejectCode | null {
  const { instrument } = market;
  if (instrument.minNotionalCash === 0n || isClosing(request, account, market)) return null;
  if (request.quoteOrderQty !== undefined)
    return cash(request.quoteOrderQty) < instrument.minNotionalCash ? 'MIN_NOTIONAL' : null;
  const price = request.price ?? request.stopPrice ?? market.referencePrice();
  if (price === null) return null;
  return cashValue(instrument, tickLots(price, request.orderQty)) < instrument.minNotionalCash
    ? 'MIN_NOTIONAL'
    : null;
}

/** Whether an order may only close. Of spot none can do anything else than sell what is there. */
export function isClosing(
  { closePosition, reduceOnly, positionSide, side }: NewOrderRequest,
  account: Account,
  { isSpot }: Market,
): boolean {
  if (isSpot) return false;
  if (!account.hedgeMode) return reduceOnly === true || closePosition === true;
  return positionSide === 'LONG' ? side === 'SELL' : side === 'BUY';
}

/** A positive whole number of ticks that the instrument trades at. */
export function isPrice(instrument: Instrument, price: Ticks | undefined): price is Ticks {
  if (price === undefined || !Number.isSafeInteger(price) || price <= 0) return false;
  return instrument.tickSteps.length === 0 || price % tickStep(instrument, price) === 0;
}
