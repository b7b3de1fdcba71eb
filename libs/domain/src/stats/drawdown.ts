import type { TimeMs } from '../primitives/index.js';
import type { EquitySeries } from './equity-series.js';

/** The largest fall from a peak. */
export interface Drawdown {
  /** Peak less trough, quote currency. 0 where equity never fell. */
  readonly amount: number;
  /** The largest fall relative to its own peak, in [0, ...); null where no peak was above 0. May be another fall than `amount`'s. */
  readonly fraction: number | null;
  /** Of the fall in `amount`; null where there was none. */
  readonly peakTime: TimeMs | null;
  readonly troughTime: TimeMs | null;
  /** When equity was back at that peak; null where it never was. */
  readonly recoveryTime: TimeMs | null;
  /** From that peak to the recovery, or to the last sample. */
  readonly durationMs: number | null;
  /** From the trough to the recovery. */
  readonly recoveryMs: number | null;
  /** The longest time below any peak, recovered or not. */
  readonly longestMs: number;
}

/**
 * Magdon-Ismail and Atiya, "Maximum Drawdown", Risk 17(10), 2004: the largest difference between a running peak
 * and what follows it, found in one pass. The starting equity is the first peak.
 */
export function maxDrawdown(series: EquitySeries): Drawdown {
  const { times, equity } = series;
  let peak = series.startingEquity;
  let peakTime = series.startTime;
  let amount = 0;
  let fraction: number | null = peak > 0 ? 0 : null;
  let worst: { peakTime: TimeMs; troughTime: TimeMs; recoveryTime: TimeMs | null } | null = null;
  let longestMs = 0;
  let below = false;
  for (let i = 0; i < times.length; i += 1) {
    const value = equity[i];
    if (value >= peak) {
      // The time at a peak that is never left is no drawdown: it runs from the last sample at the peak.
      if (below) {
        longestMs = Math.max(longestMs, times[i] - peakTime);
        if (worst !== null && worst.recoveryTime === null && worst.peakTime === peakTime)
          worst.recoveryTime = times[i];
      }
      below = false;
      peak = value;
      peakTime = times[i];
      if (peak > 0 && fraction === null) fraction = 0;
      continue;
    }
    below = true;
    if (peak - value > amount) {
      amount = peak - value;
      worst = { peakTime, troughTime: times[i], recoveryTime: null };
    }
    if (peak > 0) fraction = Math.max(fraction ?? 0, (peak - value) / peak);
  }
  const lastTime = times.length === 0 ? series.startTime : times[times.length - 1];
  if (below) longestMs = Math.max(longestMs, lastTime - peakTime);
  return {
    amount,
    fraction,
    peakTime: worst?.peakTime ?? null,
    troughTime: worst?.troughTime ?? null,
    recoveryTime: worst?.recoveryTime ?? null,
    durationMs: worst === null ? null : (worst.recoveryTime ?? lastTime) - worst.peakTime,
    recoveryMs: worst === null || worst.recoveryTime === null ? null : worst.recoveryTime - worst.troughTime,
    longestMs,
  };
}

/** How far each sample lies below the running peak, as a fraction of it (0 or negative); 0 where the peak is not above 0. */
export function underwater(series: EquitySeries): Float64Array {
  const depths = new Float64Array(series.times.length);
  let peak = series.startingEquity;
  for (let i = 0; i < depths.length; i += 1) {
    peak = Math.max(peak, series.equity[i]);
    depths[i] = peak > 0 ? series.equity[i] / peak - 1 : 0;
  }
  return depths;
}
