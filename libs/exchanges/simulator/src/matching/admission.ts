import type { Lots } from '@bowline/domain';
import type { Account } from './account.js';
import type { AmendRequest, NewOrderRequest } from './commands.js';
import { lacksMargin } from './margin.js';
import { triggerDirection, wouldTrigger, type Market } from './market.js';
import type { Order, OrderTerms } from './order.js';
import type { Position } from './position.js';
import { uncommitted } from './reduce-only.js';
import { lacksFundsAmended, lotsFor } from './spot.js';
import { isClosing, isPrice, refuseOrder, timeInForceOf, type OrderLimits } from './validate.js';
import { isConditional, type RejectCode } from './vocabulary.js';

/** An order that may become one. */
export interface Admitted {
  readonly terms: OrderTerms;
  readonly position: Position;
}

/** Checks a new order against the rules and the account's position, and settles its terms; or says why not. */
export function admit(
  request: NewOrderRequest,
  account: Account,
  market: Market,
  limits: OrderLimits,
  /** It is not in force yet: where the market stands says nothing. */
  isPending = false,
): Admitted | RejectCode {
  const refusal = refuseOrder(request, account, market, limits);
  if (refusal !== null) return refusal;
  const { orderType, price = null, stopPrice = null } = request;
  const isBuy = request.side === 'BUY';
  const conditional = isConditional(orderType);
  const workingType = conditional ? (request.workingType ?? 'LAST_PRICE') : null;
  if (stopPrice !== null && workingType !== null && !isPending) {
    const known = market.priceOf(workingType);
    if (wouldTrigger(triggerDirection(orderType, isBuy), stopPrice, known)) return 'WOULD_TRIGGER';
  }
  const position = account.position(market, request.positionSide ?? 'BOTH');
  const closing = isClosing(request, account, market);
  const { closePosition = false } = request;
  const asked = closePosition ? position.closable(isBuy) : askedQty(request, market);
  const orderQty = closing ? closableQty(asked, position, isBuy, conditional) : asked;
  if (orderQty === 0) return closing ? 'REDUCE_ONLY_REJECTED' : 'INVALID_QUANTITY';
  const terms: OrderTerms = {
    clientOrderId: request.clientOrderId,
    isBuy,
    orderType,
    timeInForce: timeInForceOf(orderType, request.timeInForce) ?? 'GTC',
    orderQty,
    price,
    stopPrice,
    workingType,
    reduceOnly: request.reduceOnly ?? false,
    closing,
    closePosition,
    selfTradePrevention: request.selfTradePrevention ?? 'NONE',
  };
  return { terms, position };
}

function askedQty({ orderQty, quoteOrderQty, side }: NewOrderRequest, market: Market): Lots {
  return quoteOrderQty === undefined ? orderQty : lotsFor(market, side === 'BUY', quoteOrderQty);
}

/**
 * What a closing order may be: 0 refuses it. In one-way mode an oversized reduce-only order is taken over with the
 * quantity that there is to close; in hedge mode it is refused. An order that waits for a trigger is not counted
 * against the resting closes, nor they against it: only one of the two will find something to close.
 */
function closableQty(asked: Lots, position: Position, isBuy: boolean, conditional: boolean): Lots {
  const free = conditional ? position.closable(isBuy) : uncommitted(position, isBuy);
  if (asked <= free) return asked;
  return position.account.hedgeMode ? 0 : free;
}

/** Why an open order cannot be amended as asked; null where it can. */
export function refuseAmend(request: AmendRequest, order: Order, marginCheck: boolean): RejectCode | null {
  if (!order.working) return 'NOT_AMENDABLE';
  const { orderQty, price = order.price } = request;
  if (!Number.isSafeInteger(orderQty) || orderQty <= 0) return 'INVALID_QUANTITY';
  if (!isPrice(order.market.instrument, price ?? undefined)) return 'INVALID_PRICE';
  if (orderQty === order.orderQty && price === order.price) return 'NOTHING_TO_AMEND';
  if (order.market.isSpot && orderQty > order.cumQty)
    return lacksFundsAmended(order, orderQty, price) ? 'INSUFFICIENT_BALANCE' : null;
  const added = orderQty - order.orderQty;
  if (added <= 0) return null;
  if (order.closing && added > uncommitted(order.position, order.isBuy)) return 'REDUCE_ONLY_REJECTED';
  return marginCheck && lacksMargin(order, added) ? 'INSUFFICIENT_MARGIN' : null;
}
