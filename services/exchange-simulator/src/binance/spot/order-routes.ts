import { BinanceError, errorBody } from '../common/binance-error.js';
import type { Parameters } from '../common/parameters.js';
import type { Call, RequestKind, Route } from '../common/route.js';
import type { Cost } from '../common/usage.js';
import type { Books } from './books.js';
import { namedOrder, pageOf } from './lookup.js';
import {
  canceledAnswer,
  canceledList,
  newOrderAnswer,
  queriedOrder,
  tradeJson,
  type AnswerKind,
  type Json,
} from './order-json.js';
import { isOver, type ListRecord, type OrderRecord } from './order-records.js';
import { carryOut, clientOrderIdOf, orderRequest, placed } from './place.js';

/** How a route is described: what it weighs, and how many orders it counts as. */
export type Describe = (
  method: Route['method'],
  path: string,
  kind: RequestKind,
  cost: number | Cost | ((params: Parameters) => number),
  handle: (call: Call) => unknown,
) => Route;

/** A signed route below `/api/v3`. */
export const signed: Describe = (method, path, kind, cost, handle) => ({
  ...{ method, path: `/api/v3/${path}`, security: 'signed', kind, handle },
  costOf: (params) =>
    typeof cost === 'object' ? cost : weighing(typeof cost === 'number' ? cost : cost(params)),
});

export function weighing(weight: number): Cost {
  return { weight, ordersIn10Seconds: 0, ordersInMinute: 0 };
}

/** New orders weigh 1, and are counted. */
export function counting(orders: number): Cost {
  return { weight: 1, ordersIn10Seconds: orders, ordersInMinute: orders };
}

/** A weight that a request without a symbol has more of. */
function forAll(one: number, all: number): (params: Parameters) => number {
  return (params) => (params.has('symbol') ? one : all);
}

/** `/api/v3/order` and its like. (developers.binance.com: spot, trading and account endpoints.) */
export function orderRoutes(books: Books): readonly Route[] {
  return [
    signed('POST', 'order', 'place', counting(1), (call) => place(books, call)),
    signed('POST', 'order/test', 'other', 1, ({ account, params }) => {
      orderRequest(books, account, params);
      return {};
    }),
    signed('DELETE', 'order', 'cancel', 1, (call) => cancel(books, call)),
    signed('GET', 'order', 'query_order', 4, ({ account, params }) =>
      queriedOrder(books, namedOrder(books, account, params, -2013)),
    ),
    signed('POST', 'order/cancelReplace', 'place', counting(1), (call) => cancelReplace(books, call)),
    signed('GET', 'openOrders', 'query_order', forAll(6, 80), ({ account, params }) =>
      openOrders(books, account, params).map((record) => queriedOrder(books, record)),
    ),
    signed('DELETE', 'openOrders', 'cancel', 1, (call) => cancelAll(books, call)),
    signed('GET', 'allOrders', 'query_order', 20, ({ account, params }) => {
      const { symbol } = books.symbolOf(params).instrument;
      const orders = books.orders.all(account).filter((record) => record.symbol === symbol);
      const page = pageOf(
        orders,
        params,
        'orderId',
        ({ orderId }) => orderId,
        ({ createdTime }) => createdTime,
      );
      return page.map((record) => queriedOrder(books, record));
    }),
    signed(
      'GET',
      'myTrades',
      'query_position',
      (params) => (params.has('orderId') ? 5 : 20),
      (call) => myTrades(books, call),
    ),
  ];
}

/** How much a new order is to be answered with: market and limit orders are answered at length by themselves. */
export function answerKind(params: Parameters, isPlain: boolean): AnswerKind {
  // Of lists Binance calls the second one so.
  const asked = params.oneOf('newOrderRespType', ['ACK', 'RESULT', 'FULL', 'RESPONSE']);
  if (asked === 'RESPONSE') return 'RESULT';
  return asked ?? (isPlain ? 'FULL' : 'ACK');
}

/** Cancels an order, and with it those of its list. Throws a BinanceError where it is not open. */
export function cancelOne(books: Books, { account, orderId, symbol }: OrderRecord, cancelId: string): void {
  books.cancelId = cancelId;
  try {
    carryOut(books, { kind: 'cancel', account, symbol, orderId });
  } finally {
    books.cancelId = null;
  }
}

function place(books: Books, { account, params }: Call): Json {
  const request = orderRequest(books, account, params);
  const kind = answerKind(params, request.orderType === 'LIMIT' || request.orderType === 'MARKET');
  return newOrderAnswer(books, placed(books, request), kind);
}

function cancel(books: Books, { account, at, params }: Call): Json {
  const record = namedOrder(books, account, params, -2011);
  if (isOver(record)) throw BinanceError.of(-2011);
  refuseRestricted(params, record);
  const cancelId = clientOrderIdOf(params, 'newClientOrderId');
  cancelOne(books, record, cancelId);
  return canceledAnswer(books, record, cancelId, at);
}

function refuseRestricted(params: Parameters, { cumQty }: OrderRecord): void {
  const restricted = params.oneOf('cancelRestrictions', ['ONLY_NEW', 'ONLY_PARTIALLY_FILLED']);
  if (restricted === null || (restricted === 'ONLY_NEW') === (cumQty === 0)) return;
  throw new BinanceError(-2011, 'Order was not canceled due to cancel restrictions.');
}

function openOrders(books: Books, account: string, params: Parameters): readonly OrderRecord[] {
  const symbols = new Set(books.symbolsOf(params).map(({ instrument }) => instrument.symbol));
  return books.orders.open(account).filter(({ symbol }) => symbols.has(symbol));
}

/** Orders that stand alone are told by themselves, the others with their list. */
function cancelAll(books: Books, { account, at, params }: Call): readonly Json[] {
  books.symbolOf(params);
  const open = openOrders(books, account, params);
  if (open.length === 0) throw BinanceError.of(-2011);
  const cancelId = clientOrderIdOf(params, 'newClientOrderId');
  const lists = new Set<ListRecord>();
  const answers: Json[] = [];
  for (const record of open) {
    if (!isOver(record)) cancelOne(books, record, cancelId);
    if (record.list === null) answers.push(canceledAnswer(books, record, cancelId, at));
    else if (!lists.has(record.list)) {
      lists.add(record.list);
      answers.push(canceledList(books, record.list, cancelId, at));
    }
  }
  return answers;
}

/** What became of one half of a request to cancel an order and place another. */
interface Half {
  readonly result: 'SUCCESS' | 'FAILURE' | 'NOT_ATTEMPTED';
  readonly response: Json | null;
}

function cancelReplace(books: Books, call: Call): Json {
  const { params } = call;
  const mode = params.oneOf('cancelReplaceMode', ['STOP_ON_FAILURE', 'ALLOW_FAILURE']);
  if (mode === null) throw BinanceError.of(-1102, 'cancelReplaceMode');
  const canceled = half(() => cancelFirst(books, call));
  const stops = mode === 'STOP_ON_FAILURE' && canceled.result === 'FAILURE';
  const placing = stops
    ? ({ result: 'NOT_ATTEMPTED', response: null } as const)
    : half(() => place(books, call));
  const data = {
    cancelResult: canceled.result,
    newOrderResult: placing.result,
    cancelResponse: canceled.response,
    newOrderResponse: placing.response,
  };
  const done = [canceled, placing].filter(({ result }) => result === 'SUCCESS').length;
  if (done === 2) return data;
  if (done === 0) throw new BinanceError(-2022, 'Order cancel-replace failed.', 400, {}, data);
  throw new BinanceError(-2021, 'Order cancel-replace partially failed.', 409, {}, data);
}

function cancelFirst(books: Books, { account, at, params }: Call): Json {
  const names = ['cancelOrderId', 'cancelOrigClientOrderId'] as const;
  const record = namedOrder(books, account, params, -2011, names);
  if (isOver(record)) throw BinanceError.of(-2011);
  refuseRestricted(params, record);
  const cancelId = clientOrderIdOf(params, 'cancelNewClientOrderId');
  cancelOne(books, record, cancelId);
  return canceledAnswer(books, record, cancelId, at);
}

function half(act: () => Json): Half {
  try {
    return { result: 'SUCCESS', response: act() };
  } catch (error) {
    if (!(error instanceof BinanceError)) throw error;
    return { result: 'FAILURE', response: { ...errorBody(error) } };
  }
}

function myTrades(books: Books, { account, params }: Call): readonly Json[] {
  const { symbol } = books.symbolOf(params).instrument;
  const orderId = params.integer('orderId');
  const trades = books.exchange
    .trades(account, symbol)
    .filter((trade) => orderId === null || trade.orderId === orderId);
  const page = pageOf(
    trades,
    params,
    'fromId',
    ({ tradeId }) => tradeId,
    ({ time }) => time,
  );
  return page.map((trade) => tradeJson(books, trade));
}
