import { cashValue, formatCash, tickLots } from '@bowline/domain';
import type { HistoricalResult, OrderRecord } from '@bowline/ports';
import type { OrderIds } from '../order-ids.js';
import type { CsvFile } from './csv-file.js';
import { fastAveragePriceText, fastPriceText, fastQuantityText } from './decimal-text.js';
import { fastTimeText, timeText } from './time-text.js';

/** Writes the rows of orders.csv, in the order of `REPORT_TABLES.orders`. */
export function writeOrders(file: CsvFile, result: HistoricalResult, ids: OrderIds): void {
  const createdTimeText = fastTimeText();
  const updatedTimeText = fastTimeText();
  for (const order of result.orders) {
    const { clientId, exchange, symbol, instrument } = result.channels[order.channel];
    file.row([
      ids.id(order.channel, order.strategyId, order.key),
      clientId,
      exchange,
      symbol,
      order.strategyId,
      order.key.strategyPositionId,
      order.key.leg,
      String(order.key.generation),
      order.side,
      order.orderType,
      order.timeInForce,
      fastQuantityText(instrument, order.orderQty),
      order.limitPrice === null ? null : fastPriceText(instrument, order.limitPrice),
      order.stopPrice === null ? null : fastPriceText(instrument, order.stopPrice),
      order.orderStatus,
      fastQuantityText(instrument, order.cumQty),
      fastQuantityText(instrument, leavesQty(order)),
      fastAveragePriceText(instrument, order.cumValue, order.cumQty),
      createdTimeText(order.createdTime),
      updatedTimeText(order.updatedTime),
    ]);
  }
}

/** FIX's LeavesQty: nothing is left of an order that has ended, filled or not. */
function leavesQty({ orderStatus, orderQty, cumQty }: OrderRecord): number {
  return orderStatus === 'new' || orderStatus === 'partially_filled' ? orderQty - cumQty : 0;
}

/** Writes the rows of fills.csv, in the order of `REPORT_TABLES.fills`. */
export function writeFills(file: CsvFile, result: HistoricalResult, ids: OrderIds): void {
  const fillTimeText = fastTimeText();
  for (const fill of result.fills) {
    const { clientId, exchange, symbol, instrument } = result.channels[fill.channel];
    file.row([
      fill.tradeId,
      ids.id(fill.channel, fill.strategyId, fill.key),
      clientId,
      exchange,
      symbol,
      fill.strategyId,
      fill.key.strategyPositionId,
      fill.key.leg,
      fill.side,
      fastQuantityText(instrument, fill.lastQty),
      fastPriceText(instrument, fill.lastPx),
      formatCash(cashValue(instrument, tickLots(fill.lastPx, fill.lastQty))),
      formatCash(fill.fee),
      fill.liquidity,
      fillTimeText(fill.time),
    ]);
  }
}

/** Writes the rows of denials.csv, in the order of `REPORT_TABLES.denials`. */
export function writeDenials(file: CsvFile, { channels, denials }: HistoricalResult): void {
  for (const { channel, strategyId, time, code, text } of denials) {
    const { clientId, exchange, symbol } = channels[channel];
    file.row([timeText(time), clientId, exchange, symbol, strategyId, code, text]);
  }
}

/** Writes the rows of equity.csv, in the order of `REPORT_TABLES.equity`: one curve after the other. */
export function writeEquity(file: CsvFile, { equity }: HistoricalResult): void {
  // One for all curves: they are sampled at the same times.
  const sampleTimeText = fastTimeText();
  for (const { clientId, strategyId, startingEquity, times, equity: values } of equity) {
    let peak = startingEquity;
    for (let i = 0; i < times.length; i += 1) {
      const value = values[i];
      if (value > peak) peak = value;
      file.row([sampleTimeText(times[i]), clientId, strategyId, formatCash(value), formatCash(peak - value)]);
    }
  }
}
