import type { BarColumns } from '@bowline/ports';

/** The columns of a bar in the order in which files have them. */
export const BAR_FIELDS = ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const;
export type BarField = (typeof BAR_FIELDS)[number];

/** Columns that are still being filled or repaired. */
export type RawBars = Record<BarField, Float64Array>;

/** Doubles that workers can share. */
export function sharedDoubles(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
}

export function emptyBars(length: number): RawBars {
  return {
    openTime: sharedDoubles(length),
    open: sharedDoubles(length),
    high: sharedDoubles(length),
    low: sharedDoubles(length),
    close: sharedDoubles(length),
    volume: sharedDoubles(length),
  };
}

export function toBarColumns(bars: RawBars, intervalMs: number): BarColumns {
  return { length: bars.openTime.length, ...bars, intervalMs };
}

/** `2021-04-25T04:00:00.000Z`; the number itself where it is beyond the calendar. */
export function timeText(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
