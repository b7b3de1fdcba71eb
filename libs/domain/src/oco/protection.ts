import { roundPriceDown, roundPriceUp, tickStep, type Instrument } from '../instrument/index.js';
import {
  ceilTolerant,
  divCeil,
  divFloor,
  type Decimal,
  type Lots,
  type PositionSide,
  type TickLots,
  type Ticks,
} from '../primitives/index.js';
import type { Distance } from '../signal/params.js';

/** Where a strategy position's legs belong: prices that the signal gave, or distances from the own entry price. */
export interface ProtectionPlan {
  readonly takeProfit: LegPlan | null;
  readonly stopLoss: LegPlan | null;
  /** Standard deviation of log returns per bar, fixed when the signal was acted on; null where nothing needs it. */
  readonly volatility: number | null;
  readonly trailingStop: Distance | null;
  readonly breakEven: Distance | null;
  readonly timeExitMs: number | null;
}

/** Neither leg, and nothing else that ends the position. */
export const NO_PLAN: ProtectionPlan = {
  takeProfit: null,
  stopLoss: null,
  volatility: null,
  trailingStop: null,
  breakEven: null,
  timeExitMs: null,
};

export type LegPlan = { readonly kind: 'price'; readonly price: Ticks } | Distance;

/** Both leg prices of a position; null for a leg that the plan does not have. */
export interface LegPrices {
  readonly takeProfit: Ticks | null;
  readonly stopLoss: Ticks | null;
}

/**
 * The legs of a position whose average entry price is `entryValue / quantity`: `multiple x volatility x entry` or
 * `percent` of the entry away from it, rounded to the tick away from the entry. A leg that would lie at or below
 * zero lies one step above it: unreachable, but a price.
 */
export function legPrices(
  instrument: Instrument,
  side: PositionSide,
  plan: ProtectionPlan,
  entryValue: TickLots,
  quantity: Lots,
): LegPrices {
  const { takeProfit, stopLoss, trailingStop, volatility } = plan;
  const long = side === 'LONG';
  const fixed = stopLoss && legPrice(instrument, !long, stopLoss, volatility, entryValue, quantity);
  const trailing =
    trailingStop && offsetPrice(instrument, !long, trailingStop, volatility, entryValue, quantity);
  return {
    takeProfit: takeProfit && legPrice(instrument, long, takeProfit, volatility, entryValue, quantity),
    stopLoss: tighter(long, fixed, trailing),
  };
}

/** The tighter of two stops of a long, or of a short. */
function tighter(long: boolean, a: Ticks | null, b: Ticks | null): Ticks | null {
  if (a === null || b === null) return a ?? b;
  return long ? Math.max(a, b) : Math.min(a, b);
}

/** One leg, `up` from the entry or down from it. */
function legPrice(
  instrument: Instrument,
  up: boolean,
  plan: LegPlan,
  volatility: number | null,
  entryValue: TickLots,
  quantity: Lots,
): Ticks {
  if (plan.kind === 'price') return plan.price;
  return offsetPrice(instrument, up, plan, volatility, entryValue, quantity);
}

/** `entryValue / quantity` moved by a distance, rounded away from where it started; at least the lowest price. */
export function offsetPrice(
  instrument: Instrument,
  up: boolean,
  distance: Distance,
  volatility: number | null,
  entryValue: TickLots,
  quantity: Lots,
): Ticks {
  const price =
    distance.kind === 'pct'
      ? offsetByPercent(up, distance.percent, entryValue, quantity)
      : offsetBySd(up, distance.multiple * requireVolatility(volatility), Number(entryValue) / quantity);
  const tradable = up ? roundPriceUp(instrument, price) : roundPriceDown(instrument, price);
  return tradable > 0 ? tradable : tickStep(instrument, 0);
}

/**
 * entry x (1 +- percent / 100), exact until the one rounding to a whole tick. Computed in numbers where both sides of
 * the fraction are safe integers: their quotient then rounds to the same whole number as the exact one.
 */
function offsetByPercent(up: boolean, percent: Decimal, entryValue: TickLots, quantity: Lots): Ticks {
  const whole = 100 * 10 ** percent.scale;
  const units = Number(percent.units);
  const dividend = Number(entryValue) * (up ? whole + units : whole - units);
  const divisor = whole * quantity;
  if (Number.isSafeInteger(dividend) && Number.isSafeInteger(divisor)) {
    return up ? Math.ceil(dividend / divisor) : Math.floor(dividend / divisor);
  }
  const hundred = 100n * 10n ** BigInt(percent.scale);
  const exact = entryValue * (up ? hundred + percent.units : hundred - percent.units);
  const exactDivisor = hundred * BigInt(quantity);
  return Number(up ? divCeil(exact, exactDivisor) : divFloor(exact, exactDivisor));
}

function offsetBySd(up: boolean, fraction: number, entry: number): Ticks {
  const price = up ? entry * (1 + fraction) : entry * (1 - fraction);
  return up ? ceilTolerant(price) : -ceilTolerant(-price);
}

/** A plan with a distance in standard deviations is only ever made together with a volatility. */
function requireVolatility(volatility: number | null): number {
  if (volatility === null) throw new Error('a distance in standard deviations needs a volatility');
  return volatility;
}

/** Whether any distance of the plan is measured in standard deviations. */
export function needsVolatility(...distances: readonly (LegPlan | null)[]): boolean {
  return distances.some((distance) => distance?.kind === 'sd');
}
