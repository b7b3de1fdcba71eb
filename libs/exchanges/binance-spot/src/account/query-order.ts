import { instrumentOf, lotsOf, sayUnknown } from '@bowline/exchange-binance-common';
import type { Instrument, Lots } from '@bowline/domain';
import type { ExchangeFact, ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { order as orderSchema, type Order, type SpotOrderStatus } from '../parse/rest.js';
import type { AccountContext } from './context.js';
import { tradeReports, tradesOfOrder } from './trades.js';

type OrderStatusFact = Extract<ExchangeFact, { type: 'order_status' }>;
type OrderQuestion = Pick<
  Extract<ExchangeRequest, { type: 'query_order' }>,
  'type' | 'clientOrderId' | 'symbol' | 'at'
>;

/** Tells an order's trades and how it stands; that it is absent only where neither the list nor a trade knows of it. */
export async function queryOrder(context: AccountContext, question: OrderQuestion): Promise<void> {
  const { at, clientOrderId, symbol } = question;
  const request = { type: 'query_order', at, clientOrderId, symbol } as const;
  const instrument = instrumentOf(context, symbol);
  const params = { symbol, origClientOrderId: clientOrderId };
  const found = await context.rest.signed('GET', '/api/v3/order', orderSchema, params);
  if (found.kind === 'ok') {
    const told = await tellOrder(context, instrument, found.value);
    return told ? undefined : sayUnknown(context, request);
  }
  if (found.kind !== 'refused' || found.meaning !== 'not_in_list') return sayUnknown(context, request);
  const order = context.known.get(clientOrderId);
  if (order === undefined || !order.accepted)
    return context.say({ type: 'order_absent', symbol, clientOrderId });
  // It was in place: the list may lag behind, and forgets after months what has not filled.
  const trades =
    order.orderId === null ? null : await reportsOfOrder(context, instrument, clientOrderId, order.orderId);
  const cumQty = totalOf(trades ?? []);
  if (trades === null || cumQty === 0) return sayUnknown(context, request);
  for (const trade of trades) context.tell(trade);
  context.say({
    type: 'order_status',
    symbol,
    clientOrderId,
    orderStatus: 'canceled',
    orderQty: cumQty,
    cumQty,
  });
}

/** False: how it stands could not be found out. */
async function tellOrder(
  context: AccountContext,
  instrument: Instrument,
  { clientOrderId, executedQty, orderId, origQty, status, symbol }: Order,
): Promise<boolean> {
  const { known } = context;
  const order = known.heard(symbol, clientOrderId);
  order.accepted = true;
  known.link(order, orderId);
  const trades =
    executedQty.units === 0n ? [] : await reportsOfOrder(context, instrument, clientOrderId, orderId);
  const orderStatus = STATUSES[status];
  if (trades === null || orderStatus === null) return false;
  if (orderStatus !== 'new' && orderStatus !== 'partially_filled') order.ended = true;
  const cumQty = Math.max(lotsOf(instrument, executedQty), totalOf(trades));
  for (const trade of trades) context.tell(trade);
  const orderQty = lotsOf(instrument, origQty);
  context.say({ type: 'order_status', symbol, clientOrderId, orderStatus, orderQty, cumQty });
  return true;
}

/** The exchange's words; null: one that we do not know. */
const STATUSES: Readonly<Record<SpotOrderStatus, OrderStatusFact['orderStatus'] | null>> = {
  NEW: 'new',
  // Of a list, waiting for the one before it.
  PENDING_NEW: 'new',
  PARTIALLY_FILLED: 'partially_filled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  // Not in use, says the documentation.
  PENDING_CANCEL: null,
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
  unknown: null,
};

/** Null: they could not be read. */
async function reportsOfOrder(
  context: AccountContext,
  instrument: Instrument,
  clientOrderId: string,
  orderId: string,
): Promise<readonly ExchangeReport[] | null> {
  const trades = await tradesOfOrder(context, instrument.symbol, orderId);
  if (trades.kind !== 'ok') return null;
  return tradeReports(context, instrument, trades.value, () => clientOrderId);
}

function totalOf(trades: readonly ExchangeReport[]): Lots {
  return trades.reduce((sum, report) => sum + (report.type === 'trade' ? report.lastQty : 0), 0);
}
