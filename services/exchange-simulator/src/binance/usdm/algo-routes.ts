import type { Parameters } from '../common/parameters.js';
import { BinanceError } from '../common/binance-error.js';
import type { Call, RequestKind, Route } from '../common/route.js';
import type { Cost } from '../common/usage.js';
import type { Books } from './books.js';
import { isWaiting, namedAlgo } from './lookup.js';
import { algoAnswer, queriedAlgo, type Json } from './order-json.js';
import type { OrderRecord } from './order-records.js';
import { canceled, forAll, weighing } from './order-routes.js';
import { algoRequest, placed } from './place.js';

const ONE_ORDER: Cost = { weight: 0, ordersIn10Seconds: 1, ordersInMinute: 1 };

/** `/fapi/v1/algoOrder` and its like: orders that wait for a price, a list of their own. */
export function algoRoutes(books: Books): readonly Route[] {
  const of = (
    method: Route['method'],
    path: string,
    kind: RequestKind,
    costOf: (params: Parameters) => Cost,
    handle: (call: Call) => unknown,
  ): Route => ({ method, path: `/fapi/v1/${path}`, security: 'signed', kind, costOf, handle });
  const weight = (one: number) => () => weighing(one);
  return [
    of(
      'POST',
      'algoOrder',
      'place',
      () => ONE_ORDER,
      ({ account, at, params }) => {
        const record = placed(books, algoRequest(books, account, params, at));
        return algoAnswer(books.listed(record.symbol).instrument, record);
      },
    ),
    of('DELETE', 'algoOrder', 'cancel', weight(1), ({ account, params }) => {
      const record = namedAlgo(books, account, params, -2011, isWaiting);
      canceled(books, record);
      return { algoId: record.algoId, clientAlgoId: record.clientOrderId, code: '200', msg: 'success' };
    }),
    of('GET', 'algoOrder', 'query_order', weight(1), ({ account, params }) =>
      queried(books, namedAlgo(books, account, params, -2013)),
    ),
    of('DELETE', 'algoOpenOrders', 'cancel', weight(1), ({ account, params }) => {
      const { instrument } = books.symbolOf(params);
      for (const record of books.orders.open(account))
        if (record.symbol === instrument.symbol && isWaiting(record)) canceled(books, record);
      return { code: 200, msg: 'The operation of cancel all open order is done.' };
    }),
    of(
      'GET',
      'openAlgoOrders',
      'query_order',
      (params) => weighing(forAll(1, 40)(params)),
      ({ account, params }) => openAlgos(books, account, params),
    ),
    of('GET', 'allAlgoOrders', 'query_order', weight(5), (call) => allAlgos(books, call)),
  ];
}

function openAlgos(books: Books, account: string, params: Parameters): readonly Json[] {
  const symbols = new Set(books.symbolsOf(params).map(({ instrument }) => instrument.symbol));
  const algoId = params.integer('algoId');
  return books.orders
    .open(account)
    .filter((record) => isWaiting(record) && symbols.has(record.symbol))
    .filter((record) => algoId === null || record.algoId === algoId)
    .map((record) => queried(books, record));
}

function allAlgos(books: Books, { account, params }: Call): readonly Json[] {
  const { instrument } = books.symbolOf(params);
  const from = params.integer('algoId') ?? 0;
  const startTime = params.integer('startTime') ?? 0;
  const endTime = params.integer('endTime') ?? Number.POSITIVE_INFINITY;
  const limit = params.limit('limit', 500, 1_000);
  const page = params.integer('page') ?? 1;
  if (page < 1) throw BinanceError.of(-1130, 'page');
  return books.orders
    .all(account)
    .filter((record) => record.symbol === instrument.symbol && (record.algoId ?? -1) >= from)
    .filter(({ createdTime }) => createdTime >= startTime && createdTime <= endTime)
    .slice((page - 1) * limit, page * limit)
    .map((record) => queried(books, record));
}

function queried(books: Books, record: OrderRecord): Json {
  return queriedAlgo(books.listed(record.symbol).instrument, record);
}
