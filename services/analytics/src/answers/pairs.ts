import type { PairItem } from '@bowline/contracts';
import type { PositionRow } from '../model/position-rows.js';
import { isoText } from './items.js';

/** Whether the position has legs, or had. */
export function hasPair({ stopLossPrice, takeProfitPrice }: PositionRow): boolean {
  return takeProfitPrice !== null || stopLossPrice !== null;
}

/** The pair that protects a strategy position. */
export function pairOf(row: PositionRow): PairItem {
  const { clientId, exchange, sequence, strategyId, strategyPositionId, symbol } = row;
  return {
    sequence,
    clientId,
    exchange,
    symbol,
    strategyId,
    strategyPositionId,
    exchangePositionKey: row.exchangePositionKey,
    side: row.side,
    openQuantity: row.openQuantity,
    entryPrice: row.entryPrice,
    status: row.pairStatus,
    protection: row.protection,
    takeProfit: leg(row.takeProfitPrice, row.takeProfitStatus, row.takeProfitOrderId),
    stopLoss: leg(row.stopLossPrice, row.stopLossStatus, row.stopLossOrderId),
    closeReason: row.closeReason,
    unprotectedSince: row.unprotectedSince === null ? null : isoText(row.unprotectedSince),
    stuck: row.stuck,
    updatedAt: isoText(row.updatedAt),
  };
}

function leg(
  price: string | null,
  status: string | null,
  clientOrderId: string | null,
): PairItem['takeProfit'] {
  return price === null ? null : { price, status, clientOrderId };
}
