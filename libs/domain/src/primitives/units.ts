/**
 * The units of money. A price is a whole number of ticks, a quantity a whole number of lots (both safe
 * integers), cash a whole number of 10^-18 of the settlement currency (bigint). The flavors keep ticks out of
 * a parameter that wants lots; plain numbers convert by themselves, so arithmetic needs no casts.
 */
declare const flavor: unique symbol;

/** A price as a whole number of the instrument's ticks. */
export type Ticks = number & { readonly [flavor]?: 'ticks' };

/** A quantity as a whole number of the instrument's lots. */
export type Lots = number & { readonly [flavor]?: 'lots' };

/** An instant, milliseconds since the Unix epoch (UTC). */
export type TimeMs = number & { readonly [flavor]?: 'ms' };

/** Price times quantity, in ticks x lots of one instrument: exact, and comparable only within it. */
export type TickLots = bigint & { readonly [flavor]?: 'tickLots' };

/** Money in units of 10^-18 of its currency. */
export type Cash = bigint & { readonly [flavor]?: 'cash' };

/** Decimals that `Cash` carries. */
export const CASH_SCALE = 18;

/** One whole unit of a currency as `Cash`. */
export const CASH_ONE: Cash = 10n ** BigInt(CASH_SCALE);

export type Side = 'BUY' | 'SELL';
export type PositionSide = 'LONG' | 'SHORT';

/** The side that opens a position. */
export function openingSide(side: PositionSide): Side {
  return side === 'LONG' ? 'BUY' : 'SELL';
}

/** The side that closes a position. */
export function closingSide(side: PositionSide): Side {
  return side === 'LONG' ? 'SELL' : 'BUY';
}

/** +1 for LONG, -1 for SHORT. */
export function signOf(side: PositionSide): 1 | -1 {
  return side === 'LONG' ? 1 : -1;
}

/** Exact product of a price and a quantity. Multiplies as numbers where that is exact: a bigint product costs ten times more. */
export function tickLots(price: Ticks, quantity: Lots): TickLots {
  const product = price * quantity;
  return Number.isSafeInteger(product) ? BigInt(product) : BigInt(price) * BigInt(quantity);
}
