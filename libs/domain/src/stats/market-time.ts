import type { TimeMs } from '../primitives/index.js';
import { ratio } from './moments.js';

/** From when to when something was open, milliseconds. */
export interface Interval {
  readonly from: TimeMs;
  readonly to: TimeMs;
}

/** Time covered by at least one interval, overlaps once. An interval that ends before it begins covers nothing. */
export function coveredMs(intervals: readonly Interval[]): number {
  return coveredWithin(intervals, -Infinity, Infinity);
}

/** Share of `span` in which a position was open, in [0, 1]; null for an empty span. */
export function timeInMarket(intervals: readonly Interval[], span: Interval): number | null {
  return ratio(coveredWithin(intervals, span.from, span.to), span.to - span.from);
}

/**
 * Walks over all beginnings and ends in the order of time, counting what is open. Which end belongs to which beginning
 * does not matter, so that both are sorted by themselves, as plain numbers.
 */
function coveredWithin(intervals: readonly Interval[], from: TimeMs, to: TimeMs): number {
  const clipped = intervals.filter((each) => Math.min(each.to, to) > Math.max(each.from, from));
  const starts = Float64Array.from(clipped, (each) => Math.max(each.from, from)).sort();
  const ends = Float64Array.from(clipped, (each) => Math.min(each.to, to)).sort();
  let covered = 0;
  let stretch = starts[0];
  for (let i = 0; i < ends.length; i += 1) {
    // As many have ended as have begun: nothing is open until the next beginning.
    if (i + 1 === starts.length || starts[i + 1] > ends[i]) {
      covered += ends[i] - stretch;
      stretch = starts[i + 1];
    }
  }
  return covered;
}

/** Value of all fills, bought and sold, over the mean equity: how often the capital was turned. Null without equity. */
export function turnover(tradedValue: number, meanEquity: number | null): number | null {
  return meanEquity !== null && meanEquity > 0 ? ratio(tradedValue, meanEquity) : null;
}
