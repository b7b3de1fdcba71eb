import type { TimeMs } from '@bowline/domain';

/** Where the minutes of a scenario begin: a midnight, so that day limits can be counted in them. */
export const START: TimeMs = Date.UTC(2024, 0, 1);

export const MINUTE_MS = 60_000;

/** Minutes since the start as a time. */
export function atMinute(minute: number): TimeMs {
  return START + minute * MINUTE_MS;
}

/** A time as minutes since the start. */
export function minuteOf(time: TimeMs): number {
  return (time - START) / MINUTE_MS;
}
