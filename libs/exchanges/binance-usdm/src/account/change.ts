import {
  complain,
  instrumentOf,
  lotsOf,
  sayUnknown,
  ticksOf,
  type Failure,
} from '@bowline/exchange-binance-common';
import { priceText, quantityText, type Lots, type Ticks } from '@bowline/domain';
import type { ExchangeRequest } from '@bowline/ports';
import { algoCanceled, order as orderSchema, type Order } from '../parse/rest.js';
import { noteMode, type AccountContext } from './context.js';
import { findOrder } from './find-order.js';
import type { KnownOrder } from './known-orders.js';

type CancelRequest = Extract<ExchangeRequest, { type: 'cancel' }>;
type AmendRequest = Extract<ExchangeRequest, { type: 'amend' }>;

/** Cancels in both lists: that the first does not have it says little. */
export async function cancelOrder(context: AccountContext, request: CancelRequest): Promise<void> {
  const { clientOrderId, symbol } = request;
  const known = context.known.get(clientOrderId);
  const byId = known?.isAlgo === true && known.orderId !== null ? known.orderId : null;
  const inBook = (): Promise<Failure | null> =>
    cancelInBook(context, request, { origClientOrderId: clientOrderId });
  const amongAlgos = (): Promise<Failure | null> => cancelAlgo(context, request);
  const ways =
    byId !== null
      ? [() => cancelInBook(context, request, { orderId: byId })]
      : known?.isAlgo === true
        ? [amongAlgos, () => cancelTriggered(context, request)]
        : [inBook, amongAlgos, () => cancelTriggered(context, request)];
  for (const way of ways) {
    const failure = await way();
    if (failure === null) return;
    if (failure.kind === 'refused' && failure.meaning === 'not_in_list') continue;
    return refuse(context, request, failure);
  }
  context.say({
    type: 'request_refused',
    request: 'cancel',
    symbol,
    clientOrderId,
    unknownOrder: true,
    reason: null,
  });
}

/** Changes quantity and price of a limit order in the book. */
export async function amendOrder(context: AccountContext, request: AmendRequest): Promise<void> {
  const { clock, known, recvWindowMs, rest } = context;
  const { at, clientOrderId, orderQty, symbol } = request;
  const instrument = instrumentOf(context, symbol);
  const refused = { type: 'request_refused', request: 'amend', symbol, clientOrderId } as const;
  if (clock.now() - at > recvWindowMs)
    return context.say({ ...refused, unknownOrder: false, reason: 'NOT_SENT' });
  // The exchange wants the side and the price again, whatever changes.
  const found = await findOrder(context, symbol, clientOrderId);
  if (found.kind === 'failed') return refuse(context, request, found.failure);
  if (found.kind === 'absent') return context.say({ ...refused, unknownOrder: true, reason: null });
  if (found.kind === 'algo' || found.order['type'] !== 'LIMIT') {
    const status = found.kind === 'algo' ? found.algo.algoStatus : found.order.status;
    return context.say({ ...refused, unknownOrder: !isOpen(status), reason: 'OTHER' });
  }
  if (!isOpen(found.order.status)) return context.say({ ...refused, unknownOrder: true, reason: null });
  const { side } = found.order;
  const price = request.price ?? ticksOf(instrument, found.order.price);
  const order = known.heard(symbol, clientOrderId, false);
  order.amend = { orderQty, price, told: false };
  const params = {
    ...{ symbol, origClientOrderId: clientOrderId, side },
    ...{ quantity: quantityText(instrument, orderQty), price: priceText(instrument, price) },
  };
  const answer = await rest.signed('PUT', '/fapi/v1/order', orderSchema, params, at);
  if (answer.kind === 'ok') return amended(context, order, answer.value);
  if (answer.kind === 'refused' && answer.meaning === 'unchanged')
    return tellReplaced(context, order, orderQty, lotsOf(instrument, found.order.executedQty), clock.now());
  if (answer.kind === 'refused' && answer.meaning === 'not_in_list')
    return context.say({ ...refused, unknownOrder: true, reason: null });
  return refuse(context, request, answer);
}

/** Tells that the order is over, where nobody has. */
export function end(
  context: AccountContext,
  known: KnownOrder,
  execType: 'cancel' | 'expire' | 'reject',
  quantities: { readonly orderQty: Lots; readonly cumQty: Lots },
  at: number,
  reason: Extract<Parameters<AccountContext['say']>[0], { type: 'order' }>['reason'] = null,
): void {
  if (known.ended) return;
  known.ended = true;
  const { clientOrderId, symbol } = known;
  context.say({ type: 'order', symbol, clientOrderId, execType, ...quantities, reason }, at);
}

/** Tells a change that was asked for here, where nobody has. */
export function tellReplaced(
  context: AccountContext,
  known: KnownOrder,
  orderQty: Lots,
  cumQty: Lots,
  at: number,
): void {
  if (known.amend?.told === true) return;
  if (known.amend !== null) known.amend.told = true;
  const { clientOrderId, symbol } = known;
  context.say(
    { type: 'order', symbol, clientOrderId, execType: 'replace', orderQty, cumQty, reason: null },
    at,
  );
}

/** Whether an order of the book is as it was asked to become here. */
export function isAsAmended({ amend }: KnownOrder, orderQty: Lots, price: Ticks): boolean {
  return amend !== null && amend.orderQty === orderQty && amend.price === price;
}

function amended(
  context: AccountContext,
  known: KnownOrder,
  { executedQty, origQty, status, symbol, updateTime }: Order,
): void {
  const instrument = instrumentOf(context, symbol);
  const quantities = { orderQty: lotsOf(instrument, origQty), cumQty: lotsOf(instrument, executedQty) };
  // What is changed to no more than it has filled is over.
  if (status === 'CANCELED' || status === 'EXPIRED')
    return end(context, known, 'cancel', quantities, updateTime);
  tellReplaced(context, known, quantities.orderQty, quantities.cumQty, updateTime);
}

/** Null: canceled. */
async function cancelInBook(
  context: AccountContext,
  { clientOrderId, symbol }: CancelRequest,
  by: { readonly origClientOrderId: string } | { readonly orderId: string },
): Promise<Failure | null> {
  const answer = await context.rest.signed('DELETE', '/fapi/v1/order', orderSchema, { symbol, ...by });
  if (answer.kind !== 'ok') return answer;
  const instrument = instrumentOf(context, symbol);
  const { executedQty, orderId, origQty, updateTime } = answer.value;
  const known = context.known.heard(symbol, clientOrderId, false);
  context.known.link(known, orderId);
  const quantities = { orderQty: lotsOf(instrument, origQty), cumQty: lotsOf(instrument, executedQty) };
  end(context, known, 'cancel', quantities, updateTime);
  return null;
}

/** Null: canceled. */
async function cancelAlgo(
  context: AccountContext,
  { clientOrderId, symbol }: CancelRequest,
): Promise<Failure | null> {
  const { known, rest } = context;
  const answer = await rest.signed('DELETE', '/fapi/v1/algoOrder', algoCanceled, {
    symbol,
    clientAlgoId: clientOrderId,
  });
  if (answer.kind !== 'ok') return answer;
  const order = known.heard(symbol, clientOrderId, true);
  if (order.ended) return null;
  // The answer has no quantities.
  const found = await findOrder(context, symbol, clientOrderId);
  const orderQty = found.kind === 'algo' ? lotsOf(instrumentOf(context, symbol), found.algo.quantity) : 0;
  const at = found.kind === 'algo' ? found.algo.updateTime : context.clock.now();
  end(context, order, 'cancel', { orderQty, cumQty: 0 }, at);
  return null;
}

/** A stop that has triggered is an order of the book, of another id. Null: canceled. */
async function cancelTriggered(context: AccountContext, request: CancelRequest): Promise<Failure | null> {
  const { clientOrderId, symbol } = request;
  const found = await findOrder(context, symbol, clientOrderId);
  if (found.kind === 'failed') return found.failure;
  if (found.kind !== 'book' || !isOpen(found.order.status)) return NOT_THERE;
  return cancelInBook(context, request, { orderId: found.order.orderId });
}

const NOT_THERE: Failure = {
  ...{ kind: 'refused', meaning: 'not_in_list', reason: 'OTHER', status: 400, code: null },
  message: 'no list has it',
};

function isOpen(status: string): boolean {
  return (
    status === 'NEW' || status === 'PARTIALLY_FILLED' || status === 'TRIGGERING' || status === 'TRIGGERED'
  );
}

function refuse(context: AccountContext, request: CancelRequest | AmendRequest, failure: Failure): void {
  const { clientOrderId, symbol, type } = request;
  if (failure.kind === 'unknown') return sayUnknown(context, request);
  noteMode(context, failure);
  complain(context, request, failure);
  const reason = failure.kind === 'refused' ? failure.reason : 'NOT_SENT';
  context.say({ type: 'request_refused', request: type, symbol, clientOrderId, unknownOrder: false, reason });
}
