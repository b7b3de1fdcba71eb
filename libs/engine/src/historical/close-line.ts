import type { TickBars } from '@bowline/ports';
import { firstAtOrAfter } from './bar-index.js';
import { DAY_MS } from './days.js';

/** The closes of all bars that value a client, ascending and distinct: `times[place] + shift`. */
export interface CloseLine {
  readonly length: number;
  readonly times: Float64Array;
  readonly shift: number;
}

/** The line of these bars. Where all have the same times it is made of theirs, and nothing is copied. */
export function closeLine(all: readonly TickBars[]): CloseLine {
  const [first, ...others] = [...new Set(all)];
  if (first === undefined) return { length: 0, times: new Float64Array(0), shift: 0 };
  if (others.every((bars) => closesAlike(bars, first))) {
    return { length: first.length, times: first.openTime, shift: first.intervalMs };
  }
  const times = mergedCloses([first, ...others]);
  return { length: times.length, times, shift: 0 };
}

/** Whether these bars close exactly when the line says: then its places are their rows. */
export function isAligned({ length, shift, times }: CloseLine, bars: TickBars): boolean {
  // The line holds all closes of the bars, so that one of the same length has no others.
  return (
    bars.length === length && (length === 0 || times[0]! + shift === bars.openTime[0]! + bars.intervalMs)
  );
}

/** The places that are sampled: all, or the last of each UTC day. A bar that closes at midnight ends its day. */
export function samplePlaces({ length, shift, times }: CloseLine, every: 'daily' | 'bar'): number[] {
  if (every === 'bar') return Array.from({ length }, (_, place) => place);
  const places: number[] = [];
  let place = 0;
  while (place < length) {
    const day = Math.floor((times[place]! + shift - 1) / DAY_MS);
    const next = firstAtOrAfter(times, length, (day + 1) * DAY_MS + 1 - shift, place);
    places.push(next - 1);
    place = next;
  }
  return places;
}

function closesAlike(a: TickBars, b: TickBars): boolean {
  if (a.length !== b.length) return false;
  for (let row = 0; row < a.length; row += 1) {
    if (a.openTime[row]! + a.intervalMs !== b.openTime[row]! + b.intervalMs) return false;
  }
  return true;
}

function mergedCloses(all: readonly TickBars[]): Float64Array {
  const merged = new Float64Array(all.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const { intervalMs, length, openTime } of all) {
    for (let row = 0; row < length; row += 1) merged[filled + row] = openTime[row]! + intervalMs;
    filled += length;
  }
  merged.sort();
  let kept = 0;
  for (const time of merged) if (kept === 0 || time !== merged[kept - 1]) merged[kept++] = time;
  return merged.slice(0, kept);
}
