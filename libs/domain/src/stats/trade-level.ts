import {
  divHalfEven,
  formatUnits,
  tickLots,
  type Cash,
  type Lots,
  type PositionSide,
  type TickLots,
  type Ticks,
} from '../primitives/index.js';

/** Percentages and basis points are shown with 4 decimals, halves to even. */
const SHOWN_DECIMALS = 4;

/** `part` as a percentage of `whole`, 4 decimals half-even: `6.6667`. Null for a whole of 0. */
export function percentText(part: bigint, whole: bigint): string | null {
  return ratioText(part, whole, 100n);
}

/** `part` in basis points of `whole`, 4 decimals half-even. Null for a whole of 0. */
export function basisPointsText(part: bigint, whole: bigint): string | null {
  return ratioText(part, whole, 10_000n);
}

/** `part` as a fraction of `whole`, 4 decimals half-even. Null for a whole of 0. */
export function fractionText(part: bigint, whole: bigint): string | null {
  return ratioText(part, whole, 1n);
}

/**
 * How much worse than `signalPrice` the entry was filled, in basis points: positive is against the trade. This is
 * implementation shortfall per Perold, "The Implementation Shortfall: Paper versus Reality", Journal of Portfolio
 * Management 14(3), 1988, of the entry alone. Null without a quantity or a price above 0.
 */
export function slippageBpsText(
  side: PositionSide,
  entryValue: TickLots,
  quantity: Lots,
  signalPrice: Ticks | null,
): string | null {
  if (signalPrice === null || signalPrice <= 0 || quantity <= 0) return null;
  const intended = tickLots(signalPrice, quantity);
  return basisPointsText(side === 'LONG' ? entryValue - intended : intended - entryValue, intended);
}

/** What a position of `quantity` entered for `entryValue` is worth at `price`, less its cost: in ticks x lots. */
export function excursion(side: PositionSide, entryValue: TickLots, quantity: Lots, price: Ticks): TickLots {
  const value = tickLots(price, quantity) - entryValue;
  return side === 'LONG' ? value : -value;
}

/**
 * Maximum adverse excursion: the worst open loss, 0 or below (Sweeney, Maximum Adverse Excursion, Wiley 1997).
 * In ticks x lots, taken on the whole quantity.
 */
export function maximumAdverse(
  side: PositionSide,
  entryValue: TickLots,
  quantity: Lots,
  worst: Ticks,
): TickLots {
  const value = excursion(side, entryValue, quantity, worst);
  return value < 0n ? value : 0n;
}

/** Maximum favorable excursion: the best open profit, 0 or above. */
export function maximumFavorable(
  side: PositionSide,
  entryValue: TickLots,
  quantity: Lots,
  best: Ticks,
): TickLots {
  const value = excursion(side, entryValue, quantity, best);
  return value > 0n ? value : 0n;
}

/** The P&L of a trade as a percentage of what was entered, as text. Null for an entry of no value. */
export function realizedPnlPctText(realizedPnl: Cash, entryValue: Cash): string | null {
  return percentText(realizedPnl, entryValue);
}

function ratioText(part: bigint, whole: bigint, per: bigint): string | null {
  if (whole === 0n) return null;
  const [dividend, divisor] = whole < 0n ? [-part, -whole] : [part, whole];
  return formatUnits(divHalfEven(dividend * per * 10n ** BigInt(SHOWN_DECIMALS), divisor), SHOWN_DECIMALS);
}
