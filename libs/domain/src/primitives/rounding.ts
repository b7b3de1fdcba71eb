/** Integer division with a named rounding. The divisor is positive everywhere. */

/** Toward minus infinity. */
export function divFloor(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend < 0n && quotient * divisor !== dividend ? quotient - 1n : quotient;
}

/** Toward plus infinity. */
export function divCeil(dividend: bigint, divisor: bigint): bigint {
  return -divFloor(-dividend, divisor);
}

/** To the nearest, halves away from zero: what exchanges and invoices call half-up. */
export function divHalfUp(dividend: bigint, divisor: bigint): bigint {
  const magnitude = dividend < 0n ? -dividend : dividend;
  const quotient = (2n * magnitude + divisor) / (2n * divisor);
  return dividend < 0n ? -quotient : quotient;
}

/** To the nearest, halves to the even neighbour: for averages and percentages that are only shown. */
export function divHalfEven(dividend: bigint, divisor: bigint): bigint {
  const floor = divFloor(dividend, divisor);
  const twice = 2n * (dividend - floor * divisor);
  if (twice < divisor) return floor;
  if (twice > divisor) return floor + 1n;
  return floor % 2n === 0n ? floor : floor + 1n;
}

/** How far, relative to its size, a product of a few floats may be from what it stands for: eight of its last bits. */
const FLOAT_ERROR = 2 ** -49;

/**
 * The whole number at or above `value`, where a float a hair above an integer counts as that integer:
 * 3 x 0.01 x 4,500,000 is 135,000 ticks, not 135,001.
 */
export function ceilTolerant(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) <= FLOAT_ERROR * Math.abs(value) ? nearest : Math.ceil(value);
}
