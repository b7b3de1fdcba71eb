import {
  cash,
  cashValue,
  decimal,
  formatCash,
  quantityToLots,
  tickLots,
  priceText,
  type Cash,
} from '@bowline/domain';
import type { LiveModel } from '../model/live-model.js';
import type { PositionRow } from '../model/position-rows.js';
import type { OpenFigures } from '../model/tally.js';

/** An open position at the market's price. */
export interface Marked {
  readonly markPrice: string | null;
  readonly unrealizedPnl: string | null;
}

export function isOpen(row: PositionRow): boolean {
  return row.openQuantity !== '0';
}

export function markedAt(model: LiveModel, row: PositionRow): Marked {
  const unrealized = unrealizedPnl(model, row);
  return {
    markPrice: markText(model, row),
    unrealizedPnl: unrealized === null ? null : formatCash(unrealized),
  };
}

/** The last price of a symbol; null where it is not known. */
export function markText(model: LiveModel, market: Parameters<LiveModel['markOf']>[0]): string | null {
  const mark = model.markOf(market);
  return mark === null ? null : priceText(mark.instrument, mark.last);
}

/** What open positions amount to. */
export function openFigures(model: LiveModel, isWanted: (row: PositionRow) => boolean): OpenFigures {
  let openPositions = 0;
  let unrealized: Cash | null = 0n;
  let booked: Cash = 0n;
  for (const row of model.positions.open()) {
    if (!isOpen(row) || !isWanted(row)) continue;
    openPositions += 1;
    booked += cash(row.realizedPnl ?? '0') - cash(row.fees) + cash(row.funding);
    const own = unrealizedPnl(model, row);
    unrealized = unrealized === null || own === null ? null : unrealized + own;
  }
  return {
    openPositions,
    unrealizedPnl: unrealized === null ? null : formatCash(unrealized),
    openPnl: unrealized === null ? null : formatCash(unrealized + booked),
  };
}

/** Null where something is open and no price is known. */
function unrealizedPnl(model: LiveModel, row: PositionRow): Cash | null {
  if (!isOpen(row)) return 0n;
  const mark = model.markOf(row);
  if (mark === null) return null;
  const { instrument, last } = mark;
  const lots = quantityToLots(instrument, decimal(row.openQuantity)) ?? 0;
  const gain = cashValue(instrument, tickLots(last, lots)) - cash(row.openCost);
  return row.side === 'LONG' ? gain : -gain;
}
