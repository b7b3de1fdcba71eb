import type { Instrument, TimeMs } from '@bowline/domain';
import type { OrderType } from '@bowline/exchange-simulator';
import { averageText, cashText, priceText, quantityText } from '../common/decimal-text.js';
import { isOver, type OrderRecord } from './order-records.js';

export type Json = Readonly<Record<string, unknown>>;

const ALGO_TYPES: Readonly<Record<OrderType, string>> = {
  LIMIT: 'LIMIT',
  MARKET: 'MARKET',
  STOP_MARKET: 'STOP_MARKET',
  STOP_LIMIT: 'STOP',
  TAKE_PROFIT_MARKET: 'TAKE_PROFIT_MARKET',
  TAKE_PROFIT_LIMIT: 'TAKE_PROFIT',
};

/** An order's type as it was asked for. */
export function origType({ orderType }: OrderRecord): string {
  return ALGO_TYPES[orderType];
}

/** What an order is in the book: a conditional one has become a market or a limit order. */
export function typeInBook({ orderType, price }: OrderRecord): 'MARKET' | 'LIMIT' {
  return orderType === 'MARKET' || price === null ? 'MARKET' : 'LIMIT';
}

export function timeInForceText({ orderType, remarks, timeInForce }: OrderRecord): string {
  if (remarks['goodTillDate'] !== undefined) return 'GTD';
  // Market orders are immediate anyway; Binance calls them GTC.
  return orderType === 'LIMIT' || orderType.endsWith('LIMIT') ? timeInForce : 'GTC';
}

export function workingTypeText({ workingType }: OrderRecord): 'MARK_PRICE' | 'CONTRACT_PRICE' {
  return workingType === 'MARK_PRICE' ? 'MARK_PRICE' : 'CONTRACT_PRICE';
}

export function orderStatusText({ expireReason, status }: OrderRecord): string {
  return status === 'EXPIRED' && expireReason === 'SELF_TRADE' ? 'EXPIRED_IN_MATCH' : status;
}

export function goodTillDateOf({ remarks }: OrderRecord): TimeMs {
  return Number(remarks['goodTillDate'] ?? 0);
}

/** What a request for an order, or to change or cancel one, is answered with. It carries no average price. */
export function orderAnswer(instrument: Instrument, record: OrderRecord): Json {
  const qty = (lots: number): string => quantityText(instrument, lots);
  return {
    orderId: record.orderId,
    symbol: record.symbol,
    status: orderStatusText(record),
    clientOrderId: record.clientOrderId,
    price: priceText(instrument, record.price),
    origQty: qty(record.orderQty),
    executedQty: qty(record.cumQty),
    cumQty: qty(record.cumQty),
    timeInForce: timeInForceText(record),
    type: typeInBook(record),
    reduceOnly: record.reduceOnly,
    closePosition: record.closePosition,
    side: record.side,
    positionSide: record.positionSide,
    stopPrice: priceText(instrument, record.stopPrice),
    workingType: workingTypeText(record),
    priceProtect: record.remarks['priceProtect'] === true,
    origType: origType(record),
    priceMatch: 'NONE',
    selfTradePreventionMode: record.selfTradePrevention,
    goodTillDate: goodTillDateOf(record),
    updateTime: record.updatedTime,
  };
}

/** The short answer to a new order, where that was asked for: what has become of it comes by the stream. */
export function acknowledgement(instrument: Instrument, record: OrderRecord): Json {
  const none = quantityText(instrument, 0);
  return { ...orderAnswer(instrument, record), status: 'NEW', executedQty: none, cumQty: none };
}

/** An order as queries have it. */
export function queriedOrder(instrument: Instrument, record: OrderRecord): Json {
  const { cumQty: _, ...answer } = orderAnswer(instrument, record) as Json & { cumQty: unknown };
  return {
    ...answer,
    avgPrice: averageText(instrument, record.cumValue, record.cumQty),
    cumQuote: cashText(record.cumValue * instrument.tickLotCash),
    time: record.createdTime,
  };
}

/** Where a conditional order stands. Finished: the order that it became is over, filled or not. */
export function algoStatus(record: OrderRecord): string {
  if (record.triggeredTime !== null) {
    if (!record.isOrder) return 'REJECTED';
    return isOver(record) ? 'FINISHED' : 'TRIGGERED';
  }
  return record.status === 'CANCELED' || record.status === 'EXPIRED' ? record.status : 'NEW';
}

/** What a request for a conditional order is answered with. */
export function algoAnswer(instrument: Instrument, record: OrderRecord): Json {
  return {
    algoId: record.algoId,
    clientAlgoId: record.clientOrderId,
    algoType: 'CONDITIONAL',
    orderType: origType(record),
    symbol: record.symbol,
    side: record.side,
    positionSide: record.positionSide,
    timeInForce: timeInForceText(record),
    quantity: algoQuantity(instrument, record),
    algoStatus: algoStatus(record),
    triggerPrice: priceText(instrument, record.stopPrice),
    price: priceText(instrument, record.price),
    icebergQuantity: null,
    selfTradePreventionMode: record.selfTradePrevention,
    workingType: workingTypeText(record),
    priceMatch: 'NONE',
    closePosition: record.closePosition,
    priceProtect: record.remarks['priceProtect'] === true,
    reduceOnly: record.reduceOnly,
    createTime: record.createdTime,
    updateTime: record.updatedTime,
    triggerTime: record.triggeredTime ?? 0,
    goodTillDate: goodTillDateOf(record),
  };
}

/** A conditional order as queries have it, with the order that it became. */
export function queriedAlgo(instrument: Instrument, record: OrderRecord): Json {
  return {
    ...algoAnswer(instrument, record),
    actualOrderId: record.isOrder ? String(record.orderId) : '',
    actualPrice: averageText(instrument, record.cumValue, record.cumQty),
    actualType: record.isOrder ? typeInBook(record) : '',
    actualQty: quantityText(instrument, record.cumQty),
    tpTriggerPrice: priceText(instrument, null),
    tpPrice: priceText(instrument, null),
    slTriggerPrice: priceText(instrument, null),
    slPrice: priceText(instrument, null),
    tpOrderType: '',
  };
}

/** One that closes whatever there is has no quantity of its own. */
export function algoQuantity(instrument: Instrument, { closePosition, orderQty }: OrderRecord): string {
  return quantityText(instrument, closePosition ? 0 : orderQty);
}
