import type { FillView, OrderView, PositionView, SharesView, TradeView } from '@bowline/contracts';
import {
  cashValue,
  legStatus,
  openQty,
  pairStatus,
  sumOfShares,
  type ChannelOrder,
  type ChannelState,
  type Execution,
  type Lots,
  type StrategyPosition,
} from '@bowline/domain';
import type { OcoManagerSetup, OcoManagerState } from './state.js';

/** A strategy position as it is now. */
export function viewPosition(
  { channel }: OcoManagerState,
  setup: OcoManagerSetup,
  position: StrategyPosition,
): PositionView {
  const { cost } = position.share;
  const { closing, enteredQty, entryValue, exitValue, fees, funding, side, strategyId } = position;
  return {
    strategyPositionId: position.id,
    strategyId,
    side,
    status: statusOf(channel, position),
    openQty: Math.max(0, openQty(position)),
    cost,
    enteredQty,
    entryValue,
    exitValue,
    realizedPnl: cashValue(channel.instrument, position.realized),
    fees,
    funding,
    openedAt: position.openedAt,
    entryTime: position.firstFillAt,
    takeProfit: viewLeg(setup, position, 't'),
    stopLoss: viewLeg(setup, position, 's'),
    protection: position.protection,
    pairStatus: pairStatus(position, channel),
    closing,
    unprotectedSince: position.unprotectedSince,
    stuck: position.stuck,
  };
}

function statusOf(channel: ChannelState, position: StrategyPosition): PositionView['status'] {
  if (channel.positions.get(position.id) !== position) return 'closed';
  if (position.closing !== null) return 'closing';
  return openQty(position) === 0 ? 'opening' : 'open';
}

function viewLeg(
  setup: OcoManagerSetup,
  position: StrategyPosition,
  leg: 't' | 's',
): PositionView['takeProfit'] {
  const price = leg === 't' ? position.takeProfitPrice : position.stopLossPrice;
  if (price === null) return null;
  const order = leg === 't' ? position.takeProfit : position.stopLoss;
  return {
    price,
    status: legStatus(position, leg),
    clientOrderId: order === null ? null : setup.clientOrderId(position.strategyId, order.terms.key),
  };
}

/** A position that is over and had something. */
export function viewTrade(
  { channel }: OcoManagerState,
  setup: OcoManagerSetup,
  position: StrategyPosition,
): TradeView {
  const { enteredQty, entryValue, exitValue, fees, filledOrders, funding, side, strategyId } = position;
  const realizedPnl = cashValue(channel.instrument, position.realized);
  const exit = filledOrders.filter(({ leg }) => leg !== 'e').at(-1);
  return {
    strategyPositionId: position.id,
    strategyId,
    side,
    quantity: enteredQty,
    entryTime: position.firstFillAt!,
    entryValue,
    exitTime: position.lastFillAt,
    exitValue,
    closeReason: position.closedBy ?? 'manual',
    realizedPnl,
    fees,
    funding,
    netPnl: realizedPnl - fees + funding,
    signalPrice: position.referencePrice > 0 ? position.referencePrice : null,
    takeProfitPrice: position.takeProfitPrice,
    stopLossPrice: position.stopLossPrice,
    orders: [...filledOrders],
    exitOrderId: exit === undefined ? null : setup.clientOrderId(strategyId, exit),
  };
}

export function viewOrder(
  setup: OcoManagerSetup,
  strategyId: string,
  { requestedAt, state, terms, updatedAt }: ChannelOrder,
): OrderView {
  const { cumQty, cumValue, orderQty, status } = state;
  const { key, limitPrice, orderType, positionSide, side, stopPrice, timeInForce } = terms;
  return {
    strategyId,
    key,
    clientOrderId: setup.clientOrderId(strategyId, key),
    side,
    positionSide,
    orderType,
    timeInForce,
    orderQty: Math.max(1, orderQty),
    limitPrice,
    stopPrice,
    orderStatus: status === 'initialized' ? 'pending_new' : status === 'denied' ? 'rejected' : status,
    cumQty,
    cumValue,
    createdTime: requestedAt,
    updatedTime: updatedAt,
  };
}

export function viewFill(
  setup: OcoManagerSetup,
  strategyId: string,
  { at, fee, key, report, side }: Execution,
  newQty: Lots,
): FillView {
  return {
    strategyId,
    key,
    clientOrderId: setup.clientOrderId(strategyId, key),
    tradeId: report.tradeId ?? `${key.leg}${key.generation}-${at}`,
    side,
    lastQty: newQty,
    lastPx: report.lastPx,
    fee,
    time: at,
  };
}

export function viewShares({ channel, compared }: OcoManagerState): SharesView {
  const { dust, external, frozen, tradingState } = channel;
  return {
    sumOfShares: sumOfShares(channel),
    external,
    dust,
    exchangeQty: compared?.exchangeQty ?? null,
    exchangeAt: compared?.at ?? null,
    difference: compared?.difference ?? 0,
    frozen,
    tradingState,
  };
}
