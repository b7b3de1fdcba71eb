import { instrumentOf, lotsOf, sayUnknown } from '@bowline/exchange-binance-common';
import type { Instrument } from '@bowline/domain';
import type { ExchangeFact, ExchangeReport, ExchangeRequest } from '@bowline/ports';
import type { BinanceAlgoStatus, BinanceOrderStatus } from '../parse/fields.js';
import { type AccountContext } from './context.js';
import { findOrder } from './find-order.js';
import { tradeReports, tradesOfOrder } from './trades.js';

type OrderStatusFact = Extract<ExchangeFact, { type: 'order_status' }>;
type OrderQuestion = Pick<
  Extract<ExchangeRequest, { type: 'query_order' }>,
  'clientOrderId' | 'symbol' | 'at'
>;

/** Tells an order's trades and how it stands; that it is absent only where neither list and no trade knows of it. */
export async function queryOrder(
  context: AccountContext,
  question: OrderQuestion & { type: 'query_order' },
): Promise<void> {
  const { clientOrderId, symbol } = question;
  const instrument = instrumentOf(context, symbol);
  const found = await findOrder(context, symbol, clientOrderId);
  switch (found.kind) {
    case 'failed':
      return sayUnknown(context, request(question));
    case 'book': {
      const { executedQty, orderId, origQty, status } = found.order;
      const { known } = context;
      const order = known.heard(symbol, clientOrderId, false);
      order.accepted = true;
      known.link(order, orderId);
      const trades =
        executedQty.units === 0n ? [] : await reportsOfOrder(context, instrument, clientOrderId, orderId);
      const orderStatus = STATUSES[status];
      if (trades === null || orderStatus === null) return sayUnknown(context, request(question));
      if (orderStatus !== 'new' && orderStatus !== 'partially_filled') order.ended = true;
      const cumQty = Math.max(lotsOf(instrument, executedQty), totalOf(trades));
      return answer(context, question, trades, {
        orderStatus,
        orderQty: lotsOf(instrument, origQty),
        cumQty,
      });
    }
    case 'algo': {
      const { actualOrderId, algoStatus, quantity } = found.algo;
      const orderQty = lotsOf(instrument, quantity);
      // Its order in the book is forgotten already: what has become of it is in the trades.
      if (actualOrderId !== null)
        return answerByTrades(context, question, instrument, actualOrderId, orderQty);
      context.known.heard(symbol, clientOrderId, true).accepted = true;
      const orderStatus = ALGO_STATUSES[algoStatus];
      if (orderStatus === null) return sayUnknown(context, request(question));
      return answer(context, question, [], { orderStatus, orderQty, cumQty: 0 });
    }
    case 'absent': {
      const order = context.known.get(clientOrderId);
      if (order === undefined || !order.accepted)
        return context.say({ type: 'order_absent', symbol, clientOrderId });
      // It was in place: lists may lag behind, and forget what has not filled after days.
      if (order.orderId === null) return sayUnknown(context, request(question));
      return answerByTrades(context, question, instrument, order.orderId, null);
    }
  }
}

/** The exchange's words for an order in the book; null: one that we do not know. */
const STATUSES: Readonly<Record<BinanceOrderStatus, OrderStatusFact['orderStatus'] | null>> = {
  NEW: 'new',
  PARTIALLY_FILLED: 'partially_filled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
  // Liquidation takes place.
  NEW_INSURANCE: 'new',
  NEW_ADL: 'new',
  unknown: null,
};

/** Of a conditional order that is not in the book. */
const ALGO_STATUSES: Readonly<Record<BinanceAlgoStatus, OrderStatusFact['orderStatus'] | null>> = {
  NEW: 'new',
  // On its way into the book.
  TRIGGERING: 'new',
  TRIGGERED: 'new',
  CANCELED: 'canceled',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  // Filled or canceled, by an order that it does not name.
  FINISHED: null,
  unknown: null,
};

/** Lists do not know the order any more; what has traded of it is known for longer. */
async function answerByTrades(
  context: AccountContext,
  question: OrderQuestion,
  instrument: Instrument,
  orderId: string,
  orderQty: number | null,
): Promise<void> {
  const { clientOrderId } = question;
  const trades = await reportsOfOrder(context, instrument, clientOrderId, orderId);
  if (trades === null) return sayUnknown(context, request(question));
  const cumQty = totalOf(trades);
  if (cumQty === 0 && orderQty === null) return sayUnknown(context, request(question));
  const orderStatus = orderQty !== null && cumQty >= orderQty ? 'filled' : 'canceled';
  return answer(context, question, trades, { orderStatus, orderQty: orderQty ?? cumQty, cumQty });
}

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

function answer(
  context: AccountContext,
  { clientOrderId, symbol }: OrderQuestion,
  trades: readonly ExchangeReport[],
  status: Pick<OrderStatusFact, 'orderStatus' | 'orderQty' | 'cumQty'>,
): void {
  for (const trade of trades) context.tell(trade);
  context.say({ type: 'order_status', symbol, clientOrderId, ...status });
}

function totalOf(trades: readonly ExchangeReport[]): number {
  return trades.reduce((sum, report) => sum + (report.type === 'trade' ? report.lastQty : 0), 0);
}

function request({ at, clientOrderId, symbol }: OrderQuestion): ExchangeRequest {
  return { type: 'query_order', at, clientOrderId, symbol };
}
