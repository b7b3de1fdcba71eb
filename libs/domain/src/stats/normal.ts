/** The standard normal distribution, to about 15 digits. */

/** Beyond this the power series cancels; the continued fraction takes over. */
const SERIES_LIMIT = 5;

function density(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/**
 * Probability of a value at or below `z`: the power series of Abramowitz and Stegun 26.2.11 near the middle, the
 * continued fraction 26.2.14 in the tails.
 */
export function normalCdf(z: number): number {
  if (z > SERIES_LIMIT) return 1 - upperTail(z);
  if (z < -SERIES_LIMIT) return upperTail(-z);
  let term = z;
  let sum = z;
  for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(sum); k += 1) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + density(z) * sum;
}

/** The value that is not exceeded with probability `p`, by bisection on `normalCdf`. Throws outside (0, 1). */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability between 0 and 1 is needed, got ${p}`);
  let low = -40;
  let high = 40;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
}

function upperTail(z: number): number {
  let fraction = z;
  for (let k = 60; k >= 1; k -= 1) fraction = z + k / fraction;
  return density(z) / fraction;
}
