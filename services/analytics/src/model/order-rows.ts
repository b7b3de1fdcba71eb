import type { ChannelName, FillView, LiveRow, OrderView } from '@bowline/contracts';
import {
  averagePriceText,
  cashValue,
  formatCash,
  priceText,
  quantityText,
  tickLots,
  type Instrument,
} from '@bowline/domain';

const ENDED: readonly string[] = ['filled', 'canceled', 'rejected', 'expired'];

/** Whether nothing more can come of an order of this status. */
export function isEnded(orderStatus: string): boolean {
  return ENDED.includes(orderStatus);
}

export function orderRow(
  { clientId, exchange, symbol }: ChannelName,
  instrument: Instrument,
  order: OrderView,
): Omit<LiveRow<'orders'>, 'sequence'> {
  const { cumQty, cumValue, key, limitPrice, orderQty, orderStatus, stopPrice } = order;
  const leaves = isEnded(orderStatus) ? 0 : Math.max(0, orderQty - cumQty);
  return {
    clientId,
    exchange,
    symbol,
    clientOrderId: order.clientOrderId,
    strategyId: order.strategyId,
    strategyPositionId: key.strategyPositionId,
    leg: key.leg,
    generation: key.generation,
    side: order.side,
    positionSide: order.positionSide,
    orderType: order.orderType,
    timeInForce: order.timeInForce,
    orderQty: quantityText(instrument, orderQty),
    limitPrice: limitPrice === null ? null : priceText(instrument, limitPrice),
    stopPrice: stopPrice === null ? null : priceText(instrument, stopPrice),
    orderStatus,
    cumQty: quantityText(instrument, cumQty),
    leavesQty: quantityText(instrument, leaves),
    avgPx: averagePriceText(instrument, cumValue, cumQty),
    cumValue: formatCash(cashValue(instrument, cumValue)),
    createdTime: order.createdTime,
    updatedTime: order.updatedTime,
  };
}

export function fillRow(
  { clientId, exchange, symbol }: ChannelName,
  instrument: Instrument,
  fill: FillView,
): Omit<LiveRow<'fills'>, 'sequence'> {
  const { key, lastPx, lastQty } = fill;
  return {
    clientId,
    exchange,
    symbol,
    tradeId: String(fill.tradeId),
    clientOrderId: fill.clientOrderId,
    strategyId: fill.strategyId,
    strategyPositionId: key.strategyPositionId,
    leg: key.leg,
    generation: key.generation,
    side: fill.side,
    lastQty: quantityText(instrument, lastQty),
    lastPx: priceText(instrument, lastPx),
    value: formatCash(cashValue(instrument, tickLots(lastPx, lastQty))),
    fee: formatCash(fill.fee),
    time: fill.time,
  };
}
