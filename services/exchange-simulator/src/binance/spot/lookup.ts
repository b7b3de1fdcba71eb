import type { TimeMs } from '@bowline/domain';
import { BinanceError, type BinanceCode } from '../common/binance-error.js';
import type { Parameters } from '../common/parameters.js';
import type { Books } from './books.js';
import type { ListRecord, OrderRecord } from './order-records.js';

/** The order that a request names. `code` where it is none. */
export function namedOrder(
  books: Books,
  account: string,
  params: Parameters,
  code: BinanceCode,
  [idName, clientIdName]: readonly [string, string] = ['orderId', 'origClientOrderId'],
): OrderRecord {
  const { instrument } = books.symbolOf(params);
  const orderId = params.integer(idName);
  const clientOrderId = params.text(clientIdName);
  if (orderId === null && clientOrderId === null) throw BinanceError.of(-1102, idName);
  const record =
    orderId === null
      ? books.orders.byClientOrderId(account, clientOrderId ?? '')
      : books.orders.byOrderId(account, orderId);
  const isIt = clientOrderId === null || record?.clientOrderId === clientOrderId;
  if (record?.symbol !== instrument.symbol || !isIt) throw BinanceError.of(code);
  return record;
}

/** The list that a request names. `code` where it is none. */
export function namedList(
  books: Books,
  account: string,
  params: Parameters,
  code: BinanceCode,
  clientIdName: string,
): ListRecord {
  const orderListId = params.integer('orderListId');
  const clientId = params.text(clientIdName);
  if (orderListId === null && clientId === null) throw BinanceError.of(-1102, 'orderListId');
  const list = books.orders
    .lists(account)
    .filter((each) =>
      orderListId === null ? each.listClientOrderId === clientId : each.orderListId === orderListId,
    )
    .at(-1);
  if (list === undefined) throw BinanceError.of(code);
  return list;
}

/** A page of a list: from an id on, or within a time. Without either the last ones. */
export function pageOf<T>(
  items: readonly T[],
  params: Parameters,
  idName: string,
  idOf: (item: T) => number,
  timeOf: (item: T) => TimeMs,
): readonly T[] {
  const fromId = params.integer(idName);
  const [start, end] = [params.integer('startTime'), params.integer('endTime')];
  const limit = params.limit('limit', 500, 1_000);
  const within = items.filter(
    (item) =>
      (fromId === null || idOf(item) >= fromId) &&
      (start === null || timeOf(item) >= start) &&
      (end === null || timeOf(item) <= end),
  );
  return fromId === null && start === null ? within.slice(-limit) : within.slice(0, limit);
}
