import {
  cashValue,
  openQty,
  unrealized,
  signOf,
  type Cash,
  type ChannelOrder,
  type CloseReason,
  type DenialCode,
  type StrategyPosition,
  type TimeMs,
} from '@bowline/domain';
import type { DenialRecord, OpenPositionRecord, OrderRecord, TradeRecord } from '@bowline/ports';
import type { Extremes } from './bar-index.js';
import type { Desk } from './desk.js';
import type { Held, Slot } from './slot.js';
import { TradeLog } from './trade-log.js';

/** What one client's run leaves behind besides the desks' own records. */
export class RunRecords {
  readonly trades = new TradeLog();
  readonly denials: DenialRecord[] = [];
  readonly ignoredByReason = new Map<string, number>();

  ignored(reason: string, count = 1): void {
    this.ignoredByReason.set(reason, (this.ignoredByReason.get(reason) ?? 0) + count);
  }

  denied({ desk, strategyId }: Slot, code: DenialCode, text: string, time: TimeMs): void {
    this.denials.push({ channel: desk.index, strategyId, time, code, text });
  }
}

/** What a trade record needs of a position that is over. */
export type Finished = Pick<
  StrategyPosition,
  | 'id'
  | 'side'
  | 'enteredQty'
  | 'entryValue'
  | 'exitValue'
  | 'firstFillAt'
  | 'realized'
  | 'fees'
  | 'funding'
  | 'referencePrice'
  | 'filledOrders'
>;

export function tradeRecord(
  { desk, strategyId }: Slot,
  position: Finished,
  extremes: Extremes,
  closeReason: CloseReason,
  at: TimeMs,
): TradeRecord {
  const { enteredQty, entryValue, exitValue, fees, funding, side } = position;
  const realizedPnl = cashValue(desk.market.instrument, position.realized);
  const entry = Math.round(Number(entryValue) / enteredQty);
  const exit = Math.round(Number(exitValue) / enteredQty);
  const lowest = Math.min(extremes.lowest, entry, exit);
  const highest = Math.max(extremes.highest, entry, exit);
  return {
    channel: desk.index,
    strategyId,
    strategyPositionId: position.id,
    side,
    quantity: enteredQty,
    entryTime: position.firstFillAt!,
    entryValue,
    exitTime: at,
    exitValue,
    closeReason,
    realizedPnl,
    fees,
    funding,
    netPnl: realizedPnl - fees + funding,
    worstPrice: side === 'LONG' ? lowest : highest,
    bestPrice: side === 'LONG' ? highest : lowest,
    signalPrice: position.referencePrice,
    orders: position.filledOrders,
  };
}

export function orderRecord(channel: number, strategyId: string, order: ChannelOrder): OrderRecord {
  const { state, terms } = order;
  const { status } = state;
  const shown =
    status === 'partially_filled' ||
    status === 'filled' ||
    status === 'canceled' ||
    status === 'expired' ||
    status === 'rejected';
  return {
    channel,
    strategyId,
    key: terms.key,
    side: terms.side,
    orderType: terms.orderType,
    timeInForce: terms.timeInForce,
    orderQty: terms.orderQty,
    limitPrice: terms.limitPrice,
    stopPrice: terms.stopPrice,
    orderStatus: shown ? status : 'new',
    cumQty: state.cumQty,
    cumValue: state.cumValue,
    createdTime: order.requestedAt,
    updatedTime: order.updatedAt,
  };
}

export function openPositionRecord(desk: Desk, position: StrategyPosition): OpenPositionRecord {
  const held = { ...position, openLots: openQty(position), cost: position.share.cost };
  return markedPosition(desk, position.strategyId, held, {
    realizedPnl: cashValue(desk.market.instrument, position.realized),
    fees: position.fees,
    funding: position.funding,
  });
}

/** An open position, marked at the last close. */
export function markedPosition(
  { index, market }: Desk,
  strategyId: string,
  held: Pick<Held, 'id' | 'side' | 'openLots' | 'cost' | 'firstFillAt' | 'takeProfitPrice' | 'stopLossPrice'>,
  booked: { readonly realizedPnl: Cash; readonly fees: Cash; readonly funding: Cash },
): OpenPositionRecord {
  const { bars, instrument } = market;
  const markPrice = bars.close[bars.length - 1]!;
  const share = { quantity: held.openLots * signOf(held.side), cost: held.cost };
  return {
    channel: index,
    strategyId,
    strategyPositionId: held.id,
    side: held.side,
    openQty: held.openLots,
    cost: held.cost,
    entryTime: held.firstFillAt!,
    takeProfitPrice: held.takeProfitPrice,
    stopLossPrice: held.stopLossPrice,
    markPrice,
    unrealizedPnl: cashValue(instrument, unrealized(share, markPrice)),
    ...booked,
  };
}
