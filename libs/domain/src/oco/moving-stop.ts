import type { Instrument } from '../instrument/index.js';
import { signOf, type Lots, type PositionSide, type TickLots, type Ticks } from '../primitives/index.js';
import { offsetPrice, type ProtectionPlan } from './protection.js';

/** What a rule that moves the stop has to know of a position. */
export interface FollowedPosition {
  readonly side: PositionSide;
  readonly plan: ProtectionPlan;
  /** Open lots, above 0, and the sum of own entry price x lots. */
  readonly openLots: Lots;
  readonly cost: TickLots;
}

/** Whether the position's stop follows the price. */
export function followsPrice({ plan }: Pick<FollowedPosition, 'plan'>): boolean {
  return plan.trailingStop !== null || plan.breakEven !== null;
}

/** Where the best price of the trade puts the stop; null where no rule has anything to say yet. */
export function movedStop(instrument: Instrument, held: FollowedPosition, best: Ticks): Ticks | null {
  const { cost, openLots, plan, side } = held;
  const long = side === 'LONG';
  let stop: Ticks | null = null;
  if (plan.trailingStop !== null) {
    stop = offsetPrice(instrument, !long, plan.trailingStop, plan.volatility, BigInt(best), 1);
  }
  if (plan.breakEven === null) return stop;
  const reached = offsetPrice(instrument, long, plan.breakEven, plan.volatility, cost, openLots);
  if ((best - reached) * signOf(side) < 0) return stop;
  const entry = Number(cost) / openLots;
  const atEntry = long ? Math.ceil(entry) : Math.floor(entry);
  if (stop === null) return atEntry;
  return (stop - atEntry) * signOf(side) > 0 ? stop : atEntry;
}
