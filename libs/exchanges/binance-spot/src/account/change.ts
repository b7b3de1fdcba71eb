import { complain, instrumentOf, lotsOf, sayUnknown, type Failure } from '@bowline/exchange-binance-common';
import type { RejectReason } from '@bowline/domain';
import type { ExchangeRequest } from '@bowline/ports';
import { canceled, order as orderSchema } from '../parse/rest.js';
import type { AccountContext } from './context.js';
import { end } from './tell.js';

type CancelRequest = Extract<ExchangeRequest, { type: 'cancel' }>;
type AmendRequest = Extract<ExchangeRequest, { type: 'amend' }>;

export async function cancelOrder(context: AccountContext, request: CancelRequest): Promise<void> {
  const { clientOrderId, symbol } = request;
  const params = { symbol, origClientOrderId: clientOrderId };
  const answer = await context.rest.signed('DELETE', '/api/v3/order', canceled, params);
  if (answer.kind === 'ok') {
    const instrument = instrumentOf(context, symbol);
    const { executedQty, orderId, origQty, transactTime } = answer.value;
    const known = context.known.heard(symbol, clientOrderId);
    context.known.link(known, orderId);
    const quantities = { orderQty: lotsOf(instrument, origQty), cumQty: lotsOf(instrument, executedQty) };
    return end(context, known, 'cancel', quantities, transactTime);
  }
  if (answer.kind === 'refused' && answer.meaning === 'not_in_list')
    return refuse(context, request, true, null);
  return fail(context, request, answer);
}

/** Nothing can be changed here; what is told is whether there is anything. */
export async function refuseAmend(context: AccountContext, request: AmendRequest): Promise<void> {
  const { clientOrderId, symbol } = request;
  const params = { symbol, origClientOrderId: clientOrderId };
  const answer = await context.rest.signed('GET', '/api/v3/order', orderSchema, params);
  if (answer.kind === 'ok') {
    const { status } = answer.value;
    const isOpen = status === 'NEW' || status === 'PARTIALLY_FILLED' || status === 'PENDING_NEW';
    return refuse(context, request, !isOpen, isOpen ? 'OTHER' : null);
  }
  if (answer.kind === 'refused' && answer.meaning === 'not_in_list')
    return refuse(context, request, true, null);
  return fail(context, request, answer);
}

function fail(context: AccountContext, request: CancelRequest | AmendRequest, failure: Failure): void {
  if (failure.kind === 'unknown') return sayUnknown(context, request);
  complain(context, request, failure);
  refuse(context, request, false, failure.kind === 'refused' ? failure.reason : 'NOT_SENT');
}

function refuse(
  context: AccountContext,
  { clientOrderId, symbol, type }: CancelRequest | AmendRequest,
  unknownOrder: boolean,
  reason: RejectReason | null,
): void {
  context.say({ type: 'request_refused', request: type, symbol, clientOrderId, unknownOrder, reason });
}
