import { complain, instrumentOf, sayUnknown, type Params } from '@bowline/exchange-binance-common';
import { priceText, quantityText, type RejectReason } from '@bowline/domain';
import type { ExchangeRequest } from '@bowline/ports';
import { placed as placedSchema } from '../parse/rest.js';
import type { AccountContext } from './context.js';
import { queryOrder } from './query-order.js';
import { accept } from './tell.js';

type PlaceRequest = Extract<ExchangeRequest, { type: 'place' }>;

/** Places an order; stops rest in the same list as all others. */
export async function placeOrder(context: AccountContext, request: PlaceRequest): Promise<void> {
  const { clock, known, recvWindowMs, rest } = context;
  const { at, clientOrderId, expiresAt, symbol, terms } = request;
  const now = clock.now();
  // What the exchange would refuse for its age is not tried: between its clock and ours it might just pass.
  if (now - at > recvWindowMs || (expiresAt !== null && now > expiresAt))
    return reject(context, request, 'NOT_SENT');
  const order = known.placed(symbol, clientOrderId);
  const sent = await rest.signed('POST', '/api/v3/order', placedSchema, paramsOf(context, request), at);
  if (sent.kind === 'ok') {
    known.link(order, sent.value.orderId);
    return accept(context, order, terms.orderQty, sent.value.transactTime);
  }
  if (sent.kind === 'unknown') return sayUnknown(context, request);
  if (sent.kind === 'refused' && sent.meaning === 'duplicate')
    return queryOrder(context, { ...request, type: 'query_order' });
  complain(context, request, sent);
  return reject(context, request, sent.kind === 'refused' ? sent.reason : 'NOT_SENT');
}

function paramsOf(context: AccountContext, { clientOrderId, symbol, terms }: PlaceRequest): Params {
  const { key, orderQty, side } = terms;
  const instrument = instrumentOf(context, symbol);
  const { limitPrice, orderType, stopPrice, timeInForce } = terms;
  const price = limitPrice === null ? undefined : priceText(instrument, limitPrice);
  const kind: Params =
    orderType === 'market'
      ? { type: 'MARKET' }
      : orderType === 'stop_market'
        ? { type: 'STOP_LOSS', stopPrice: stopPrice === null ? undefined : priceText(instrument, stopPrice) }
        : timeInForce === 'GTX'
          ? { type: 'LIMIT_MAKER', price }
          : { type: 'LIMIT', timeInForce, price };
  return {
    ...{ symbol, side, ...kind, quantity: quantityText(instrument, orderQty) },
    newClientOrderId: clientOrderId,
    // Its trades are told by the stream.
    newOrderRespType: 'ACK',
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
