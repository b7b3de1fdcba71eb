import { parseDecimal, type Decimal } from '@bowline/domain';

/** An exact fraction, in lowest terms, its divisor above 0. */
export interface Ratio {
  readonly n: bigint;
  readonly d: bigint;
}

export function ratio(n: bigint | number, d: bigint | number = 1n): Ratio {
  let [a, b] = [BigInt(n), BigInt(d)];
  if (b < 0n) [a, b] = [-a, -b];
  const common = greatestCommonDivisor(a < 0n ? -a : a, b);
  return { n: a / common, d: b / common };
}

export const ZERO = ratio(0);
export const ONE = ratio(1);

/** What the text or the shortest text of the number says, exactly. */
export function exactly(value: string | number): Ratio {
  const parsed = parseDecimal(String(value));
  if (parsed === null) throw new RangeError(`not a number: ${value}`);
  return ofDecimal(parsed);
}

export function ofDecimal({ scale, units }: Decimal): Ratio {
  return ratio(units, 10n ** BigInt(scale));
}

export function plus(a: Ratio, b: Ratio): Ratio {
  return ratio(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function minus(a: Ratio, b: Ratio): Ratio {
  return ratio(a.n * b.d - b.n * a.d, a.d * b.d);
}

export function times(a: Ratio, b: Ratio): Ratio {
  return ratio(a.n * b.n, a.d * b.d);
}

export function over(a: Ratio, b: Ratio): Ratio {
  return ratio(a.n * b.d, a.d * b.n);
}

export function sum(values: readonly Ratio[]): Ratio {
  return values.reduce(plus, ZERO);
}

export function magnitude(a: Ratio): Ratio {
  return a.n < 0n ? ratio(-a.n, a.d) : a;
}

export function isAbove(a: Ratio, b: Ratio): boolean {
  return a.n * b.d > b.n * a.d;
}

export function isBelow(a: Ratio, b: Ratio): boolean {
  return isAbove(b, a);
}

export function isEqual(a: Ratio, b: Ratio): boolean {
  return a.n === b.n && a.d === b.d;
}

export function least(a: Ratio, b: Ratio): Ratio {
  return isAbove(a, b) ? b : a;
}

export function greatest(a: Ratio, b: Ratio): Ratio {
  return isAbove(a, b) ? a : b;
}

/** The whole multiple of `step` at or below. */
export function floorTo(a: Ratio, step: Ratio): Ratio {
  const { d, n } = over(a, step);
  const quotient = n / d;
  return times(ratio(n < 0n && quotient * d !== n ? quotient - 1n : quotient), step);
}

/** The whole multiple of `step` at or above. */
export function ceilTo(a: Ratio, step: Ratio): Ratio {
  return times(floorTo(times(a, ratio(-1)), step), ratio(-1));
}

/** To the nearest multiple of `step`, halves away from zero. */
export function halfUpTo(a: Ratio, step: Ratio): Ratio {
  const half = over(step, ratio(2));
  return a.n < 0n ? ceilTo(minus(a, half), step) : floorTo(plus(a, half), step);
}

export function toNumber({ d, n }: Ratio): number {
  return Number(n) / Number(d);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
