/**
 * Sample standard deviation (n - 1) of the last `window` log returns of the closes before row `end`, in two
 * passes. Null where there are fewer than `window + 1` closes. Prices in any unit: only their ratios count.
 */
export function sampleVolatility(closes: ArrayLike<number>, end: number, window: number): number | null {
  const first = end - window;
  if (first < 1) return null;
  let sum = 0;
  for (let row = first; row < end; row += 1) sum += Math.log(closes[row]! / closes[row - 1]!);
  const mean = sum / window;
  let squares = 0;
  for (let row = first; row < end; row += 1) {
    const deviation = Math.log(closes[row]! / closes[row - 1]!) - mean;
    squares += deviation * deviation;
  }
  return Math.sqrt(squares / (window - 1));
}
