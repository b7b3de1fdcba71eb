import {
  complain,
  instrumentOf,
  sayUnknown,
  type Answer,
  type Params,
} from '@bowline/exchange-binance-common';
import { priceText, quantityText, type RejectReason, type TimeMs } from '@bowline/domain';
import type { ExchangeRequest } from '@bowline/ports';
import { algoOrder, order } from '../parse/rest.js';
import { noteMode, type AccountContext } from './context.js';
import type { KnownOrder } from './known-orders.js';
import { queryOrder } from './query-order.js';

type PlaceRequest = Extract<ExchangeRequest, { type: 'place' }>;

/** Places an order: stops among the conditional orders, all others in the book. */
export async function placeOrder(context: AccountContext, request: PlaceRequest): Promise<void> {
  const { clock, known, recvWindowMs } = context;
  const { at, clientOrderId, expiresAt, symbol, terms } = request;
  const now = clock.now();
  // What the exchange would refuse for its age is not tried: between its clock and ours it might just pass.
  if (now - at > recvWindowMs || (expiresAt !== null && now > expiresAt))
    return reject(context, request, 'NOT_SENT');
  const isAlgo = terms.orderType === 'stop_market';
  const placed = known.placed(symbol, clientOrderId, isAlgo);
  const sent = isAlgo ? await placeStop(context, request) : await placeInBook(context, request);
  if (sent.kind === 'ok') {
    const { algoId, at: acceptedAt, orderId } = sent.value;
    if (orderId !== null) known.link(placed, orderId);
    placed.algoId = algoId;
    return accept(context, placed, terms.orderQty, acceptedAt);
  }
  if (sent.kind === 'unknown') return sayUnknown(context, request);
  noteMode(context, sent);
  if (sent.kind === 'refused' && sent.meaning === 'duplicate')
    return queryOrder(context, { ...request, type: 'query_order' });
  complain(context, request, sent);
  return reject(context, request, sent.kind === 'refused' ? sent.reason : 'NOT_SENT');
}

/** Tells that the order is in place, where nobody has. */
export function accept(context: AccountContext, known: KnownOrder, orderQty: number, at: TimeMs): void {
  if (known.accepted) return;
  known.accepted = true;
  const { clientOrderId, symbol } = known;
  context.say(
    { type: 'order', symbol, clientOrderId, execType: 'accept', orderQty, cumQty: 0, reason: null },
    at,
  );
}

interface Placed {
  /** Its id in the book, and among the conditional orders. */
  readonly orderId: string | null;
  readonly algoId: string | null;
  readonly at: TimeMs;
}

async function placeInBook(context: AccountContext, request: PlaceRequest): Promise<Answer<Placed>> {
  const { clientOrderId, terms } = request;
  const instrument = instrumentOf(context, request.symbol);
  const { limitPrice, orderType, timeInForce } = terms;
  const params: Params = {
    ...common(context, request),
    type: orderType === 'limit' ? 'LIMIT' : 'MARKET',
    ...(orderType === 'limit' && {
      timeInForce,
      price: limitPrice === null ? undefined : priceText(instrument, limitPrice),
    }),
    newClientOrderId: clientOrderId,
  };
  const answer = await context.rest.signed('POST', '/fapi/v1/order', order, params, request.at);
  if (answer.kind !== 'ok') return answer;
  const { orderId, updateTime } = answer.value;
  return { kind: 'ok', value: { orderId, algoId: null, at: updateTime } };
}

async function placeStop(context: AccountContext, request: PlaceRequest): Promise<Answer<Placed>> {
  const { clientOrderId, terms } = request;
  const instrument = instrumentOf(context, request.symbol);
  const params: Params = {
    algoType: 'CONDITIONAL',
    ...common(context, request),
    type: 'STOP_MARKET',
    triggerPrice: terms.stopPrice === null ? undefined : priceText(instrument, terms.stopPrice),
    workingType: 'CONTRACT_PRICE',
    clientAlgoId: clientOrderId,
  };
  const answer = await context.rest.signed('POST', '/fapi/v1/algoOrder', algoOrder, params, request.at);
  if (answer.kind !== 'ok') return answer;
  const { actualOrderId, algoId, updateTime } = answer.value;
  return { kind: 'ok', value: { orderId: actualOrderId, algoId, at: updateTime } };
}

function common(context: AccountContext, { symbol, terms }: PlaceRequest): Params {
  const { key, orderQty, positionSide, reduceOnly, side } = terms;
  return {
    symbol,
    side,
    // In hedge mode the position side says what closes, and reduceOnly is not accepted.
    ...(context.hedgeMode ? { positionSide } : { reduceOnly: reduceOnly ? 'true' : undefined }),
    quantity: quantityText(instrumentOf(context, symbol), orderQty),
    // An entry gives way to what stands in its way, and what closes does not: risk goes down first.
    selfTradePreventionMode: key.leg === 'e' ? 'EXPIRE_TAKER' : 'EXPIRE_MAKER',
  };
}

function reject(
  context: AccountContext,
  { clientOrderId, symbol, terms }: PlaceRequest,
  reason: RejectReason,
): void {
  const { orderQty } = terms;
  context.say({ type: 'order', symbol, clientOrderId, execType: 'reject', orderQty, cumQty: 0, reason });
}
