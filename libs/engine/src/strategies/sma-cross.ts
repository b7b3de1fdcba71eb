import type { Mind, PriceSeries, Stance } from './price-series.js';

/**
 * Long while the mean of the last `fast` closes is above that of the last `slow`, short while it is below, flat where
 * they are equal. Says nothing until both exist.
 */
export function smaCross({ close }: PriceSeries, fast: number, slow: number): Mind {
  let fastSum = 0;
  let slowSum = 0;
  return (bar) => {
    fastSum += close[bar] - (bar >= fast ? close[bar - fast] : 0);
    slowSum += close[bar] - (bar >= slow ? close[bar - slow] : 0);
    if (bar + 1 < slow) return null;
    // Multiplied crosswise: whole ticks stay whole, and equal means are found equal.
    return Math.sign(fastSum * slow - slowSum * fast) as Stance;
  };
}
