import { tickLots, type Lots, type Side, type Ticks, type TimeInForce, type TimeMs } from '@bowline/domain';
import type {
  ExecutionReport,
  NewOrderRequest,
  OrderPositionSide,
  OrderRemarks,
  OrderType,
  SelfTradePrevention,
} from '@bowline/exchange-simulator';
import { randomBytes } from 'node:crypto';
import { BinanceError } from '../common/binance-error.js';
import { checkedPrice, checkedQuantity, checkPercentPrice, minNotionalError } from '../common/filters.js';
import type { Parameters } from '../common/parameters.js';
import type { Books, Listed } from './books.js';
import { isWaiting, type OrderRecord } from './order-records.js';
import { rejectionOf } from './rejections.js';

const CLIENT_ORDER_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/;
const SELF_TRADE_MODES = ['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'] as const;
const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'] as const;

/** Types that only `/fapi/v1/algoOrder` takes, with what they are here. */
const ALGO_TYPES = {
  STOP: 'STOP_LIMIT',
  STOP_MARKET: 'STOP_MARKET',
  TAKE_PROFIT: 'TAKE_PROFIT_LIMIT',
  TAKE_PROFIT_MARKET: 'TAKE_PROFIT_MARKET',
} as const satisfies Readonly<Record<string, OrderType>>;

/** A good-till-date order lives for so long at least. */
const SHORTEST_GTD_MS = 600_000;

/** A new order of `/fapi/v1/order`. Throws a BinanceError. */
export function orderRequest(books: Books, account: string, params: Parameters, at: TimeMs): NewOrderRequest {
  const listed = books.symbolOf(params);
  const side = sideOf(params);
  const type = params.requiredText('type');
  if (Object.hasOwn(ALGO_TYPES, type) || type === 'TRAILING_STOP_MARKET') throw BinanceError.of(-4120);
  if (type !== 'LIMIT' && type !== 'MARKET') throw BinanceError.of(-1116);
  if (params.has('stopPrice')) throw BinanceError.of(-1106, 'stopPrice');
  const common = commonOf(books, account, params, 'newClientOrderId');
  const orderQty = quantityOf(listed, params, type === 'MARKET');
  const limit = type === 'LIMIT' ? limitOf(listed, params, at) : null;
  if (limit === null)
    for (const name of ['price', 'timeInForce']) if (params.has(name)) throw BinanceError.of(-1106, name);
  const request: NewOrderRequest = {
    ...{ kind: 'new', account, symbol: listed.instrument.symbol, side, orderType: type, orderQty },
    ...common,
    ...(limit !== null && { price: limit.price, timeInForce: limit.timeInForce }),
    ...(limit !== null && { remarks: limit.remarks }),
  };
  checkMarket(books, listed, request);
  checkOpenOrders(books, account, listed);
  return request;
}

/** A new conditional order of `/fapi/v1/algoOrder`. Throws a BinanceError. */
export function algoRequest(books: Books, account: string, params: Parameters, at: TimeMs): NewOrderRequest {
  if (params.requiredText('algoType') !== 'CONDITIONAL') throw BinanceError.of(-1130, 'algoType');
  const listed = books.symbolOf(params);
  const side = sideOf(params);
  const type = params.requiredText('type');
  if (!Object.hasOwn(ALGO_TYPES, type)) throw BinanceError.of(-1116);
  const orderType = ALGO_TYPES[type as keyof typeof ALGO_TYPES];
  const closePosition = params.flag('closePosition');
  const isLimit = type === 'STOP' || type === 'TAKE_PROFIT';
  if (closePosition && isLimit) throw BinanceError.of(-4136, type, 'true');
  const common = commonOf(books, account, params, 'clientAlgoId');
  if (closePosition && params.has('quantity')) throw BinanceError.of(-4137);
  if (closePosition && params.has('reduceOnly')) throw BinanceError.of(-1106, 'reduceOnly');
  const orderQty = closePosition ? 0 : quantityOf(listed, params, !isLimit);
  const limit = isLimit ? limitOf(listed, params, at) : null;
  const trigger = params.decimal('triggerPrice');
  if (trigger === null) throw BinanceError.of(-1102, 'triggerPrice');
  if (trigger.units <= 0n) throw BinanceError.of(-4006);
  const workingType =
    params.oneOf('workingType', ['MARK_PRICE', 'CONTRACT_PRICE']) === 'MARK_PRICE'
      ? 'MARK_PRICE'
      : 'LAST_PRICE';
  const remarks: OrderRemarks = {
    ...limit?.remarks,
    ...(params.flag('priceProtect') && { priceProtect: true }),
  };
  const request: NewOrderRequest = {
    ...{ kind: 'new', account, symbol: listed.instrument.symbol, side, orderType, orderQty },
    ...common,
    ...{ stopPrice: checkedPrice(listed.instrument, listed.filters, trigger), workingType },
    ...(limit !== null && { price: limit.price, timeInForce: limit.timeInForce }),
    ...(closePosition && { closePosition }),
    ...(Object.keys(remarks).length > 0 && { remarks }),
  };
  checkConditional(books, request);
  return request;
}

/** Places it. Throws a BinanceError where the exchange does not take it. */
export function placed(books: Books, request: NewOrderRequest): OrderRecord {
  const reports = books.exchange.carryOut(request);
  const own = reports.filter(
    (report) => report.account === request.account && report.clientOrderId === request.clientOrderId,
  );
  const refusal = own.find(({ execType }) => execType === 'REJECTED');
  if (refusal !== undefined) throw rejectionOf(books, request, refusal.rejectCode);
  const record = books.orders.byClientOrderId(request.account, request.clientOrderId);
  if (record === null || isKilled(own)) throw BinanceError.of(-5021);
  return record;
}

/** A fill-or-kill order that found too little: Binance does not know it afterwards. */
export function isKilled(reports: readonly ExecutionReport[]): boolean {
  return reports.some(({ expireReason }) => expireReason === 'FOK_UNFILLED');
}

function sideOf(params: Parameters): Side {
  const side = params.requiredText('side');
  if (side !== 'BUY' && side !== 'SELL') throw BinanceError.of(-1117);
  return side;
}

/** What every order has. */
function commonOf(
  books: Books,
  account: string,
  params: Parameters,
  idName: string,
): Pick<NewOrderRequest, 'clientOrderId' | 'positionSide' | 'reduceOnly' | 'selfTradePrevention'> {
  const clientOrderId = params.text(idName) ?? randomBytes(11).toString('hex');
  if (!CLIENT_ORDER_ID.test(clientOrderId)) throw BinanceError.of(-4015);
  const positionSide =
    params.oneOf<OrderPositionSide>('positionSide', ['BOTH', 'LONG', 'SHORT']) ?? ('BOTH' as const);
  const { hedgeMode } = books.exchange.settingsOf(account);
  if (hedgeMode === (positionSide === 'BOTH')) throw BinanceError.of(-4061);
  const reduceOnly = params.flag('reduceOnly');
  if (hedgeMode && params.has('reduceOnly')) throw BinanceError.of(-1106, 'reduceonly');
  // What an account has that says nothing else.
  const selfTradePrevention =
    params.oneOf<SelfTradePrevention>('selfTradePreventionMode', SELF_TRADE_MODES) ?? 'EXPIRE_MAKER';
  if (params.has('priceMatch') && params.text('priceMatch') !== 'NONE')
    throw BinanceError.of(-1130, 'priceMatch');
  return { clientOrderId, positionSide, ...(!hedgeMode && { reduceOnly }), selfTradePrevention };
}

function quantityOf({ filters, instrument }: Listed, params: Parameters, isMarket: boolean): Lots {
  const quantity = params.decimal('quantity');
  if (quantity === null) throw BinanceError.of(-1102, 'quantity');
  return checkedQuantity(instrument, filters, quantity, isMarket);
}

interface Limit {
  readonly price: Ticks;
  readonly timeInForce: TimeInForce;
  readonly remarks: OrderRemarks;
}

function limitOf({ filters, instrument }: Listed, params: Parameters, at: TimeMs): Limit {
  const price = params.decimal('price');
  if (price === null) throw BinanceError.of(-1102, 'price');
  const asked = params.oneOf('timeInForce', TIMES_IN_FORCE, () => BinanceError.of(-1115));
  // Only a conditional order may leave it out.
  if (asked === null && !params.has('algoType')) throw BinanceError.of(-1102, 'timeInForce');
  const ticks = checkedPrice(instrument, filters, price);
  if (asked !== 'GTD') return { price: ticks, timeInForce: asked ?? 'GTC', remarks: {} };
  const goodTillDate = params.requiredInteger('goodTillDate');
  if (goodTillDate < at + SHORTEST_GTD_MS) throw BinanceError.of(-1130, 'goodTillDate');
  return { price: ticks, timeInForce: 'GTC', remarks: { goodTillDate } };
}

/** Filters that depend on prices: PERCENT_PRICE and MIN_NOTIONAL. */
function checkMarket(books: Books, listed: Listed, request: NewOrderRequest): void {
  const { filters, instrument } = listed;
  const { price, side, symbol } = request;
  const reference = books.markPrice(symbol);
  if (price !== undefined) checkPercentPrice(instrument, filters, side === 'BUY', price, reference);
  checkNotional(books, listed, request);
}

/** What closes is exempt: a residue must be closable. */
function checkNotional(books: Books, { filters, instrument }: Listed, request: NewOrderRequest): void {
  const { account, orderQty, positionSide, price, reduceOnly, side, stopPrice, symbol } = request;
  const { hedgeMode } = books.exchange.settingsOf(account);
  const closes = hedgeMode ? (positionSide === 'LONG') === (side === 'SELL') : reduceOnly === true;
  const valuedAt = price ?? stopPrice ?? books.markPrice(symbol);
  if (closes || valuedAt === null) return;
  if (tickLots(valuedAt, orderQty) * instrument.tickLotCash < filters.minNotional)
    throw minNotionalError(filters);
}

function checkOpenOrders(books: Books, account: string, { filters, instrument }: Listed): void {
  const open = books.exchange
    .openOrders(account, instrument.symbol)
    .filter(({ conditional }) => !conditional);
  if (open.length >= filters.maxNumOrders) throw BinanceError.of(-2025);
}

function checkConditional(books: Books, request: NewOrderRequest): void {
  const { account, closePosition = false, positionSide = 'BOTH', side, symbol } = request;
  const listed = books.listed(symbol);
  const waiting = books.orders.open(account).filter(isWaiting);
  if (waiting.length >= listed.filters.maxNumAlgoOrders) throw BinanceError.of(-4045);
  if (!closePosition) {
    checkNotional(books, listed, request);
    return;
  }
  const isStop = request.orderType.startsWith('STOP');
  const same = waiting.find(
    (other) =>
      other.closePosition &&
      other.symbol === symbol &&
      other.side === side &&
      other.positionSide === positionSide &&
      other.orderType.startsWith('STOP') === isStop,
  );
  if (same !== undefined) throw BinanceError.of(-4130);
  const held = books.position(account, symbol, positionSide)?.quantity ?? 0;
  if (side === 'SELL' ? held <= 0 : held >= 0) throw BinanceError.of(-4509);
}
