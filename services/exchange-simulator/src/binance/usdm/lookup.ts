import { BinanceError, type BinanceCode } from '../common/binance-error.js';
import type { Parameters } from '../common/parameters.js';
import type { Books } from './books.js';
import { isOver, isWaiting, type OrderRecord } from './order-records.js';

/** The order that a request names among the normal ones; one that waits for its price is not there. `code` where it is none. */
export function namedOrder(
  books: Books,
  account: string,
  params: Parameters,
  code: BinanceCode,
  isWanted: (record: OrderRecord) => boolean = () => true,
): OrderRecord {
  const { instrument } = books.symbolOf(params);
  const record = byId(books, account, params);
  const found = record?.symbol === instrument.symbol && record.isOrder && isWanted(record);
  if (record === null || !found) throw BinanceError.of(code);
  return record;
}

/** An order that can be canceled or changed. */
export function isOpenOrder(record: OrderRecord): boolean {
  return record.isOrder && !isOver(record);
}

/** The conditional order that a request names. `code` where it is none. */
export function namedAlgo(
  books: Books,
  account: string,
  params: Parameters,
  code: BinanceCode,
  isWanted: (record: OrderRecord) => boolean = () => true,
): OrderRecord {
  const algoId = params.integer('algoId');
  const clientAlgoId = params.text('clientAlgoId');
  if (algoId === null && clientAlgoId === null) throw BinanceError.of(-1102, 'algoId');
  const record =
    algoId !== null
      ? books.orders.byAlgoId(account, algoId)
      : books.orders.byClientOrderId(account, clientAlgoId ?? '');
  if (record === null || record.algoId === null || !isWanted(record)) throw BinanceError.of(code);
  return record;
}

export { isWaiting };

function byId(books: Books, account: string, params: Parameters): OrderRecord | null {
  const orderId = params.integer('orderId');
  const clientOrderId = params.text('origClientOrderId');
  if (orderId === null && clientOrderId === null) throw BinanceError.of(-1102, 'orderId');
  // Where both are given, Binance looks at the order's own id first.
  return orderId !== null
    ? books.orders.byOrderId(account, orderId)
    : books.orders.byClientOrderId(account, clientOrderId ?? '');
}
