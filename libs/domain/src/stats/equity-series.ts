import type { TimeMs } from '../primitives/index.js';
import type { DaysPerYear } from './convention.js';
import { mean } from './moments.js';

export const DAY_MS = 86_400_000;

/** Equity over time, as doubles: what ratios are computed of. Amounts that must be exact are summed elsewhere. */
export interface EquitySeries {
  /** When `startingEquity` was there: the open of the first bar. */
  readonly startTime: TimeMs;
  readonly startingEquity: number;
  /** Ascending, the ends of the periods that `equity` closes. */
  readonly times: ArrayLike<number>;
  readonly equity: ArrayLike<number>;
}

/** The UTC day, counted from the epoch, that an end of period belongs to: midnight still closes the day before. */
export function dayEndedAt(time: TimeMs): number {
  return Math.floor((time - 1) / DAY_MS);
}

/** The last equity of each UTC day. On a 365-day calendar a day without a sample repeats the day before. */
export function dailyCloses(series: EquitySeries, daysPerYear: DaysPerYear = 365): number[] {
  const closes: number[] = [];
  let day = Math.floor(series.startTime / DAY_MS) - 1;
  let last = series.startingEquity;
  for (let i = 0; i < series.times.length; i += 1) {
    const sampleDay = dayEndedAt(series.times[i]);
    if (sampleDay > day) {
      if (daysPerYear === 365) for (let gap = day + 1; gap < sampleDay; gap += 1) closes.push(last);
      closes.push(series.equity[i]);
      day = sampleDay;
    } else if (closes.length > 0) {
      closes[closes.length - 1] = series.equity[i];
    }
    last = series.equity[i];
  }
  return closes;
}

/**
 * Daily UTC returns of equity, the first day's against the starting equity. Null where a day starts at or below
 * zero: a return on nothing is undefined.
 */
export function dailyReturns(series: EquitySeries, daysPerYear: DaysPerYear = 365): number[] | null {
  const closes = dailyCloses(series, daysPerYear);
  const returns: number[] = [];
  let previous = series.startingEquity;
  for (const close of closes) {
    if (!(previous > 0)) return null;
    returns.push(close / previous - 1);
    previous = close;
  }
  return returns;
}

/** What the series has earned, as a fraction of the starting equity; null without capital. */
export function totalReturn(series: EquitySeries): number | null {
  if (!(series.startingEquity > 0)) return null;
  return finalEquity(series) / series.startingEquity - 1;
}

/** The last sample, or the starting equity where there is none. */
export function finalEquity(series: EquitySeries): number {
  return series.times.length === 0 ? series.startingEquity : series.equity[series.times.length - 1];
}

/** Mean of the samples; null without any. */
export function meanEquity(series: EquitySeries): number | null {
  return mean(series.equity);
}

/** Days, with fraction, from the start to the last sample. */
export function elapsedDays(series: EquitySeries): number {
  return series.times.length === 0 ? 0 : (series.times[series.times.length - 1] - series.startTime) / DAY_MS;
}

/**
 * (final / start)^(daysPerYear / days) - 1: the yearly rate that would have led from start to final. Null without
 * capital, after ruin, and below one day, where the power says nothing.
 */
export function compoundAnnualGrowth(
  start: number,
  final: number,
  days: number,
  daysPerYear: number,
): number | null {
  if (!(start > 0) || final < 0 || days < 1) return null;
  const rate = Math.pow(final / start, daysPerYear / days) - 1;
  return Number.isFinite(rate) ? rate : null;
}

/**
 * The sum of several series at every time that any of them has; a series counts with its last value in between,
 * and with its starting equity before its first sample.
 */
export function sumSeries(parts: readonly EquitySeries[]): EquitySeries | null {
  if (parts.length === 0) return null;
  if (parts.length === 1) return parts[0];
  const times = mergedTimes(parts);
  const equity = new Float64Array(times.length);
  for (const part of parts) {
    let at = -1;
    for (let i = 0; i < times.length; i += 1) {
      while (at + 1 < part.times.length && part.times[at + 1] <= times[i]) at += 1;
      equity[i] += at < 0 ? part.startingEquity : part.equity[at];
    }
  }
  return {
    startTime: parts.reduce((first, part) => Math.min(first, part.startTime), Infinity),
    startingEquity: parts.reduce((sum, part) => sum + part.startingEquity, 0),
    times,
    equity,
  };
}

function mergedTimes(parts: readonly EquitySeries[]): ArrayLike<number> {
  const [first] = parts;
  if (parts.every((part) => sameTimes(part.times, first.times))) return first.times;
  const all = Float64Array.from(parts.flatMap((part) => Array.from(part.times))).sort();
  return all.filter((time, i) => i === 0 || time !== all[i - 1]);
}

function sameTimes(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
