import {
  isLive,
  leavesQty,
  offsetPrice,
  openQty,
  signOf,
  tighterStop,
  type Instrument,
  type PendingSignal,
  type StrategyParams,
  type StrategyPosition,
  type Target,
  type Ticks,
} from '@bowline/domain';
import type { TickBars } from '@bowline/ports';
import type { ActingSignal } from './acting-signals.js';
import { firstAtOrAfter, indexOf, nextTouch, type BarIndex } from './bar-index.js';
import type { ChannelRun } from './channel-run.js';

/** Phases of one moment come in two groups: what happens at a bar's close, and what happens from its open on. */
export const AT_CLOSE = 0;
export const FROM_OPEN = 1;

/** The moment of a time: bars that close at it come before bars that open at it. */
export function momentOf(time: number, group: typeof AT_CLOSE | typeof FROM_OPEN): number {
  return 2 * time + group;
}

/**
 * One strategy in one channel, as the loop walks it: its signals, its position, and how far its legs and its resting
 * entry have been compared with the bars. Quiet bars are never visited one by one.
 */
export class Slot {
  position: StrategyPosition | null = null;
  cursor = 0;
  /** The bar of the next event. */
  row = 0;
  /** First bar in which the legs can fill. */
  legsFrom = 0;
  /** First bar in which the resting entry can fill. */
  entryFrom = 0;
  /** The bar at whose open the position has lasted as long as it may. */
  timeExitRow = Infinity;
  /** Where a trailing or break-even rule has the stop; told to the channel when something else happens there. */
  movedStop: Ticks | null = null;
  /** Extremes of the bars that the position has lived through, for MAE and MFE. */
  readonly extremes = { lowest: Infinity, highest: -Infinity };
  private readonly bars: TickBars;
  private readonly index: BarIndex;
  private readonly instrument: Instrument;

  constructor(
    readonly place: number,
    readonly channel: ChannelRun,
    readonly strategyId: string,
    readonly params: StrategyParams,
    readonly target: Target,
    readonly signals: readonly ActingSignal[],
  ) {
    this.bars = channel.market.bars;
    this.index = indexOf(this.bars);
    this.instrument = channel.market.instrument;
  }

  /** The signals that act on bar `row`, in order. */
  takeSignals(row: number): PendingSignal[] {
    const taken: PendingSignal[] = [];
    while (this.cursor < this.signals.length && this.signals[this.cursor]!.row === row) {
      taken.push(this.signals[this.cursor]!.signal);
      this.cursor += 1;
    }
    return taken;
  }

  /** Called when a position has got its first fill in bar `row`. */
  beginWatch(row: number, fromOpen: boolean): void {
    const { position } = this;
    this.legsFrom = fromOpen ? row : row + 1;
    this.movedStop = null;
    this.extremes.lowest = Infinity;
    this.extremes.highest = -Infinity;
    const lasts = position!.plan.timeExitMs;
    this.timeExitRow =
      lasts === null ? Infinity : firstAtOrAfter(this.bars.openTime, this.bars.length, position!.firstFillAt! + lasts);
  }

  /**
   * Finds the moment of the slot's next event after bar `row` has been dealt with; Infinity where nothing will happen.
   * Everything before it is quiet: no signal, no touch of a leg or of the resting entry, no timer.
   */
  nextMoment(): number {
    const { bars } = this;
    const signal = this.cursor < this.signals.length ? this.signals[this.cursor]!.row : Infinity;
    const atOpen = this.params.entryPoint === 'open';
    let row = bars.length;
    let group: typeof AT_CLOSE | typeof FROM_OPEN = FROM_OPEN;
    if (signal < row) {
      row = signal;
      group = atOpen ? FROM_OPEN : AT_CLOSE;
    }
    const { position } = this;
    if (position !== null) {
      if (this.timeExitRow < row || (this.timeExitRow === row && group === AT_CLOSE)) {
        row = this.timeExitRow;
        group = FROM_OPEN;
      }
      // A bar at whose close a signal acts is compared with the legs before that.
      const bound = group === AT_CLOSE ? Math.min(row + 1, bars.length) : row;
      const touched = Math.min(this.nextEntryTouch(bound), this.nextLegTouch(bound));
      if (touched < bound) {
        row = touched;
        group = FROM_OPEN;
      }
    }
    if (row >= bars.length) return Infinity;
    this.row = row;
    return momentOf(bars.openTime[row]! + (group === AT_CLOSE ? bars.intervalMs : 0), group);
  }

  /** Whether the position has an entry resting that bar `row` may fill. */
  entryRests(row: number): boolean {
    const entry = this.position?.entry;
    return entry !== null && entry !== undefined && this.entryFrom <= row && isLive(entry.state);
  }

  private nextEntryTouch(bound: number): number {
    const entry = this.position!.entry;
    if (entry === null || !isLive(entry.state)) return Infinity;
    const { limitPrice, side } = entry.terms;
    const from = this.entryFrom;
    if (from >= bound) return Infinity;
    const scratch = { lowest: 0, highest: 0 };
    return side === 'BUY'
      ? nextTouch(this.index, from, bound, limitPrice!, Infinity, scratch)
      : nextTouch(this.index, from, bound, -Infinity, limitPrice!, scratch);
  }

  /**
   * The next bar that reaches a leg. Remembers that the bars before it have been compared, and their extremes. A stop
   * that follows the price is moved bar by bar on the way.
   */
  private nextLegTouch(bound: number): number {
    const position = this.position!;
    if (openQty(position) <= 0) return Infinity;
    const { takeProfitPrice, stopLossPrice, plan, side } = position;
    const long = side === 'LONG';
    if (plan.trailingStop !== null || plan.breakEven !== null) return this.walkMovingStop(bound);
    const below = long ? stopLossPrice : takeProfitPrice;
    const above = long ? takeProfitPrice : stopLossPrice;
    const touched = nextTouch(this.index, this.legsFrom, bound, below ?? -Infinity, above ?? Infinity, this.extremes);
    if (touched > this.legsFrom) this.legsFrom = touched;
    return touched;
  }

  /** What a bar knew at its end moves the stop from the next bar on. */
  private walkMovingStop(bound: number): number {
    const { high, low } = this.bars;
    let row = this.legsFrom;
    for (; row < bound; row += 1) {
      if (this.touches(row)) break;
      this.liveThrough(low[row]!, high[row]!);
    }
    if (row > this.legsFrom) this.legsFrom = row;
    return row;
  }

  /** A bar that reached no leg: its extremes count, and where the stop follows the price they move it. */
  liveThrough(low: Ticks, high: Ticks): void {
    const { extremes } = this;
    if (low < extremes.lowest) extremes.lowest = low;
    if (high > extremes.highest) extremes.highest = high;
    const { plan, side } = this.position!;
    if (plan.trailingStop === null && plan.breakEven === null) return;
    const stop = this.stopFor(side === 'LONG' ? extremes.highest : extremes.lowest);
    if (stop !== null) this.movedStop = this.tighter(stop);
  }

  private touches(row: number): boolean {
    const { takeProfitPrice, side } = this.position!;
    const stop = this.stopPrice();
    const below = side === 'LONG' ? stop : takeProfitPrice;
    const above = side === 'LONG' ? takeProfitPrice : stop;
    return (below !== null && this.bars.low[row]! <= below) || (above !== null && this.bars.high[row]! >= above);
  }

  /** Where the stop stands, moved or not. */
  stopPrice(): Ticks | null {
    const position = this.position!;
    return this.movedStop === null ? position.stopLossPrice : tighterStop(position, this.movedStop);
  }

  private tighter(stop: Ticks): Ticks {
    const { movedStop } = this;
    if (movedStop === null) return stop;
    return (stop - movedStop) * signOf(this.position!.side) > 0 ? stop : movedStop;
  }

  /** Where the best price of the trade puts the stop; null where no rule has anything to say yet. */
  private stopFor(best: Ticks): Ticks | null {
    const position = this.position!;
    const { plan, side, share } = position;
    const long = side === 'LONG';
    const quantity = Math.abs(share.quantity);
    let stop: Ticks | null = null;
    if (plan.trailingStop !== null) {
      stop = offsetPrice(this.instrument, !long, plan.trailingStop, plan.volatility, BigInt(best), 1);
    }
    if (plan.breakEven !== null) {
      const reached = offsetPrice(this.instrument, long, plan.breakEven, plan.volatility, share.cost, quantity);
      if ((best - reached) * signOf(side) >= 0) {
        const entry = Number(share.cost) / quantity;
        const even = long ? Math.ceil(entry) : Math.floor(entry);
        if (stop === null || (even - stop) * signOf(side) > 0) stop = even;
      }
    }
    return stop;
  }

  /** Entry quantity that still waits. */
  entryLeaves(): number {
    const entry = this.position?.entry;
    return entry ? leavesQty(entry.state) : 0;
  }
}
