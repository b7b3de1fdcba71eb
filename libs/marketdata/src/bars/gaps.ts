import type { Table } from '../table/table.js';
import { timeText, type RawBars } from './columns.js';

const LISTED_GAPS = 5;

/**
 * What is unusual in the rhythm of sound bars: gaps (more time between two bars than the interval) and bars that
 * are closer than it. One sentence each, the first few gaps one by one and the rest counted.
 * @param rowOf where a bar stood in the file, from 0
 */
export async function rhythmWarnings(
  table: Table,
  { openTime }: RawBars,
  steps: ReadonlyMap<number, number>,
  intervalMs: number,
  rowOf: (bar: number) => number,
): Promise<string[]> {
  const { label } = table;
  const longer = countWhere(steps, (step) => step > intervalMs);
  const shorter = countWhere(steps, (step) => step < intervalMs);
  const warnings: string[] = [];
  if (longer > 0) {
    const bars = gapStarts(openTime, intervalMs);
    const places = await table.placesOf(bars.map(rowOf));
    bars.forEach((bar, at) =>
      warnings.push(gapText(label, openTime[bar - 1], openTime[bar], intervalMs, places[at])),
    );
    if (longer > bars.length) warnings.push(`${label}: and ${longer - bars.length} more gaps`);
  }
  if (shorter > 0) {
    warnings.push(
      `${label}: ${shorter} ${shorter === 1 ? 'bar follows' : 'bars follow'} sooner than the interval of ${durationText(intervalMs)}`,
    );
  }
  return warnings;
}

function gapText(label: string, from: number, to: number, intervalMs: number, place: string): string {
  const missing = Math.ceil((to - from) / intervalMs) - 1;
  const bars = missing === 1 ? '1 bar is missing' : `${missing} bars are missing`;
  return `${label}: gap of ${durationText(to - from)} from ${timeText(from)} to ${timeText(to)}, before ${place} (${bars})`;
}

/** Bars before which there is a gap, the first few. */
function gapStarts(openTime: Float64Array, intervalMs: number): number[] {
  const starts: number[] = [];
  for (let bar = 1; bar < openTime.length && starts.length < LISTED_GAPS; bar++) {
    if (openTime[bar] - openTime[bar - 1] > intervalMs) starts.push(bar);
  }
  return starts;
}

function countWhere(steps: ReadonlyMap<number, number>, matches: (step: number) => boolean): number {
  let total = 0;
  for (const [step, count] of steps) if (matches(step)) total += count;
  return total;
}

/** `285 minutes`; seconds where it is not whole minutes. */
function durationText(ms: number): string {
  const [value, unit] = ms % 60_000 === 0 ? [ms / 60_000, 'minute'] : [ms / 1000, 'second'];
  return `${value} ${unit}${value === 1 ? '' : 's'}`;
}
