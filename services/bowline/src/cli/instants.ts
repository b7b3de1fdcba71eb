import { UsageError } from './exit.js';

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z?$/;

/** The beginning of a UTC day, `2024-01-31`, or an instant, `2024-01-31T12:00Z`; in milliseconds. */
export function startOf(option: string, text: string): number {
  return instant(option, text).ms;
}

/** The end of a UTC day, which is meant whole, or an instant. */
export function endOf(option: string, text: string): number {
  const { day, ms } = instant(option, text);
  return day ? ms + DAY_MS : ms;
}

interface Instant {
  readonly ms: number;
  /** Whether a day was named rather than an instant. */
  readonly day: boolean;
}

function instant(option: string, text: string): Instant {
  const day = DATE.test(text);
  if (day || DATE_TIME.test(text)) {
    const ms = Date.parse(day ? `${text}T00:00Z` : `${text.replace(' ', 'T').replace(/Z$/, '')}Z`);
    // Date.parse takes the 30th of February for the first or second of March.
    if (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text.slice(0, 10))) return { ms, day };
  }
  throw new UsageError(`${option} ${text}: write a UTC date such as 2024-01-31 or 2024-01-31T12:00Z`);
}
