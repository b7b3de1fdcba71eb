import type { Contingency, NewListRequest, NewOrderRequest } from '@bowline/exchange-simulator';
import { BinanceError } from '../common/binance-error.js';
import type { Call, Route } from '../common/route.js';
import type { Books } from './books.js';
import { namedList, pageOf } from './lookup.js';
import { canceledList, listJson, newOrderAnswer, type Json } from './order-json.js';
import { isListOver, isOver, type ListRecord } from './order-records.js';
import { answerKind, cancelOne, counting, signed } from './order-routes.js';
import { carryOut, checkRoom, clientOrderIdOf, legRequest, type LegNames } from './place.js';
import { filterFailure, rejected } from './spot-error.js';

/** Which of a list's orders wait for their price. */
const STOPS = ['STOP_LOSS', 'STOP_LOSS_LIMIT'];
const TAKES = ['LIMIT_MAKER', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'];

/** `/api/v3/orderList` and its like. (developers.binance.com: spot, trading and account endpoints.) */
export function listRoutes(books: Books): readonly Route[] {
  return [
    signed('POST', 'orderList/oco', 'place', counting(2), (call) =>
      placeList(books, call, 'OCO', ocoLegs(books, call, '')),
    ),
    signed('POST', 'orderList/oto', 'place', counting(2), (call) =>
      placeList(books, call, 'OTO', [workingLeg(books, call), pendingLeg(books, call)]),
    ),
    signed('POST', 'orderList/otoco', 'place', counting(3), (call) =>
      placeList(books, call, 'OTO', [workingLeg(books, call), ...ocoLegs(books, call, 'pending')]),
    ),
    signed('DELETE', 'orderList', 'cancel', 1, (call) => cancelList(books, call)),
    signed('GET', 'orderList', 'query_order', 4, ({ account, params }) =>
      queried(namedList(books, account, params, -2013, 'origClientOrderId')),
    ),
    signed('GET', 'openOrderList', 'query_order', 6, ({ account }) => openLists(books, account).map(queried)),
    signed('GET', 'allOrderList', 'query_order', 20, ({ account, params }) =>
      pageOf(
        books.orders.lists(account),
        params,
        'fromId',
        ({ orderListId }) => orderListId,
        ({ createdTime }) => createdTime,
      ).map(queried),
    ),
  ];
}

/** The two orders of which one cancels the other, the stop first: as Binance lists them. */
function ocoLegs(
  books: Books,
  { account, params }: Call,
  prefix: '' | 'pending',
): readonly NewOrderRequest[] {
  const [above, below] = (['above', 'below'] as const).map((end) => {
    const names = legNames(prefix === '' ? end : `pending${end === 'above' ? 'Above' : 'Below'}`);
    const shared = prefix === '' ? ['side', 'quantity'] : ['pendingSide', 'pendingQuantity'];
    return legRequest(books, account, params, { ...names, side: shared[0]!, quantity: shared[1]! });
  }) as [NewOrderRequest, NewOrderRequest];
  const isSell = above.side === 'SELL';
  const [take, stop] = isSell ? [above, below] : [below, above];
  const [takeType, stopType] = [String(take.remarks?.['type']), String(stop.remarks?.['type'])];
  if (!TAKES.includes(takeType) || !STOPS.includes(stopType)) throw BinanceError.of(-1128);
  checkPrices(books, take, stop, prefix === '');
  return [stop, take];
}

/** A sell takes its profit above the last price and stops below it, a buy the other way round. */
function checkPrices(books: Books, take: NewOrderRequest, stop: NewOrderRequest, isInForce: boolean): void {
  const target = take.stopPrice ?? take.price!;
  const direction = take.side === 'SELL' ? 1 : -1;
  const last = isInForce ? books.lastPrice(take.symbol) : null;
  const isOrdered = (target - stop.stopPrice!) * direction > 0;
  const isAround =
    last === null || ((target - last) * direction > 0 && (last - stop.stopPrice!) * direction > 0);
  if (!isOrdered || !isAround) throw rejected('prices');
}

function workingLeg(books: Books, { account, params }: Call): NewOrderRequest {
  const type = params.requiredText('workingType');
  if (type !== 'LIMIT' && type !== 'LIMIT_MAKER') throw BinanceError.of(-1116);
  return legRequest(books, account, params, legNames('working'));
}

function pendingLeg(books: Books, { account, params }: Call): NewOrderRequest {
  return legRequest(books, account, params, legNames('pending'));
}

function legNames(prefix: string): LegNames {
  return {
    ...{ type: `${prefix}Type`, side: `${prefix}Side`, quantity: `${prefix}Quantity` },
    ...{ clientOrderId: `${prefix}ClientOrderId`, price: `${prefix}Price`, stopPrice: `${prefix}StopPrice` },
    ...{ trailingDelta: `${prefix}TrailingDelta`, icebergQty: `${prefix}IcebergQty` },
    timeInForce: `${prefix}TimeInForce`,
  };
}

function placeList(
  books: Books,
  { account, at, params }: Call,
  contingencyType: Contingency,
  orders: readonly NewOrderRequest[],
): Json {
  const { filters, instrument } = books.symbolOf(params);
  const { symbol } = instrument;
  const listClientOrderId = clientOrderIdOf(params, 'listClientOrderId');
  const open = openLists(books, account);
  if (open.some((list) => list.listClientOrderId === listClientOrderId)) throw rejected('duplicate');
  if (open.filter((list) => list.symbol === symbol).length >= filters.maxNumOrderLists)
    throw filterFailure('MAX_NUM_ORDER_LISTS');
  checkRoom(books, account, orders);
  const kind = answerKind(params, true);
  const request: NewListRequest = {
    ...{ kind: 'newList', account, symbol, contingencyType, orders },
    remarks: { listClientOrderId },
  };
  carryOut(books, request);
  const list = books.orders.byClientOrderId(account, orders[0]!.clientOrderId)?.list ?? null;
  if (list === null) throw new Error(`list ${listClientOrderId} was taken, and is not there`);
  const orderReports = list.orders.map((order) => newOrderAnswer(books, order, kind));
  return { ...listJson(list, at, true), orderReports };
}

function cancelList(books: Books, { account, at, params }: Call): Json {
  const { symbol } = books.symbolOf(params).instrument;
  const list = namedList(books, account, params, -2011, 'listClientOrderId');
  const open = list.orders.find((order) => !isOver(order));
  if (open === undefined || list.symbol !== symbol) throw BinanceError.of(-2011);
  const cancelId = clientOrderIdOf(params, 'newClientOrderId');
  cancelOne(books, open, cancelId);
  return canceledList(books, list, cancelId, at);
}

function openLists(books: Books, account: string): readonly ListRecord[] {
  return books.orders.lists(account).filter((list) => !isListOver(list));
}

function queried(list: ListRecord): Json {
  return listJson(list, list.createdTime);
}
