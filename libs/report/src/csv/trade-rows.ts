import {
  cashValue,
  formatCash,
  formatUnits,
  fractionText,
  maximumAdverse,
  maximumFavorable,
  realizedPnlPctText,
  slippageBpsText,
} from '@bowline/domain';
import type { HistoricalResult, OrderRecord, TradeRecord } from '@bowline/ports';
import type { OrderIds } from '../order-ids.js';
import type { CsvFile } from './csv-file.js';
import { fastAveragePriceText, fastQuantityText } from './decimal-text.js';
import { fastTimeText } from './time-text.js';

/** Writes the rows of trades.csv, in the order of `REPORT_TABLES.trades`. */
export function writeTrades(file: CsvFile, result: HistoricalResult, ids: OrderIds): void {
  const entries = entryOrders(result);
  const entryTimeText = fastTimeText();
  const exitTimeText = fastTimeText();
  for (const trade of result.trades) {
    const { clientId, exchange, symbol, instrument } = result.channels[trade.channel];
    const { side, quantity, entryValue } = trade;
    const excursions = {
      mae: maximumAdverse(side, entryValue, quantity, trade.worstPrice),
      mfe: maximumFavorable(side, entryValue, quantity, trade.bestPrice),
    };
    const entry = entries[trade.channel].get(trade.strategyPositionId);
    file.row([
      clientId,
      exchange,
      symbol,
      trade.strategyId,
      trade.strategyPositionId,
      side,
      fastQuantityText(instrument, quantity),
      entryTimeText(trade.entryTime),
      fastAveragePriceText(instrument, entryValue, quantity),
      exitTimeText(trade.exitTime),
      fastAveragePriceText(instrument, trade.exitValue, quantity),
      trade.closeReason,
      formatCash(trade.realizedPnl),
      realizedPnlPctText(trade.realizedPnl, cashValue(instrument, entryValue)),
      formatCash(trade.fees),
      formatCash(trade.netPnl),
      formatUnits(BigInt(trade.exitTime - trade.entryTime), 3),
      trade.orders.map((key) => ids.id(trade.channel, trade.strategyId, key)).join(' '),
      formatCash(trade.funding),
      formatCash(cashValue(instrument, excursions.mae)),
      formatCash(cashValue(instrument, excursions.mfe)),
      slippageBpsText(side, entryValue, quantity, trade.signalPrice),
      latencyText(trade, entry),
      entry === undefined ? null : fractionText(BigInt(entry.filled), BigInt(entry.ordered)),
    ]);
  }
}

/** The entry orders of one strategy position taken together. */
interface Entry {
  created: number;
  ordered: number;
  filled: number;
}

function entryOrders({ channels, orders }: HistoricalResult): Map<string, Entry>[] {
  const entries = channels.map(() => new Map<string, Entry>());
  for (const order of orders) if (order.key.leg === 'e') note(entries[order.channel], order);
  return entries;
}

function note(entries: Map<string, Entry>, { key, createdTime, orderQty, cumQty }: OrderRecord): void {
  const entry = entries.get(key.strategyPositionId);
  if (entry === undefined) {
    entries.set(key.strategyPositionId, { created: createdTime, ordered: orderQty, filled: cumQty });
    return;
  }
  entry.created = Math.min(entry.created, createdTime);
  entry.ordered += orderQty;
  entry.filled += cumQty;
}

function latencyText(trade: TradeRecord, entry: Entry | undefined): string | null {
  return entry === undefined ? null : String(trade.entryTime - entry.created);
}
