import type { Lots } from '@bowline/domain';
import type { ExchangeFact, ExchangeReport, ExchangeRequest } from '@bowline/ports';
import type { CcxtOrderStatus, Order } from '../parse/account.js';
import { sayUnknown, tradedOf, type AccountContext, type Traded } from './context.js';
import { bookIdOf, findOrder } from './find-order.js';
import { learnTrades, reportsOf } from './order-trades.js';
import { lotsOf } from './units.js';

type OrderStatus = Extract<ExchangeFact, { type: 'order_status' }>['orderStatus'];
type Question = Pick<Extract<ExchangeRequest, { type: 'query_order' }>, 'clientOrderId' | 'symbol' | 'at'>;

/** Tells an order's trades and how it stands; that it is absent only where no list and no trade knows of it. */
export async function queryOrder(
  context: AccountContext,
  { at, clientOrderId, symbol }: Question & { readonly type: 'query_order' },
): Promise<void> {
  const { known } = context;
  const traded = tradedOf(context, symbol);
  const question: ExchangeRequest = { type: 'query_order', at, clientOrderId, symbol };
  const found = await findOrder(context, 'query_order', symbol, clientOrderId);
  if (found.kind === 'failed') return sayUnknown(context, question);
  if (found.kind === 'absent') {
    const orderId = known.get(clientOrderId)?.orderId ?? null;
    if (orderId !== null) return answerByTrades(context, question, orderId, null);
    return context.say({ type: 'order_absent', symbol, clientOrderId });
  }
  const { order } = found;
  const orderQty = order.amount === null ? null : lotsOf(traded.instrument, order.amount);
  if (found.kind === 'conditional') {
    // Its order in the book is forgotten already: what has become of it is in the trades.
    if (found.bookId !== null) return answerByTrades(context, question, found.bookId, orderQty);
    known.heard(symbol, clientOrderId, true).accepted = true;
    const orderStatus = STOP_STATUSES[order.status ?? 'unknown'];
    if (orderStatus === null || orderQty === null) return sayUnknown(context, question);
    return context.say({ type: 'order_status', symbol, clientOrderId, orderStatus, orderQty, cumQty: 0 });
  }
  const own = known.heard(symbol, clientOrderId, false);
  own.accepted = true;
  if (order.id !== null) known.link(own, bookIdOf(context.profile, order.info) ?? order.id);
  const filled = filledQty(traded, order);
  if (orderQty === null || filled === null || own.orderId === null) return sayUnknown(context, question);
  const trades =
    filled === 0 ? [] : await tradesOf(context, question.clientOrderId, symbol, own.orderId, order.timestamp);
  if (trades === null) return sayUnknown(context, question);
  const cumQty = Math.max(filled, totalOf(trades));
  const orderStatus = statusOf(order.status ?? 'unknown', orderQty, cumQty);
  if (orderStatus === null) return sayUnknown(context, question);
  if (orderStatus !== 'new' && orderStatus !== 'partially_filled') own.ended = true;
  for (const trade of trades) context.tell(trade);
  context.say({ type: 'order_status', symbol, clientOrderId, orderStatus, orderQty, cumQty });
}

/** What ccxt says of an order in the book, in our words; null: one that we do not know. */
export function statusOf(status: CcxtOrderStatus, orderQty: Lots, cumQty: Lots): OrderStatus | null {
  switch (status) {
    case 'open':
      return cumQty === 0 ? 'new' : cumQty < orderQty ? 'partially_filled' : 'filled';
    // Also of one that was canceled after it had filled in part.
    case 'closed':
      return cumQty < orderQty ? 'canceled' : 'filled';
    case 'canceled':
    case 'expired':
    case 'rejected':
      return status;
    case 'unknown':
      return null;
  }
}

/** What it has filled; null: nobody has said. */
export function filledQty({ instrument }: Traded, { filled, status }: Order): Lots | null {
  if (filled !== null) return lotsOf(instrument, filled);
  return status === 'open' ? 0 : null;
}

/** Of a stop that is not in the book. Closed: by an order that it does not name. */
const STOP_STATUSES: Readonly<Record<CcxtOrderStatus, OrderStatus | null>> = {
  open: 'new',
  canceled: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
  closed: null,
  unknown: null,
};

/** Lists do not know the order any more; what has traded of it is known for longer. */
async function answerByTrades(
  context: AccountContext,
  question: Extract<ExchangeRequest, { type: 'query_order' }>,
  orderId: string,
  orderQty: Lots | null,
): Promise<void> {
  const { clientOrderId, symbol } = question;
  const trades = await tradesOf(context, clientOrderId, symbol, orderId, null);
  if (trades === null) return sayUnknown(context, question);
  const cumQty = totalOf(trades);
  if (cumQty === 0 && orderQty === null) return context.say({ type: 'order_absent', symbol, clientOrderId });
  const orderStatus = orderQty !== null && cumQty >= orderQty ? 'filled' : 'canceled';
  for (const trade of trades) context.tell(trade);
  context.say({
    type: 'order_status',
    symbol,
    clientOrderId,
    orderStatus,
    orderQty: orderQty ?? cumQty,
    cumQty,
  });
}

/** Null: they could not be read. */
async function tradesOf(
  context: AccountContext,
  clientOrderId: string,
  symbol: string,
  orderId: string,
  since: number | null,
): Promise<readonly ExchangeReport[] | null> {
  const order = context.known.heard(symbol, clientOrderId, false);
  const trades = await learnTrades(context, 'query_order', order, orderId, since);
  return trades.kind === 'ok' ? reportsOf(context, order, trades.value) : null;
}

function totalOf(trades: readonly ExchangeReport[]): Lots {
  return trades.reduce((sum, report) => sum + (report.type === 'trade' ? report.lastQty : 0), 0);
}
