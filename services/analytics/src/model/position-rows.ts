import type { ChannelName, LiveRow, PositionView, TradeView } from '@bowline/contracts';
import {
  averagePriceText,
  cashValue,
  formatCash,
  formatUnits,
  priceText,
  quantityText,
  realizedPnlPctText,
  slippageBpsText,
  type Instrument,
  type TimeMs,
} from '@bowline/domain';

export type PositionRow = LiveRow<'strategy_positions'>;
export type TradeRow = LiveRow<'trades'>;

/** A strategy position as a message shows it. What only its end tells is added by `closedRow`. */
export function positionRow(
  { clientId, exchange, symbol }: ChannelName,
  instrument: Instrument,
  view: PositionView,
  at: TimeMs,
): Omit<PositionRow, 'sequence'> {
  const { enteredQty, entryValue, exitValue, openQty, side } = view;
  const exited = Math.max(0, enteredQty - openQty);
  const price = (ticks: number | undefined): string | null =>
    ticks === undefined ? null : priceText(instrument, ticks);
  return {
    clientId,
    exchange,
    symbol,
    strategyPositionId: view.strategyPositionId,
    strategyId: view.strategyId,
    side,
    status: view.status,
    exchangePositionKey: `${symbol}_${side}`,
    openedAt: view.openedAt,
    entryTime: view.entryTime,
    entryPrice: averagePriceText(instrument, entryValue, enteredQty),
    entryQuantity: quantityText(instrument, enteredQty),
    entryValue: formatCash(cashValue(instrument, entryValue)),
    openQuantity: quantityText(instrument, openQty),
    openCost: formatCash(cashValue(instrument, openQty > 0 ? view.cost : 0n)),
    takeProfitPrice: price(view.takeProfit?.price),
    stopLossPrice: price(view.stopLoss?.price),
    exitPrice: averagePriceText(instrument, exitValue, exited),
    exitQuantity: exited === 0 ? null : quantityText(instrument, exited),
    exitValue: formatCash(cashValue(instrument, exitValue)),
    exitTime: null,
    closeReason: view.closing,
    realizedPnl: exited === 0 ? null : formatCash(view.realizedPnl),
    realizedPnlPct: null,
    durationSeconds: null,
    exitOrderId: null,
    fees: formatCash(view.fees),
    funding: formatCash(view.funding),
    netPnl: null,
    protection: view.protection,
    pairStatus: view.pairStatus,
    takeProfitStatus: view.takeProfit?.status ?? null,
    takeProfitOrderId: view.takeProfit?.clientOrderId ?? null,
    stopLossStatus: view.stopLoss?.status ?? null,
    stopLossOrderId: view.stopLoss?.clientOrderId ?? null,
    unprotectedSince: view.unprotectedSince,
    stuck: view.stuck,
    updatedAt: at,
  };
}

/** The row of a position that is over, with what its trade tells. */
export function closedRow<R extends Omit<PositionRow, 'sequence'>>(
  row: R,
  trade: Omit<TradeRow, 'sequence'>,
): R {
  return {
    ...row,
    exitPrice: trade.exitPrice,
    exitQuantity: trade.quantity,
    exitValue: trade.exitValue,
    exitTime: trade.exitTime,
    closeReason: trade.closeReason,
    realizedPnl: trade.realizedPnl,
    realizedPnlPct: trade.realizedPnlPct,
    durationSeconds: trade.durationSeconds,
    exitOrderId: trade.exitOrderId,
    takeProfitPrice: trade.takeProfitPrice,
    stopLossPrice: trade.stopLossPrice,
    netPnl: trade.netPnl,
  };
}

/** A strategy position that had a fill and is over. */
export function tradeRow(
  { clientId, exchange, symbol }: ChannelName,
  instrument: Instrument,
  trade: TradeView,
): Omit<TradeRow, 'sequence'> {
  const { entryTime, entryValue, exitTime, exitValue, quantity, realizedPnl, side, signalPrice } = trade;
  const price = (ticks: number | null): string | null =>
    ticks === null ? null : priceText(instrument, ticks);
  const entryCash = cashValue(instrument, entryValue);
  return {
    clientId,
    exchange,
    symbol,
    strategyPositionId: trade.strategyPositionId,
    strategyId: trade.strategyId,
    side,
    quantity: quantityText(instrument, quantity),
    entryTime,
    entryPrice: averagePriceText(instrument, entryValue, quantity)!,
    entryValue: formatCash(entryCash),
    exitTime,
    exitPrice: averagePriceText(instrument, exitValue, quantity)!,
    exitValue: formatCash(cashValue(instrument, exitValue)),
    closeReason: trade.closeReason,
    realizedPnl: formatCash(realizedPnl),
    realizedPnlPct: realizedPnlPctText(realizedPnl, entryCash),
    fees: formatCash(trade.fees),
    funding: formatCash(trade.funding),
    netPnl: formatCash(trade.netPnl),
    durationSeconds: formatUnits(BigInt(Math.round(exitTime - entryTime)), 3),
    signalPrice: price(signalPrice),
    slippageBps: slippageBpsText(side, entryValue, quantity, signalPrice),
    takeProfitPrice: price(trade.takeProfitPrice),
    stopLossPrice: price(trade.stopLossPrice),
    orders: trade.orders.map(({ generation, leg }) => `${leg}${generation}`).join(' '),
    exitOrderId: trade.exitOrderId,
  };
}
