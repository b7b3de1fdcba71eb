/** Moments and quantiles of a sample. Undefined is null: too few values, or no spread to divide by. */

type Sample = ArrayLike<number>;

/** Arithmetic mean. Null for an empty sample. */
export function mean(values: Sample): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i];
  return sum / values.length;
}

/** Sum of squared deviations from the mean, in two passes: the one-pass formula loses the digits that matter. */
function squaredDeviations(values: Sample, average: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += (values[i] - average) ** 2;
  return sum;
}

/** Unbiased variance, divisor n - 1 (Bessel). Null below two values. */
export function sampleVariance(values: Sample): number | null {
  const average = mean(values);
  if (average === null || values.length < 2) return null;
  return squaredDeviations(values, average) / (values.length - 1);
}

/** Square root of the unbiased variance. Null below two values. */
export function sampleStd(values: Sample): number | null {
  const variance = sampleVariance(values);
  return variance === null ? null : Math.sqrt(variance);
}

/** Standard deviation with divisor n. Null for an empty sample. */
export function populationStd(values: Sample): number | null {
  const average = mean(values);
  return average === null ? null : Math.sqrt(squaredDeviations(values, average) / values.length);
}

/**
 * Root of the mean square of the negative values, over all n values, with 0 as the least acceptable return:
 * Sortino and Price, "Performance Measurement in a Downside Risk Framework", Journal of Investing 3(3), 1994.
 */
export function downsideDeviation(values: Sample): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += Math.min(values[i], 0) ** 2;
  return Math.sqrt(sum / values.length);
}

/** Adjusted Fisher-Pearson skewness G1 (Joanes and Gill, The Statistician 47(1), 1998). Null below three values. */
export function sampleSkewness(values: Sample): number | null {
  const n = values.length;
  const z = standardized(values);
  if (z === null || n < 3) return null;
  return (n / ((n - 1) * (n - 2))) * z.reduce((sum, value) => sum + value ** 3, 0);
}

/** Adjusted excess kurtosis G2 (Joanes and Gill, 1998): 0 for a normal distribution. Null below four values. */
export function sampleExcessKurtosis(values: Sample): number | null {
  const n = values.length;
  const z = standardized(values);
  if (z === null || n < 4) return null;
  const fourth = z.reduce((sum, value) => sum + value ** 4, 0);
  const scale = (n * (n + 1)) / ((n - 1) * (n - 2) * (n - 3));
  return scale * fourth - (3 * (n - 1) ** 2) / ((n - 2) * (n - 3));
}

/**
 * Quantile with linear interpolation between the closest ranks: definition 7 of Hyndman and Fan, "Sample
 * Quantiles in Statistical Packages", The American Statistician 50(4), 1996. `q` in [0, 1]. Null when empty.
 */
export function quantile(values: Sample, q: number): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const rank = q * (sorted.length - 1);
  const lower = Math.floor(rank);
  const upper = Math.ceil(rank);
  return sorted[lower] + (sorted[upper] - sorted[lower]) * (rank - lower);
}

/** The middle value, or the mean of the two in the middle. Null when empty. */
export function median(values: Sample): number | null {
  return quantile(values, 0.5);
}

/** The quotient; null where either side is undefined, the divisor is 0, or the result is not finite. */
export function ratio(dividend: number | null, divisor: number | null): number | null {
  if (dividend === null || divisor === null || divisor === 0) return null;
  const quotient = dividend / divisor;
  return Number.isFinite(quotient) ? quotient : null;
}

/**
 * A spread that is nothing but rounding noise counts as none: n equal returns have no risk to divide by, and
 * their standard deviation comes out as 1e-19 rather than 0.
 */
export function spread(deviation: number | null, values: Sample): number | null {
  if (deviation === null) return null;
  let largest = 0;
  for (let i = 0; i < values.length; i += 1) largest = Math.max(largest, Math.abs(values[i]));
  return deviation <= largest * 1e-12 ? null : deviation;
}

function standardized(values: Sample): number[] | null {
  const average = mean(values);
  const deviation = spread(sampleStd(values), values);
  if (average === null || deviation === null) return null;
  return Array.from(values, (value) => (value - average) / deviation);
}
