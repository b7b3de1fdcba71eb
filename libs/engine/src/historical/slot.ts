import {
  followsPrice,
  movedStop,
  signOf,
  type Instrument,
  type Lots,
  type PendingSignal,
  type PositionSide,
  type ProtectionPlan,
  type Side,
  type StrategyParams,
  type Target,
  type TickLots,
  type Ticks,
  type TimeMs,
} from '@bowline/domain';
import type { TickBars } from '@bowline/ports';
import { signalForChannel } from '../signal-for-channel.js';
import type { ActingSignals } from './acting-signals.js';
import { firstAtOrAfter, indexOf, nextTouch, type BarIndex } from './bar-index.js';
import type { Desk } from './desk.js';

/** Phases of one moment come in two groups: what happens at a bar's close, and what happens from its open on. */
export const AT_CLOSE = 0;
export const FROM_OPEN = 1;

/** The moment of a time: bars that close at it come before bars that open at it. */
export function momentOf(time: number, group: typeof AT_CLOSE | typeof FROM_OPEN): number {
  return 2 * time + group;
}

/** What the loop has to know of a slot's position. The desk keeps it up to date. */
export interface Held {
  readonly id: string;
  readonly side: PositionSide;
  plan: ProtectionPlan;
  firstFillAt: TimeMs | null;
  openLots: Lots;
  /** Sum of own entry price x openLots. */
  cost: TickLots;
  /** Where the legs rest; null: no such leg. */
  takeProfitPrice: Ticks | null;
  stopLossPrice: Ticks | null;
  /** Lots that the resting take-profit still asks for. */
  takeProfitLeaves: Lots;
  /** The resting entry; null where none rests. */
  entry: { readonly side: Side; readonly limitPrice: Ticks; leaves: Lots } | null;
}

/**
 * One strategy in one channel, as the loop walks it: its signals, its position, and how far its legs and its resting
 * entry have been compared with the bars. Quiet bars are never visited one by one.
 */
export class Slot {
  held: Held | null = null;
  /** The signals of the moment; after the close pass those that may still enter. */
  readonly acting: PendingSignal[] = [];
  cursor = 0;
  /** The bar of the next event. */
  row = 0;
  /** First bar in which the legs can fill. */
  legsFrom = 0;
  /** First bar in which the resting entry can fill. */
  entryFrom = 0;
  /** The bar at whose open the position has lasted as long as it may. */
  timeExitRow = Infinity;
  /** Where a trailing or break-even rule has the stop; told to the desk when something else happens there. */
  movedStop: Ticks | null = null;
  /** Extremes of the bars that the position has lived through, for MAE and MFE. */
  readonly extremes = { lowest: Infinity, highest: -Infinity };
  private readonly bars: TickBars;
  private readonly index: BarIndex;
  private readonly instrument: Instrument;

  constructor(
    readonly place: number,
    readonly desk: Desk,
    readonly strategyId: string,
    readonly params: StrategyParams,
    readonly target: Target,
    readonly signals: ActingSignals,
  ) {
    this.bars = desk.market.bars;
    this.index = indexOf(this.bars);
    this.instrument = desk.market.instrument;
  }

  /** Puts the signals that act on bar `row` into `acting`, in order; false where there is none. */
  takeSignals(row: number): boolean {
    const { bars, length, rows } = this.signals;
    while (this.acting.length > 0) this.acting.pop();
    while (this.cursor < length && bars[this.cursor] === row) {
      this.acting.push(signalForChannel(rows[this.cursor]!, this.instrument, this.params.orderType));
      this.cursor += 1;
    }
    return this.acting.length > 0;
  }

  /** Called when a position has got its first fill in bar `row`. */
  beginWatch(held: Held, row: number, fromOpen: boolean): void {
    this.legsFrom = fromOpen ? row : row + 1;
    this.movedStop = null;
    this.extremes.lowest = Infinity;
    this.extremes.highest = -Infinity;
    const lasts = held.plan.timeExitMs;
    const { length, openTime } = this.bars;
    this.timeExitRow =
      lasts === null ? Infinity : firstAtOrAfter(openTime, length, held.firstFillAt! + lasts);
  }

  /**
   * Finds the moment of the slot's next event after bar `row` has been dealt with; Infinity where nothing will happen.
   * Everything before it is quiet: no signal, no touch of a leg or of the resting entry, no timer.
   */
  nextMoment(): number {
    const { bars, held } = this;
    const { length } = bars;
    let row = this.cursor < this.signals.length ? this.signals.bars[this.cursor]! : length;
    let group: typeof AT_CLOSE | typeof FROM_OPEN =
      row < length && this.params.entryPoint === 'close' ? AT_CLOSE : FROM_OPEN;
    if (held !== null) {
      if (this.timeExitRow < row || (this.timeExitRow === row && group === AT_CLOSE)) {
        row = this.timeExitRow;
        group = FROM_OPEN;
      }
      // A bar at whose close a signal acts is compared with the legs before that.
      const bound = group === AT_CLOSE ? row + 1 : row;
      // A fill of the entry moves the legs, so they are compared no further than that.
      const entry = this.nextEntryTouch(held, bound);
      const touched = Math.min(entry, this.nextLegTouch(held, Math.min(entry, bound)));
      if (touched < bound) {
        row = touched;
        group = FROM_OPEN;
      }
    }
    if (row >= length) return Infinity;
    this.row = row;
    return momentOf(bars.openTime[row]! + (group === AT_CLOSE ? bars.intervalMs : 0), group);
  }

  /** Where the stop stands, moved or not. */
  stopPrice(held: Held): Ticks | null {
    return tighterOf(held, held.stopLossPrice, this.movedStop);
  }

  /** A bar that reached no leg: its extremes count, and where the stop follows the price they move it. */
  liveThrough(held: Held, low: Ticks, high: Ticks): void {
    const { extremes } = this;
    if (low < extremes.lowest) extremes.lowest = low;
    if (high > extremes.highest) extremes.highest = high;
    if (!followsPrice(held)) return;
    const best = held.side === 'LONG' ? extremes.highest : extremes.lowest;
    const stop = movedStop(this.instrument, held, best);
    if (stop !== null) this.movedStop = tighterOf(held, this.movedStop, stop);
  }

  private nextEntryTouch({ entry }: Held, bound: number): number {
    if (entry === null || this.entryFrom >= bound) return Infinity;
    const { limitPrice, side } = entry;
    const lower = side === 'BUY' ? limitPrice : -Infinity;
    const upper = side === 'BUY' ? Infinity : limitPrice;
    const touched = nextTouch(this.index, this.entryFrom, bound, lower, upper, { lowest: 0, highest: 0 });
    this.entryFrom = touched;
    return touched;
  }

  /**
   * The next bar that reaches a leg. Remembers that the bars before it have been compared, and their extremes. A stop
   * that follows the price is moved bar by bar on the way.
   */
  private nextLegTouch(held: Held, bound: number): number {
    if (held.openLots <= 0 || this.legsFrom >= bound) return Infinity;
    if (followsPrice(held)) return this.walkMovingStop(held, bound);
    const long = held.side === 'LONG';
    const below = (long ? held.stopLossPrice : held.takeProfitPrice) ?? -Infinity;
    const above = (long ? held.takeProfitPrice : held.stopLossPrice) ?? Infinity;
    this.legsFrom = nextTouch(this.index, this.legsFrom, bound, below, above, this.extremes);
    return this.legsFrom;
  }

  /** What a bar knew at its end moves the stop from the next bar on. */
  private walkMovingStop(held: Held, bound: number): number {
    const { high, low } = this.bars;
    let row = this.legsFrom;
    for (; row < bound; row += 1) {
      if (this.touches(held, row)) break;
      this.liveThrough(held, low[row]!, high[row]!);
    }
    this.legsFrom = row;
    return row;
  }

  private touches(held: Held, row: number): boolean {
    const stop = this.stopPrice(held);
    const below = held.side === 'LONG' ? stop : held.takeProfitPrice;
    const above = held.side === 'LONG' ? held.takeProfitPrice : stop;
    return (
      (below !== null && this.bars.low[row]! <= below) || (above !== null && this.bars.high[row]! >= above)
    );
  }
}

/** The tighter of two stops for the side; null only where there is neither. */
function tighterOf({ side }: Held, a: Ticks | null, b: Ticks | null): Ticks | null {
  if (a === null || b === null) return a ?? b;
  return (a - b) * signOf(side) > 0 ? a : b;
}
