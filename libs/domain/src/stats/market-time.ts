import type { TimeMs } from '../primitives/index.js';
import { ratio } from './moments.js';

/** From when to when something was open, milliseconds. */
export interface Interval {
  readonly from: TimeMs;
  readonly to: TimeMs;
}

/** Time covered by at least one interval, overlaps once. */
export function coveredMs(intervals: readonly Interval[]): number {
  const sorted = [...intervals].sort((a, b) => a.from - b.from);
  let covered = 0;
  let reached = -Infinity;
  for (const { from, to } of sorted) {
    if (to > reached) {
      covered += to - Math.max(from, reached);
      reached = to;
    }
  }
  return covered;
}

/** Share of `span` in which a position was open, in [0, 1]; null for an empty span. */
export function timeInMarket(intervals: readonly Interval[], span: Interval): number | null {
  const clipped = intervals
    .map(({ from, to }) => ({ from: Math.max(from, span.from), to: Math.min(to, span.to) }))
    .filter(({ from, to }) => to > from);
  return ratio(coveredMs(clipped), span.to - span.from);
}

/** Value of all fills, bought and sold, over the mean equity: how often the capital was turned. Null without equity. */
export function turnover(tradedValue: number, meanEquity: number | null): number | null {
  return meanEquity !== null && meanEquity > 0 ? ratio(tradedValue, meanEquity) : null;
}
