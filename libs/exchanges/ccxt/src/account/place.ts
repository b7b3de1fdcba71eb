import {
  parseDecimal,
  priceText,
  quantityText,
  type Instrument,
  type Lots,
  type RejectReason,
  type TimeMs,
} from '@bowline/domain';
import type { ExchangeRequest } from '@bowline/ports';
import type { CallOptions } from '../ccxt/session.js';
import type { CcxtExchange, Params } from '../ccxt/shape.js';
import { order as orderSchema } from '../parse/account.js';
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
import type { KnownOrder } from './known-orders.js';
import { queryOrder } from './query-order.js';

type PlaceRequest = Extract<ExchangeRequest, { type: 'place' }>;

/** Places an order. */
export async function placeOrder(context: AccountContext, request: PlaceRequest): Promise<void> {
  const { clock, known, profile } = context;
  const { clientOrderId, symbol, terms } = request;
  const age = ageOf(context, request);
  if (clock.now() > age.deadline) return reject(context, request, 'NOT_SENT');
  const { instrument, market } = tradedOf(context, symbol);
  const isStop = terms.orderType === 'stop_market';
  const placed = known.placed(symbol, clientOrderId, isStop && profile.conditional !== null, terms.orderQty);
  const side = terms.side === 'BUY' ? 'buy' : 'sell';
  const sent = await ask(
    ...([context, 'place', `order ${clientOrderId}`, orderSchema] as const),
    (exchange) => {
      const quantity = exactly(quantityText(instrument, terms.orderQty), (value) =>
        exchange.amountToPrecision(market, value),
      );
      const price = priceOf(exchange, instrument, market, terms.limitPrice);
      const params = { ...paramsOf(context, request), ...age.params };
      return exchange.createOrder(
        market,
        terms.orderType === 'limit' ? 'limit' : 'market',
        side,
        quantity,
        price,
        params,
      );
    },
    age.options,
  );
  if (sent.kind === 'ok' && sent.value.status !== 'rejected') {
    const { id, lastUpdateTimestamp, timestamp } = sent.value;
    // An answer without an order is none.
    if (id === null) return sayUnknown(context, request);
    if (placed.isConditional) placed.stopId = id;
    else known.link(placed, id);
    return accept(context, placed, terms.orderQty, lastUpdateTimestamp ?? timestamp ?? clock.now());
  }
  if (sent.kind === 'ok') return reject(context, request, 'OTHER');
  if (sent.kind === 'unknown') return sayUnknown(context, request);
  noteMode(context, sent);
  if (sent.kind === 'refused' && sent.meaning === 'duplicate')
    return queryOrder(context, { ...request, type: 'query_order' });
  complain(context, request, sent);
  return reject(context, request, reasonOf(sent, isStop));
}

/** Tells that the order is in place, where nobody has. */
export function accept(context: AccountContext, known: KnownOrder, orderQty: Lots, at: TimeMs): void {
  if (known.accepted) return;
  known.accepted = true;
  known.orderQty = orderQty;
  const { clientOrderId, symbol } = known;
  context.say(
    { type: 'order', symbol, clientOrderId, execType: 'accept', orderQty, cumQty: 0, reason: null },
    at,
  );
}

/**
 * Until when a request may be carried out, and how the exchange is told. One that can be told only how old a request
 * may be from when it was signed gets half of the window, and the way there the other half.
 */
export function ageOf(
  { profile, recvWindowMs, session }: AccountContext,
  { at, expiresAt }: { readonly at: TimeMs; readonly expiresAt: TimeMs | null },
): { readonly deadline: TimeMs; readonly options: CallOptions; readonly params: Params } {
  const deadline = Math.min(at + recvWindowMs / 2, expiresAt ?? Infinity);
  const until = Math.round(at + recvWindowMs + session.clockOffsetMs);
  const { age } = profile;
  const headers = age?.by === 'header' ? { [age.name]: String(until) } : {};
  const params = age?.by === 'param' ? { [age.name]: new Date(until).toISOString() } : {};
  return { deadline, options: { deadline, headers }, params };
}

/**
 * The number to hand to ccxt for a decimal text. ccxt makes a text of it again, rounded to the exchange's steps: it has
 * to be the same. Throws an Error where it is not, so that nothing is sent.
 */
export function exactly(text: string, sentAs: (value: number) => string | undefined): number {
  const value = Number(text);
  const sent = parseDecimal(sentAs(value) ?? '');
  const wanted = parseDecimal(text);
  if (sent !== null && wanted !== null && sent.units === wanted.units && sent.scale === wanted.scale)
    return value;
  throw new RangeError(`ccxt would send something else than ${text}`);
}

/** Undefined: it has none. */
export function priceOf(
  exchange: CcxtExchange,
  instrument: Instrument,
  market: string,
  price: number | null,
): number | undefined {
  if (price === null) return undefined;
  return exactly(priceText(instrument, price), (value) => exchange.priceToPrecision(market, value));
}

function paramsOf(context: AccountContext, { clientOrderId, symbol, terms }: PlaceRequest): Params {
  const { hedgeMode, profile, session } = context;
  const { instrument, market } = tradedOf(context, symbol);
  const { key, orderType, reduceOnly, side, stopPrice, timeInForce } = terms;
  const stop = priceOf(session.exchange, instrument, market, orderType === 'stop_market' ? stopPrice : null);
  const id = sentId(context, clientOrderId);
  return {
    clientOrderId: id,
    ...(orderType === 'limit' && { timeInForce: timeInForce === 'GTX' ? 'PO' : timeInForce }),
    ...(orderType === 'limit' && timeInForce === 'GTX' && { postOnly: true }),
    ...(stop !== undefined && profile.stop(stop, side, id)),
    // In hedge mode the position side says what closes.
    ...(hedgeMode
      ? profile.hedge?.(terms)
      : reduceOnly && instrument.kind !== 'spot' && { reduceOnly: true }),
    ...profile.selfTrade(key.leg === 'e'),
  };
}

function reasonOf(failure: Exclude<Failure, { kind: 'unknown' }>, isStop: boolean): RejectReason {
  if (failure.kind === 'not_sent') return 'NOT_SENT';
  // ccxt's class for it is that of post-only orders too.
  return failure.reason === 'WOULD_TRIGGER' && !isStop ? 'OTHER' : failure.reason;
}

function reject(
  context: AccountContext,
  { clientOrderId, symbol, terms }: PlaceRequest,
  reason: RejectReason,
): void {
  const { orderQty } = terms;
  context.say({ type: 'order', symbol, clientOrderId, execType: 'reject', orderQty, cumQty: 0, reason });
}
