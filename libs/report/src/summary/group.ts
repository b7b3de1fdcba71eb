import {
  cashValue,
  compareCodePoints,
  tickLots,
  type Cash,
  type Interval,
  type PositionSide,
  type TradeFacts,
} from '@bowline/domain';
import type { FillRecord, HistoricalResult } from '@bowline/ports';

/** What one strategy did on one side of one channel: the smallest part that every breakdown is put together from. */
export interface Cell {
  readonly channel: number;
  readonly strategyId: string;
  readonly side: PositionSide;
  /** In the order of their exits. */
  readonly trades: TradeFacts[];
  /** When positions were open, those still open included. */
  readonly open: Interval[];
  orders: number;
  /** Entry and exit orders, and how many of them filled whole. */
  directOrders: number;
  directOrdersFilled: number;
  tradedValue: Cash;
  totalFees: Cash;
  /** Realized + unrealized - fees + funding of positions still open. */
  openPnl: Cash;
}

/** The cells of a result, ordered by channel, strategy and side: the same however the run was split. */
export function cellsOf(result: HistoricalResult, end: number): Cell[] {
  const cells: Cell[] = [];
  const byChannel = result.channels.map(() => ({
    LONG: new Map<string, Cell>(),
    SHORT: new Map<string, Cell>(),
  }));
  const cell = (channel: number, strategyId: string, side: PositionSide): Cell => {
    const known = byChannel[channel][side].get(strategyId);
    if (known !== undefined) return known;
    const fresh: Cell = {
      channel,
      strategyId,
      side,
      trades: [],
      open: [],
      orders: 0,
      directOrders: 0,
      directOrdersFilled: 0,
      tradedValue: 0n,
      totalFees: 0n,
      openPnl: 0n,
    };
    byChannel[channel][side].set(strategyId, fresh);
    cells.push(fresh);
    return fresh;
  };
  for (const trade of result.trades) {
    const { instrument } = result.channels[trade.channel];
    const own = cell(trade.channel, trade.strategyId, trade.side);
    // Field by field: a spread of ten thousand records shows in the run time.
    own.trades.push({
      side: trade.side,
      entryTime: trade.entryTime,
      exitTime: trade.exitTime,
      entryValue: cashValue(instrument, trade.entryValue),
      exitValue: cashValue(instrument, trade.exitValue),
      closeReason: trade.closeReason,
      realizedPnl: trade.realizedPnl,
      fees: trade.fees,
      funding: trade.funding,
      netPnl: trade.netPnl,
    });
    own.open.push({ from: trade.entryTime, to: trade.exitTime });
  }
  for (const position of result.openPositions) {
    const own = cell(position.channel, position.strategyId, position.side);
    own.openPnl += position.realizedPnl + position.unrealizedPnl - position.fees + position.funding;
    own.open.push({ from: position.entryTime, to: end });
  }
  for (const order of result.orders) {
    const own = cell(order.channel, order.strategyId, positionSide(order));
    own.orders += 1;
    if (order.key.leg === 't' || order.key.leg === 's') continue;
    own.directOrders += 1;
    if (order.orderStatus === 'filled') own.directOrdersFilled += 1;
  }
  for (const fill of result.fills) {
    const own = cell(fill.channel, fill.strategyId, positionSide(fill));
    own.tradedValue += cashValue(
      result.channels[fill.channel].instrument,
      tickLots(fill.lastPx, fill.lastQty),
    );
    own.totalFees += fill.fee;
  }
  return cells.sort(
    (a, b) =>
      a.channel - b.channel ||
      compareCodePoints(a.strategyId, b.strategyId) ||
      compareCodePoints(a.side, b.side),
  );
}

/** Entries are on the side of their position, everything else is against it. */
function positionSide({ key, side }: Pick<FillRecord, 'key' | 'side'>): PositionSide {
  return (key.leg === 'e') === (side === 'BUY') ? 'LONG' : 'SHORT';
}

/** Cells put together. */
export interface Group {
  readonly cells: readonly Cell[];
  /** In the order of their exits; trades of one instant in the order of their cells. */
  readonly trades: readonly TradeFacts[];
}

/** Puts cells, in the order of `cellsOf`, into groups. The same cells are the same group, whatever they are grouped by. */
export class Groups {
  /** By the places of their cells. */
  private readonly known = new Map<string, Group>();

  constructor(private readonly cells: readonly Cell[]) {}

  all(): Group {
    return this.groupOf(this.cells.map((_cell, place) => place));
  }

  none(): Group {
    return this.groupOf([]);
  }

  /** By what `key` says of each cell, in code-point order of that. */
  by(key: (cell: Cell) => string): Map<string, Group> {
    const byKey = new Map<string, number[]>();
    for (const [place, cell] of this.cells.entries()) {
      const name = key(cell);
      const known = byKey.get(name);
      if (known === undefined) byKey.set(name, [place]);
      else known.push(place);
    }
    const names = [...byKey.keys()].sort(compareCodePoints);
    return new Map(names.map((name) => [name, this.groupOf(byKey.get(name) ?? [])]));
  }

  private groupOf(places: readonly number[]): Group {
    const name = places.join();
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const cells = places.map((place) => this.cells[place]);
    const trades = cells.flatMap((cell) => cell.trades).sort((a, b) => a.exitTime - b.exitTime);
    const group = { cells, trades };
    this.known.set(name, group);
    return group;
  }
}
