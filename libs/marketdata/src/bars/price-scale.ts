/** Decimal places that are looked for; a price finer than this is no price of an exchange. */
export const MAX_PRICE_SCALE = 12;

/** 10^0 to 10^22 are exact doubles. */
export const POWERS_OF_TEN = Array.from({ length: MAX_PRICE_SCALE + 1 }, (_, scale) => 10 ** scale);

/**
 * A double is off a decimal by half its last bit at most, and multiplying adds as much; four times that allows
 * for prices that come out of a little arithmetic (30000.100000000002).
 */
export const DECIMAL_TOLERANCE = 2 ** -50;

/** Whether all four prices are whole multiples of 1 / `power`, but for float noise. */
export function fitsScale(open: number, high: number, low: number, close: number, power: number): boolean {
  const a = open * power;
  const b = high * power;
  const c = low * power;
  const d = close * power;
  const off =
    Math.abs(a - Math.round(a)) +
    Math.abs(b - Math.round(b)) +
    Math.abs(c - Math.round(c)) +
    Math.abs(d - Math.round(d));
  return off <= b * DECIMAL_TOLERANCE;
}

/** The fewest decimal places, `from` or more, that hold all prices; 12 where none does. */
export function finestScale(prices: readonly number[], from: number): number {
  for (let scale = from; scale < MAX_PRICE_SCALE; scale++) {
    const power = POWERS_OF_TEN[scale];
    const fits = prices.every(
      (price) => Math.abs(price * power - Math.round(price * power)) <= price * power * DECIMAL_TOLERANCE,
    );
    if (fits) return scale;
  }
  return MAX_PRICE_SCALE;
}

/** The tick size that a price scale stands for: `0.01` for 2, `1` for 0. */
export function inferredTickSize(priceScale: number): string {
  return priceScale === 0 ? '1' : `0.${'0'.repeat(priceScale - 1)}1`;
}
