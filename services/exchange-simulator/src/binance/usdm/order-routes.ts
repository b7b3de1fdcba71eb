import { tickLots } from '@bowline/domain';
import type { AmendRequest, CancelRequest, TradeReport } from '@bowline/exchange-simulator';
import { BinanceError, errorBody } from '../common/binance-error.js';
import { cashText, priceText, quantityText } from '../common/decimal-text.js';
import { checkedPrice, checkedQuantity, checkPercentPrice } from '../common/filters.js';
import { Parameters } from '../common/parameters.js';
import type { Call, RequestKind, Route } from '../common/route.js';
import type { Cost } from '../common/usage.js';
import type { Books } from './books.js';
import { isOpenOrder, namedOrder } from './lookup.js';
import { acknowledgement, orderAnswer, queriedOrder, type Json } from './order-json.js';
import type { OrderRecord } from './order-records.js';
import { orderRequest, placed } from './place.js';
import { refusalOf } from './rejections.js';

const ONE_ORDER: Cost = { weight: 0, ordersIn10Seconds: 1, ordersInMinute: 1 };
const BATCH: Cost = { weight: 5, ordersIn10Seconds: 5, ordersInMinute: 1 };
const MOST_IN_A_BATCH = 5;
const MOST_CANCELED_AT_ONCE = 10;
const DAY_MS = 86_400_000;

/** `/fapi/v1/order` and its like: orders in the book. */
export function orderRoutes(books: Books): readonly Route[] {
  const of = (
    method: Route['method'],
    path: string,
    kind: RequestKind,
    cost: Cost | ((params: Parameters) => number) | number,
    handle: (call: Call) => unknown,
  ): Route => ({
    ...{ method, path: `/fapi/v1/${path}`, security: 'signed', kind, handle },
    costOf: (params) =>
      typeof cost === 'object' ? cost : weighing(typeof cost === 'number' ? cost : cost(params)),
  });
  return [
    of('POST', 'order', 'place', ONE_ORDER, (call) => place(books, call)),
    of('POST', 'order/test', 'other', 1, ({ account, at, params }) => {
      orderRequest(books, account, params, at);
      return {};
    }),
    of('PUT', 'order', 'amend', ONE_ORDER, (call) => amend(books, call)),
    of('DELETE', 'order', 'cancel', 1, (call) => cancel(books, call)),
    of('GET', 'order', 'query_order', 1, ({ account, params }) =>
      queried(books, namedOrder(books, account, params, -2013)),
    ),
    of('GET', 'openOrder', 'query_order', 1, ({ account, params }) =>
      queried(books, namedOrder(books, account, params, -2013, isOpenOrder)),
    ),
    of('POST', 'batchOrders', 'place', BATCH, (call) =>
      each(call, 'batchOrders', MOST_IN_A_BATCH, (one) => place(books, one)),
    ),
    of('PUT', 'batchOrders', 'amend', BATCH, (call) =>
      each(call, 'batchOrders', MOST_IN_A_BATCH, (one) => amend(books, one)),
    ),
    of('DELETE', 'batchOrders', 'cancel', 1, (call) => cancelList(books, call)),
    of('DELETE', 'allOpenOrders', 'cancel', 1, (call) => cancelAll(books, call)),
    of('GET', 'openOrders', 'query_order', forAll(1, 40), ({ account, params }) => {
      const symbols = new Set(books.symbolsOf(params).map(({ instrument }) => instrument.symbol));
      return books.orders
        .open(account)
        .filter((record) => record.isOrder && symbols.has(record.symbol))
        .map((record) => queried(books, record));
    }),
    of('GET', 'allOrders', 'query_order', 5, (call) => allOrders(books, call)),
    of('GET', 'userTrades', 'query_position', 5, (call) => userTrades(books, call)),
    of('GET', 'forceOrders', 'query_order', forAll(20, 50), (call) => forceOrders(books, call)),
  ];
}

/** A weight that a request without a symbol has more of. */
export function forAll(one: number, all: number): (params: Parameters) => number {
  return (params) => (params.has('symbol') ? one : all);
}

export function weighing(weight: number): Cost {
  return { weight, ordersIn10Seconds: 0, ordersInMinute: 0 };
}

function place(books: Books, { account, at, params }: Call): Json {
  const answered = params.oneOf('newOrderRespType', ['ACK', 'RESULT']) ?? 'ACK';
  const record = placed(books, orderRequest(books, account, params, at));
  const { instrument } = books.listed(record.symbol);
  return answered === 'RESULT' ? orderAnswer(instrument, record) : acknowledgement(instrument, record);
}

function amend(books: Books, { account, params }: Call): Json {
  const record = namedOrder(books, account, params, -2013, isOpenOrder);
  const { filters, instrument } = books.listed(record.symbol);
  if (params.requiredText('side') !== record.side) throw BinanceError.of(-1117);
  const quantity = params.decimal('quantity');
  const price = params.decimal('price');
  if (quantity === null) throw BinanceError.of(-1102, 'quantity');
  if (price === null) throw BinanceError.of(-1102, 'price');
  const ticks = checkedPrice(instrument, filters, price);
  checkPercentPrice(instrument, filters, record.side === 'BUY', ticks, books.markPrice(record.symbol));
  const request: AmendRequest = {
    ...{ kind: 'amend', account, symbol: record.symbol, orderId: record.orderId, price: ticks },
    orderQty: checkedQuantity(instrument, filters, quantity, false),
  };
  refuseWhereRefused(books, request);
  return orderAnswer(instrument, record);
}

function cancel(books: Books, { account, params }: Call): Json {
  const record = namedOrder(books, account, params, -2011, isOpenOrder);
  return canceled(books, record);
}

/** Cancels an order, and answers as a request for it is answered. */
export function canceled(books: Books, { account, orderId, symbol }: OrderRecord): Json {
  refuseWhereRefused(books, { kind: 'cancel', account, symbol, orderId });
  const record = books.orders.byOrderId(account, orderId);
  if (record === null) throw new Error(`order ${orderId} is gone with its cancellation`);
  return orderAnswer(books.listed(symbol).instrument, record);
}

function refuseWhereRefused(books: Books, request: AmendRequest | CancelRequest): void {
  const refusal = books.exchange.carryOut(request).find(({ execType }) => execType === 'REJECTED');
  if (refusal !== undefined) throw refusalOf(refusal.rejectCode);
}

function cancelList(books: Books, { account, at, params }: Call): readonly Json[] {
  const symbol = params.requiredText('symbol');
  const ids = params.list('orderIdList') ?? params.list('orderidlist');
  const clientIds = params.list('origClientOrderIdList') ?? params.list('origclientorderidlist');
  const named = ids?.map((orderId) => ({ symbol, orderId }));
  const wanted = named ?? clientIds?.map((origClientOrderId) => ({ symbol, origClientOrderId }));
  if (wanted === undefined) throw BinanceError.of(-1102, 'orderIdList');
  if (wanted.length === 0 || wanted.length > MOST_CANCELED_AT_ONCE) throw BinanceError.of(-4082);
  return wanted.map((one) =>
    orError(() => cancel(books, { account, at, params: Parameters.ofObject(one, 'orderIdList') })),
  );
}

function cancelAll(books: Books, { account, params }: Call): Json {
  const { instrument } = books.symbolOf(params);
  for (const record of books.orders.open(account))
    if (record.symbol === instrument.symbol && isOpenOrder(record)) canceled(books, record);
  return { code: 200, msg: 'The operation of cancel all open order is done.' };
}

/** Each of a batch by itself: what is refused leaves the others alone. */
function each(call: Call, name: string, most: number, act: (call: Call) => Json): readonly Json[] {
  const list = call.params.list(name);
  if (list === null) throw BinanceError.of(-1102, name);
  if (list.length === 0 || list.length > most) throw BinanceError.of(-4082);
  return list.map((one) => orError(() => act({ ...call, params: Parameters.ofObject(one, name) })));
}

function orError(act: () => Json): Json {
  try {
    return act();
  } catch (error) {
    if (error instanceof BinanceError) return { ...errorBody(error) };
    throw error;
  }
}

function queried(books: Books, record: OrderRecord): Json {
  return queriedOrder(books.listed(record.symbol).instrument, record);
}

/** What a page of a list is asked for by. */
function pageOf<T>(
  items: readonly T[],
  params: Parameters,
  timeOf: (item: T) => number,
  standard: number,
): readonly T[] {
  const startTime = params.integer('startTime');
  const endTime = params.integer('endTime');
  const limit = params.limit('limit', standard, 1_000);
  const within = items.filter(
    (item) =>
      (startTime === null || timeOf(item) >= startTime) && (endTime === null || timeOf(item) <= endTime),
  );
  // From a time on the first ones, and without one the last.
  return startTime === null ? within.slice(-limit) : within.slice(0, limit);
}

function allOrders(books: Books, { account, params }: Call): readonly Json[] {
  const { instrument } = books.symbolOf(params);
  const from = params.integer('orderId');
  const orders = books.orders
    .all(account)
    .filter((record) => record.isOrder && record.symbol === instrument.symbol);
  if (from !== null) {
    const limit = params.limit('limit', 500, 1_000);
    return orders
      .filter(({ orderId }) => orderId >= from)
      .slice(0, limit)
      .map((record) => queried(books, record));
  }
  return pageOf(orders, params, ({ createdTime }) => createdTime, 500).map((record) =>
    queried(books, record),
  );
}

function forceOrders(books: Books, { account, params }: Call): readonly Json[] {
  const symbols = new Set(books.symbolsOf(params).map(({ instrument }) => instrument.symbol));
  const type = params.oneOf('autoCloseType', ['LIQUIDATION', 'ADL']);
  const forced = books.orders
    .all(account)
    .filter(({ clientOrderId, symbol }) => symbols.has(symbol) && forcedType(clientOrderId) !== null)
    .filter(({ clientOrderId }) => type === null || forcedType(clientOrderId) === type);
  return pageOf(forced, params, ({ createdTime }) => createdTime, 50).map((record) => queried(books, record));
}

function forcedType(clientOrderId: string): 'LIQUIDATION' | 'ADL' | null {
  if (clientOrderId.startsWith('autoclose-')) return 'LIQUIDATION';
  return clientOrderId.startsWith('adl_autoclose') ? 'ADL' : null;
}

function userTrades(books: Books, { account, at, params }: Call): readonly Json[] {
  const { instrument } = books.symbolOf(params);
  const orderId = params.integer('orderId');
  const fromId = params.integer('fromId');
  const limit = params.limit('limit', 500, 1_000);
  const { exchange } = books;
  const trades = exchange
    .trades(account, instrument.symbol, fromId === null ? 0 : Math.max(0, fromId - 1))
    .filter((trade) => orderId === null || trade.orderId === orderId);
  if (fromId !== null) {
    return trades.slice(0, limit).map((trade) => tradeJson(books, trade));
  }
  // Without an end of its own a request reaches back for a week.
  const since = params.integer('startTime') ?? (orderId === null ? at - 7 * DAY_MS : 0);
  const recent = trades.filter(({ time }) => time >= since);
  return pageOf(recent, params, ({ time }) => time, 500).map((trade) => tradeJson(books, trade));
}

function tradeJson(books: Books, trade: TradeReport): Json {
  const { instrument } = books.listed(trade.symbol);
  return {
    buyer: trade.side === 'BUY',
    commission: cashText(trade.fee),
    commissionAsset: instrument.settle,
    id: trade.tradeId,
    maker: trade.liquidity === 'MAKER',
    orderId: trade.orderId,
    price: priceText(instrument, trade.lastPx),
    qty: quantityText(instrument, trade.lastQty),
    quoteQty: cashText(tickLots(trade.lastPx, trade.lastQty) * instrument.tickLotCash),
    realizedPnl: cashText(trade.realizedPnl),
    side: trade.side,
    positionSide: trade.positionSide,
    symbol: trade.symbol,
    time: trade.time,
    marginAsset: instrument.settle,
  };
}
