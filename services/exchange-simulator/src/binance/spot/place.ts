import { randomBytes } from 'node:crypto';
import type { Lots, Side, Ticks, TimeInForce } from '@bowline/domain';
import {
  hasLimitPrice,
  isConditional,
  type NewOrderRequest,
  type OrderRequest,
  type OrderType,
  type RejectCode,
  type SelfTradePrevention,
} from '@bowline/exchange-simulator';
import { BinanceError } from '../common/binance-error.js';
import type { Parameters } from '../common/parameters.js';
import type { Books, Listed } from './books.js';
import { isWaiting, type OrderRecord } from './order-records.js';
import { filterFailure, illegalId, rejected, tooPrecise } from './spot-error.js';
import { checkedPrice, checkedQuantity, checkNotional, checkPercentPrice } from './spot-filters.js';

const CLIENT_ORDER_ID = /^[a-zA-Z0-9-_.:/]{1,36}$/;
const SELF_TRADE_MODES = ['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'] as const;
const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK'] as const;

/** Spot's order types, with what they are here. */
const TYPES = {
  LIMIT: 'LIMIT',
  LIMIT_MAKER: 'LIMIT',
  MARKET: 'MARKET',
  STOP_LOSS: 'STOP_MARKET',
  STOP_LOSS_LIMIT: 'STOP_LIMIT',
  TAKE_PROFIT: 'TAKE_PROFIT_MARKET',
  TAKE_PROFIT_LIMIT: 'TAKE_PROFIT_LIMIT',
} as const satisfies Readonly<Record<string, OrderType>>;

export type SpotType = keyof typeof TYPES;
export const SPOT_TYPES = Object.keys(TYPES) as readonly SpotType[];

/** How the parameters of an order are called: by themselves, or as part of a list (`abovePrice`, `workingSide`). */
export interface LegNames {
  readonly type: string;
  readonly side: string;
  readonly quantity: string;
  readonly clientOrderId: string;
  readonly price: string;
  readonly stopPrice: string;
  readonly trailingDelta: string;
  readonly icebergQty: string;
  readonly timeInForce: string;
}

const ALONE: LegNames = {
  ...{ type: 'type', side: 'side', quantity: 'quantity', clientOrderId: 'newClientOrderId' },
  ...{ price: 'price', stopPrice: 'stopPrice', trailingDelta: 'trailingDelta' },
  ...{ icebergQty: 'icebergQty', timeInForce: 'timeInForce' },
};

/** A new order of `/api/v3/order`. Throws a BinanceError. */
export function orderRequest(books: Books, account: string, params: Parameters): NewOrderRequest {
  const request = legRequest(books, account, params, ALONE);
  checkRoom(books, account, [request]);
  return request;
}

/** One order, as its parameters say it. Throws a BinanceError. */
export function legRequest(
  books: Books,
  account: string,
  params: Parameters,
  names: LegNames,
): NewOrderRequest {
  const listed = books.symbolOf(params);
  const side = sideOf(params, names.side);
  const type = params.requiredText(names.type);
  if (!isSpotType(type)) throw BinanceError.of(-1116);
  refuseUnsupported(params, names);
  const orderType = TYPES[type];
  const isLimit = hasLimitPrice(orderType);
  const timeInForce = timeInForceOf(params, names, type, isLimit);
  const amount = type === 'MARKET' ? amountOf(params) : null;
  const request: NewOrderRequest = {
    ...{ kind: 'new', account, symbol: listed.instrument.symbol, side, orderType },
    clientOrderId: clientOrderIdOf(params, names.clientOrderId),
    orderQty: amount === null ? quantityOf(listed, params, names.quantity, !isLimit) : 0,
    ...(amount !== null && { quoteOrderQty: amount }),
    ...(isLimit && { price: priceOf(listed, params, names.price), timeInForce }),
    ...(isConditional(orderType) && {
      stopPrice: priceOf(listed, params, names.stopPrice),
      workingType: 'LAST_PRICE',
    }),
    selfTradePrevention:
      params.oneOf<SelfTradePrevention>('selfTradePreventionMode', SELF_TRADE_MODES) ?? 'EXPIRE_MAKER',
    // What the engine does not tell of it.
    remarks: { type },
  };
  if (!isLimit) refuseSent(params, names.price);
  if (!isConditional(orderType)) refuseSent(params, names.stopPrice);
  checkTerms(books, listed, request);
  return request;
}

/** Whether there is room for so many more open orders. Throws a BinanceError. */
export function checkRoom(books: Books, account: string, requests: readonly NewOrderRequest[]): void {
  const [{ symbol }] = requests as readonly [NewOrderRequest];
  const { maxNumAlgoOrders, maxNumOrders } = books.listed(symbol).filters;
  const open = books.orders.open(account).filter((record) => record.symbol === symbol);
  const resting = requests.filter(({ orderType }) => orderType !== 'MARKET').length;
  if (resting > 0 && open.length + resting > maxNumOrders) throw filterFailure('MAX_NUM_ORDERS');
  const waiting = requests.filter(({ orderType }) => isConditional(orderType)).length;
  if (waiting > 0 && open.filter(isWaiting).length + waiting > maxNumAlgoOrders)
    throw filterFailure('MAX_NUM_ALGO_ORDERS');
}

/** Places it. Throws a BinanceError where the exchange does not take it. */
export function placed(books: Books, request: NewOrderRequest): OrderRecord {
  carryOut(books, request);
  const record = books.orders.byClientOrderId(request.account, request.clientOrderId);
  if (record === null) throw new Error(`order ${request.clientOrderId} was taken, and is not there`);
  return record;
}

/** Throws a BinanceError where the exchange refuses it. */
export function carryOut(books: Books, request: OrderRequest): void {
  const refusal = books.exchange.carryOut(request).find(({ execType }) => execType === 'REJECTED');
  if (refusal === undefined) return;
  throw refusalOf(refusal.rejectCode, request.kind === 'new' && request.quoteOrderQty !== undefined);
}

export function newId(): string {
  return randomBytes(11).toString('hex');
}

export function clientOrderIdOf(params: Parameters, name: string): string {
  const id = params.text(name) ?? newId();
  if (!CLIENT_ORDER_ID.test(id)) throw illegalId(name);
  return id;
}

export function sideOf(params: Parameters, name: string): Side {
  const side = params.requiredText(name);
  if (side !== 'BUY' && side !== 'SELL') throw BinanceError.of(-1117);
  return side;
}

/** What an order's type is called at Binance. */
export function typeOf({ orderType, remarks, timeInForce }: OrderRecord): SpotType {
  const said = remarks['type'];
  if (typeof said === 'string' && isSpotType(said)) return said;
  // Placed in the exchange's other language.
  if (orderType === 'LIMIT') return timeInForce === 'GTX' ? 'LIMIT_MAKER' : 'LIMIT';
  return SPOT_TYPES.find((type) => TYPES[type] === orderType)!;
}

function isSpotType(type: string): type is SpotType {
  return Object.hasOwn(TYPES, type);
}

function refuseUnsupported(params: Parameters, { icebergQty, trailingDelta }: LegNames): void {
  if (params.has(icebergQty) && Number(params.text(icebergQty)) !== 0) throw rejected('iceberg');
  if (params.has(trailingDelta)) throw rejected('trailing');
}

function timeInForceOf(
  params: Parameters,
  { timeInForce: name }: LegNames,
  type: SpotType,
  isLimit: boolean,
): TimeInForce {
  const asked = params.oneOf(name, TIMES_IN_FORCE, () => BinanceError.of(-1115));
  if (type === 'LIMIT_MAKER' || !isLimit) {
    refuseSent(params, name);
    return 'GTX';
  }
  if (asked === null) throw BinanceError.of(-1102, name);
  return asked;
}

/** What a market order is to spend or bring; null: its quantity is said. */
function amountOf(params: Parameters): string | null {
  const amount = params.decimal('quoteOrderQty');
  if (amount === null) return null;
  refuseSent(params, 'quantity');
  if (amount.scale > 8) throw tooPrecise('quoteOrderQty');
  if (amount.units <= 0n) throw filterFailure('NOTIONAL');
  return params.requiredText('quoteOrderQty');
}

function quantityOf(
  { filters, instrument }: Listed,
  params: Parameters,
  name: string,
  isMarket: boolean,
): Lots {
  const quantity = params.decimal(name);
  if (quantity === null) throw BinanceError.of(-1102, name);
  return checkedQuantity(instrument, filters, quantity, isMarket, name);
}

function priceOf({ filters, instrument }: Listed, params: Parameters, name: string): Ticks {
  const price = params.decimal(name);
  if (price === null) throw BinanceError.of(-1102, name);
  return checkedPrice(instrument, filters, price, name);
}

function checkTerms(books: Books, { filters, instrument }: Listed, request: NewOrderRequest): void {
  const { orderQty, price, quoteOrderQty, side, stopPrice, symbol } = request;
  const last = books.lastPrice(symbol);
  if (price !== undefined) checkPercentPrice(filters, side === 'BUY', price, last);
  if (quoteOrderQty === undefined) checkNotional(instrument, price ?? stopPrice ?? last, orderQty);
}

function refuseSent(params: Parameters, name: string): void {
  if (params.has(name)) throw BinanceError.of(-1106, name);
}

function refusalOf(code: RejectCode | null, isByAmount: boolean): BinanceError {
  switch (code) {
    case 'UNKNOWN_SYMBOL':
      return BinanceError.of(-1121);
    case 'INVALID_CLIENT_ORDER_ID':
      return illegalId('newClientOrderId');
    case 'DUPLICATE_CLIENT_ORDER_ID':
      return rejected('duplicate');
    case 'INSUFFICIENT_BALANCE':
      return rejected('balance');
    case 'POST_ONLY_WOULD_TAKE':
      return rejected('wouldTake');
    case 'WOULD_TRIGGER':
      return rejected('wouldTrigger');
    case 'MIN_NOTIONAL':
      return filterFailure('NOTIONAL');
    case 'INVALID_QUANTITY':
      return isByAmount ? rejected('liquidity') : filterFailure('LOT_SIZE');
    case 'INVALID_PRICE':
    case 'INVALID_STOP_PRICE':
      return filterFailure('PRICE_FILTER');
    case 'INVALID_TIME_IN_FORCE':
      return BinanceError.of(-1115);
    case 'TOO_MANY_OPEN_ORDERS':
      return filterFailure('MAX_NUM_ORDERS');
    case 'TOO_MANY_CONDITIONAL_ORDERS':
      return filterFailure('MAX_NUM_ALGO_ORDERS');
    case 'UNKNOWN_ORDER':
      return BinanceError.of(-2011);
    default:
      return BinanceError.of(-1000);
  }
}
