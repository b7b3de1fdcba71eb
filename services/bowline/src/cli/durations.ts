import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const LONGEST_MS = 365 * 24 * 3_600_000;

/** `20s`, `5m`, `1.5h`, `500ms`; milliseconds. */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim());
  const value = match === null ? NaN : Number(match[1]) * UNITS[match[2]!]!;
  if (value > 0 && value <= LONGEST_MS) return value;
  throw new InvalidArgumentError('Write a number with ms, s, m or h behind it, such as 20s or 5m.');
}

/** Virtual seconds to a real one, or as fast as it can. (A parser that returns null would give the option an empty text.) */
export type Speed = number | 'max';

/** `60`, `0.5`, or `max`. */
export function speed(text: string): Speed {
  if (text.trim() === 'max') return 'max';
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text.trim()) && value > 0 && value <= 100_000) return value;
  throw new InvalidArgumentError('Write how many virtual seconds pass in a real one, such as 60, or max.');
}
