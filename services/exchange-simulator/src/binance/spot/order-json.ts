import { tickLots, type Instrument, type TimeMs } from '@bowline/domain';
import type { TradeReport } from '@bowline/exchange-simulator';
import { cashText } from '../common/decimal-text.js';
import type { Books } from './books.js';
import { isListOver, type ListRecord, type OrderRecord } from './order-records.js';
import { typeOf } from './place.js';
import { spotPrice, spotQty, withDecimals } from './spot-texts.js';

export type Json = Readonly<Record<string, unknown>>;

/** How much an answer to a new order says. */
export type AnswerKind = 'ACK' | 'RESULT' | 'FULL';

export function statusText({ expireReason, isPending, status }: OrderRecord): string {
  if (isPending && status === 'NEW') return 'PENDING_NEW';
  return status === 'EXPIRED' && expireReason === 'SELF_TRADE' ? 'EXPIRED_IN_MATCH' : status;
}

/** Why it has expired, in Binance's words; null: it has not, or by what its status says. */
export function expiryReasonOf({ expireReason, isPending, status }: OrderRecord): string | null {
  if (status !== 'EXPIRED') return null;
  switch (expireReason) {
    case 'IOC_REMAINDER':
      return 'UNFILLED_IOC_QUANTITY_EXPIRED';
    case 'FOK_UNFILLED':
      return 'UNFILLED_FOK_ORDER_EXPIRED';
    case 'NO_LIQUIDITY':
      return 'INSUFFICIENT_LIQUIDITY';
    case 'ORDER_LIST':
      return isPending ? 'OTO_PHASE_ONE_EXPIRED' : 'OCO_TRIGGER';
    case 'WOULD_TRIGGER':
    case 'POST_ONLY':
    case 'INSUFFICIENT_MARGIN':
      return 'REJECTED';
    case 'SELF_TRADE':
      return null;
    default:
      return 'EXCHANGE_CANCELED';
  }
}

/** Orders without a limit price and post-only ones are called good till canceled. */
export function timeInForceText({ timeInForce, price }: OrderRecord): string {
  return price === null || timeInForce === 'GTX' ? 'GTC' : timeInForce;
}

export function listIdOf({ list }: OrderRecord): number {
  return list?.orderListId ?? -1;
}

/** What a new order is answered with. */
export function newOrderAnswer(books: Books, record: OrderRecord, kind: AnswerKind): Json {
  const { clientOrderId, createdTime, orderId, symbol } = record;
  const named = { symbol, orderId, orderListId: listIdOf(record), clientOrderId };
  const acknowledged = { ...named, transactTime: kind === 'ACK' ? createdTime : record.updatedTime };
  if (kind === 'ACK') return acknowledged;
  const { instrument } = books.listed(symbol);
  return {
    ...acknowledged,
    ...terms(instrument, record),
    workingTime: record.workingTime ?? -1,
    ...(kind === 'FULL' && { fills: tradesOf(books, record).map((trade) => fillJson(instrument, trade)) }),
  };
}

/** What an order is answered with that was canceled by request. */
export function canceledAnswer(books: Books, record: OrderRecord, cancelId: string, at: TimeMs): Json {
  const { clientOrderId, orderId, symbol } = record;
  return {
    ...{ symbol, origClientOrderId: clientOrderId, orderId, orderListId: listIdOf(record) },
    ...{ clientOrderId: cancelId, transactTime: at },
    ...terms(books.listed(symbol).instrument, record),
  };
}

/** An order as queries have it. */
export function queriedOrder(books: Books, record: OrderRecord): Json {
  const { clientOrderId, createdTime, orderId, stopPrice, symbol, updatedTime, workingTime } = record;
  const { instrument } = books.listed(symbol);
  return {
    ...{ symbol, orderId, orderListId: listIdOf(record), clientOrderId },
    ...terms(instrument, record),
    stopPrice: spotPrice(instrument, stopPrice),
    icebergQty: spotQty(instrument, 0),
    ...{ time: createdTime, updateTime: updatedTime },
    isWorking: workingTime !== null,
    workingTime: workingTime ?? -1,
  };
}

/** A list, with what Binance says of its orders where that is asked for. */
export function listJson(list: ListRecord, at: TimeMs, isNew = false): Json {
  const over = !isNew && isListOver(list);
  return {
    orderListId: list.orderListId,
    contingencyType: list.contingencyType,
    listStatusType: over ? 'ALL_DONE' : 'EXEC_STARTED',
    listOrderStatus: over ? 'ALL_DONE' : 'EXECUTING',
    listClientOrderId: list.listClientOrderId,
    transactionTime: at,
    symbol: list.symbol,
    orders: list.orders.map(({ clientOrderId, orderId, symbol }) => ({ symbol, orderId, clientOrderId })),
  };
}

/** Of a list that is canceled: itself, and each of its orders. */
export function canceledList(books: Books, list: ListRecord, cancelId: string, at: TimeMs): Json {
  const orderReports = list.orders.map((order) => canceledAnswer(books, order, cancelId, at));
  return { ...listJson(list, at), orderReports };
}

/** A trade of the account's, as `/api/v3/myTrades` has it. */
export function tradeJson(books: Books, trade: TradeReport): Json {
  const { instrument } = books.listed(trade.symbol);
  const record = books.orders.byOrderId(trade.account, trade.orderId ?? -1);
  return {
    symbol: trade.symbol,
    id: trade.tradeId,
    orderId: trade.orderId,
    orderListId: record === null ? -1 : listIdOf(record),
    price: spotPrice(instrument, trade.lastPx),
    qty: spotQty(instrument, trade.lastQty),
    quoteQty: cashText(tickLots(trade.lastPx, trade.lastQty) * instrument.tickLotCash),
    ...commissionOf(instrument, trade),
    time: trade.time,
    isBuyer: trade.side === 'BUY',
    isMaker: trade.liquidity === 'MAKER',
    isBestMatch: true,
  };
}

/** What a trade has cost, and in which asset. */
export function commissionOf(
  { base, settle }: Instrument,
  { baseFee, fee }: Pick<TradeReport, 'baseFee' | 'fee'>,
): { readonly commission: string; readonly commissionAsset: string } {
  return baseFee === 0n
    ? { commission: cashText(fee), commissionAsset: settle }
    : { commission: cashText(baseFee), commissionAsset: base };
}

export function quoteAmountText({ quoteOrderQty }: OrderRecord): string {
  return withDecimals(quoteOrderQty ?? '0');
}

function terms(instrument: Instrument, record: OrderRecord): Json {
  const expiryReason = expiryReasonOf(record);
  return {
    price: spotPrice(instrument, record.price),
    origQty: spotQty(instrument, record.orderQty),
    executedQty: spotQty(instrument, record.cumQty),
    origQuoteOrderQty: quoteAmountText(record),
    cummulativeQuoteQty: cashText(record.cumValue * instrument.tickLotCash),
    status: statusText(record),
    timeInForce: timeInForceText(record),
    type: typeOf(record),
    side: record.side,
    ...(record.stopPrice !== null && { stopPrice: spotPrice(instrument, record.stopPrice) }),
    selfTradePreventionMode: record.selfTradePrevention,
    ...(expiryReason !== null && { expiryReason }),
  };
}

function tradesOf({ exchange }: Books, { account, createdTime, cumQty, orderId, symbol }: OrderRecord) {
  if (cumQty === 0) return [];
  return exchange
    .trades(account, symbol)
    .filter((trade) => trade.orderId === orderId && trade.time >= createdTime);
}

function fillJson(instrument: Instrument, trade: TradeReport): Json {
  return {
    price: spotPrice(instrument, trade.lastPx),
    qty: spotQty(instrument, trade.lastQty),
    ...commissionOf(instrument, trade),
    tradeId: trade.tradeId,
  };
}
