import {
  priceText,
  quantityText,
  type Lots,
  type RejectReason,
  type Ticks,
  type TimeMs,
} from '@bowline/domain';
import type { ExchangeRequest } from '@bowline/ports';
import { pause } from '../ccxt/pause.js';
import type { Params } from '../ccxt/shape.js';
import { order as orderSchema, type Order } from '../parse/account.js';
import {
  ask,
  complain,
  noteMode,
  sayUnknown,
  sentId,
  tradedOf,
  type AccountContext,
  type Failure,
} from './context.js';
import { bookIdOf, findOrder, type Found } from './find-order.js';
import type { KnownOrder } from './known-orders.js';
import { ageOf, exactly } from './place.js';
import { filledQty } from './query-order.js';
import { lotsOf, ticksOf } from './units.js';

type CancelRequest = Extract<ExchangeRequest, { type: 'cancel' }>;
type AmendRequest = Extract<ExchangeRequest, { type: 'amend' }>;

/** How often, and after how long, it looks whether what the exchange has taken on is done. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 200;

/** Cancels in all lists: that the first does not have it says little. */
export async function cancelOrder(context: AccountContext, request: CancelRequest): Promise<void> {
  const { known, profile } = context;
  const order = known.get(request.clientOrderId);
  const inBook = (): Promise<Failure | null> => cancelIn(context, request, null, {});
  const amongStops = (): Promise<Failure | null> =>
    cancelIn(context, request, null, profile.conditional?.params ?? {});
  const triggered = (): Promise<Failure | null> => cancelTriggered(context, request);
  const ways =
    profile.conditional === null
      ? [inBook]
      : order?.isConditional !== true
        ? [inBook, amongStops, triggered]
        : order.orderId === null
          ? [amongStops, triggered]
          : [triggered];
  for (const way of ways) {
    const failure = await way();
    if (failure === null) return;
    if (failure.kind === 'refused' && failure.meaning === 'not_found') continue;
    return refuse(context, request, failure);
  }
  unknownOrder(context, request);
}

/** Changes quantity and price of a limit order in the book. */
export async function amendOrder(context: AccountContext, request: AmendRequest): Promise<void> {
  const { clock, known, profile } = context;
  const { clientOrderId, orderQty, symbol } = request;
  const { instrument, market } = tradedOf(context, symbol);
  const { deadline, options } = ageOf(context, { ...request, expiresAt: null });
  if (clock.now() > deadline) return refuseFor(context, request, 'NOT_SENT');
  // The exchange wants the side and the price again, whatever changes.
  const found = await findOrder(context, 'amend', symbol, clientOrderId);
  if (found.kind === 'failed') return refuse(context, request, found.failure);
  if (found.kind === 'absent') return unknownOrder(context, request);
  const { price: priceNow, side, status, type } = found.order;
  const isOpen = status === 'open';
  if (!isOpen) return unknownOrder(context, request);
  if (
    found.kind === 'conditional' ||
    type !== 'limit' ||
    !profile.amend ||
    side === null ||
    priceNow === null
  )
    return refuseFor(context, request, 'OTHER');
  const id = bookIdOf(context.profile, found.order.info) ?? found.order.id;
  if (id === null) return sayUnknown(context, request);
  const price = request.price ?? ticksOf(instrument, priceNow);
  const order = known.heard(symbol, clientOrderId, false);
  known.link(order, id);
  order.amend = { orderQty, price, told: false };
  const answer = await ask(
    ...([context, 'amend', `order ${clientOrderId}`, orderSchema] as const),
    (exchange) => {
      const quantity = exactly(quantityText(instrument, orderQty), (value) =>
        exchange.amountToPrecision(market, value),
      );
      const limit = exactly(priceText(instrument, price), (value) =>
        exchange.priceToPrecision(market, value),
      );
      return exchange.editOrder(id, market, 'limit', side, quantity, limit, {});
    },
    options,
  );
  const filled = filledQty(tradedOf(context, symbol), found.order) ?? 0;
  if (answer.kind === 'refused' && answer.meaning === 'unchanged')
    return tellReplaced(context, order, orderQty, filled, clock.now());
  if (answer.kind === 'refused' && answer.meaning === 'not_found') return unknownOrder(context, request);
  if (answer.kind !== 'ok') return refuse(context, request, answer);
  if (answer.value.amount !== null && answer.value.status !== null)
    return amended(context, request, order, answer.value);
  // It has only taken the request on.
  const done = await look(
    context,
    request,
    ({ amount }) => amount !== null && lotsOf(instrument, amount) === orderQty,
  );
  return done === null ? sayUnknown(context, request) : amended(context, request, order, done);
}

/** Tells that the order is over, where nobody has. */
export function end(
  context: AccountContext,
  known: KnownOrder,
  execType: 'cancel' | 'expire' | 'reject',
  quantities: { readonly orderQty: Lots; readonly cumQty: Lots },
  at: TimeMs,
  reason: RejectReason | null = null,
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
  at: TimeMs,
): void {
  if (known.amend?.told === true) return;
  if (known.amend !== null) known.amend.told = true;
  known.orderQty = orderQty;
  const { clientOrderId, symbol } = known;
  context.say(
    { type: 'order', symbol, clientOrderId, execType: 'replace', orderQty, cumQty, reason: null },
    at,
  );
}

/** Whether an order of the book is as it was asked to become here. */
export function isAsAmended({ amend }: KnownOrder, orderQty: Lots, price: Ticks | null): boolean {
  return amend !== null && amend.orderQty === orderQty && (price === null || amend.price === price);
}

function amended(context: AccountContext, request: AmendRequest, known: KnownOrder, order: Order): void {
  const quantities = quantitiesOf(context, known, order);
  if (quantities === null) return sayUnknown(context, request);
  const at = timeOf(context, order);
  // What is changed to no more than it has filled is over.
  if (order.status !== 'open') return end(context, known, 'cancel', quantities, at);
  tellReplaced(context, known, quantities.orderQty, quantities.cumQty, at);
}

/** Cancels by our id, or by the exchange's. Null: it is canceled, or said to be unknown. */
async function cancelIn(
  context: AccountContext,
  request: CancelRequest,
  orderId: string | null,
  params: Params,
): Promise<Failure | null> {
  const { known, profile } = context;
  const { clientOrderId, symbol } = request;
  const { market } = tradedOf(context, symbol);
  const byId = orderId === null ? profile.byClientOrderId(sentId(context, clientOrderId)) : {};
  const answer = await ask(context, 'cancel', `order ${clientOrderId}`, orderSchema, (exchange) =>
    exchange.cancelOrder(orderId ?? undefined, market, { ...byId, ...params }),
  );
  if (answer.kind !== 'ok') return answer;
  const order = known.heard(symbol, clientOrderId, false);
  const told = answer.value.status === 'canceled' ? quantitiesOf(context, order, answer.value) : null;
  if (told !== null) end(context, order, 'cancel', told, timeOf(context, answer.value));
  // The stream was quicker.
  if (order.ended) return null;
  // It has only taken the request on.
  const done = await look(context, request, ({ status }) => status !== 'open');
  const quantities = done === null ? null : quantitiesOf(context, order, done);
  if (done === null || quantities === null) sayUnknown(context, request);
  else if (quantities.cumQty >= quantities.orderQty) unknownOrder(context, request);
  else end(context, order, 'cancel', quantities, timeOf(context, done));
  return null;
}

/** A stop that has triggered is an order of the book, of another id. Null: canceled. */
async function cancelTriggered(context: AccountContext, request: CancelRequest): Promise<Failure | null> {
  const found = await findOrder(context, 'cancel', request.symbol, request.clientOrderId);
  if (found.kind === 'failed') return found.failure;
  const id = found.kind === 'book' ? (bookIdOf(context.profile, found.order.info) ?? found.order.id) : null;
  if (found.kind !== 'book' || found.order.status !== 'open' || id === null) return NOT_THERE;
  return cancelIn(context, request, id, {});
}

const NOT_THERE: Failure = {
  ...{ kind: 'refused', meaning: 'not_found', reason: 'OTHER' },
  message: 'no list has it',
};

/** Looks at the order until it is as it should become; null: it could not be seen. */
async function look(
  context: AccountContext,
  { clientOrderId, symbol, type }: CancelRequest | AmendRequest,
  isDone: (order: Order) => boolean,
): Promise<Order | null> {
  const { clock } = context;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    if (looks > 0) await pause(clock, LOOK_AGAIN_MS * looks);
    const found: Found = await findOrder(context, type, symbol, clientOrderId);
    if (found.kind === 'failed') return null;
    if (found.kind !== 'absent' && isDone(found.order)) return found.order;
  }
  return null;
}

/** Null: the exchange has not said, and nobody here knows. */
function quantitiesOf(
  context: AccountContext,
  known: KnownOrder,
  order: Order,
): { readonly orderQty: Lots; readonly cumQty: Lots } | null {
  const traded = tradedOf(context, known.symbol);
  const orderQty = order.amount === null ? known.orderQty : lotsOf(traded.instrument, order.amount);
  const cumQty = order.filled === null && known.orderId === null ? 0 : filledQty(traded, order);
  return orderQty === null || cumQty === null ? null : { orderQty, cumQty };
}

function timeOf({ clock }: AccountContext, { lastUpdateTimestamp }: Order): TimeMs {
  return lastUpdateTimestamp ?? clock.now();
}

function refuse(context: AccountContext, request: CancelRequest | AmendRequest, failure: Failure): void {
  if (failure.kind === 'unknown') return sayUnknown(context, request);
  noteMode(context, failure);
  complain(context, request, failure);
  refuseFor(context, request, failure.kind === 'refused' ? failure.reason : 'NOT_SENT');
}

function refuseFor(
  context: AccountContext,
  { clientOrderId, symbol, type }: CancelRequest | AmendRequest,
  reason: RejectReason,
): void {
  context.say({ type: 'request_refused', request: type, symbol, clientOrderId, unknownOrder: false, reason });
}

function unknownOrder(
  context: AccountContext,
  { clientOrderId, symbol, type }: CancelRequest | AmendRequest,
): void {
  context.say({
    type: 'request_refused',
    request: type,
    symbol,
    clientOrderId,
    unknownOrder: true,
    reason: null,
  });
}
