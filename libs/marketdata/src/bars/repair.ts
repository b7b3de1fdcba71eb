import { BAR_FIELDS, emptyBars, type RawBars } from './columns.js';

export interface RepairedBars {
  readonly bars: RawBars;
  /** Where each bar stood in the file, from 0. */
  readonly sourceRows: Uint32Array;
  /** What was done, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Makes sound bars of rows that are not: drops rows with unusable fields, sorts by time, keeps the first of
 * several rows with the same time, and widens high and low where open or close lie outside. Every bar was in the
 * file; no bar and no price is invented.
 */
export function repairBars(source: RawBars, label: string): RepairedBars {
  const notes: string[] = [];
  const note = (count: number, text: (rows: string) => string): void => {
    if (count > 0) notes.push(`${label}: ${text(count === 1 ? '1 row' : `${count} rows`)}`);
  };
  const usable = usableRows(source);
  note(source.openTime.length - usable.length, (rows) => `dropped ${rows} with an unusable field`);
  const moved = sortByTime(usable, source.openTime);
  note(moved, (rows) => `sorted by time: ${rows} stood after a later one`);
  const { kept, differing } = firstOfEachTime(usable, source);
  const duplicates = usable.length - kept.length;
  note(
    duplicates,
    (rows) =>
      `dropped ${rows} whose time was there already (${differing} of them with other values), keeping the first`,
  );
  const bars = pick(source, kept);
  note(widen(bars), (rows) => `widened high or low of ${rows} to hold open and close`);
  return { bars, sourceRows: kept, notes };
}

function usableRows({ openTime, open, high, low, close, volume }: RawBars): Uint32Array {
  const rows = new Uint32Array(openTime.length);
  let count = 0;
  for (let row = 0; row < openTime.length; row++) {
    const usable =
      Number.isFinite(openTime[row]) &&
      isPrice(open[row]) &&
      isPrice(high[row]) &&
      isPrice(low[row]) &&
      isPrice(close[row]) &&
      high[row] >= low[row] &&
      volume[row] >= 0 &&
      volume[row] < Infinity;
    if (usable) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

function isPrice(value: number): boolean {
  return value > 0 && value < Infinity;
}

/** Sorts the rows in place, rows of one time in the order of the file. Returns how many stood after a later one. */
function sortByTime(rows: Uint32Array, time: Float64Array): number {
  let latest = -Infinity;
  let late = 0;
  for (const row of rows) {
    if (time[row] < latest) late += 1;
    else latest = time[row];
  }
  if (late > 0) rows.sort((a, b) => time[a] - time[b] || a - b);
  return late;
}

function firstOfEachTime(sorted: Uint32Array, source: RawBars): { kept: Uint32Array; differing: number } {
  const kept = new Uint32Array(sorted.length);
  let count = 0;
  let differing = 0;
  for (const row of sorted) {
    const last = kept[count - 1];
    if (count === 0 || source.openTime[last] !== source.openTime[row]) kept[count++] = row;
    else if (BAR_FIELDS.some((field) => source[field][last] !== source[field][row])) differing += 1;
  }
  return { kept: kept.slice(0, count), differing };
}

function pick(source: RawBars, rows: Uint32Array): RawBars {
  const bars = emptyBars(rows.length);
  for (const field of BAR_FIELDS) {
    const from = source[field];
    const to = bars[field];
    for (let at = 0; at < rows.length; at++) to[at] = from[rows[at]];
  }
  return bars;
}

/** Returns how many bars were widened. */
function widen({ open, high, low, close }: RawBars): number {
  let widened = 0;
  for (let at = 0; at < open.length; at++) {
    const top = Math.max(open[at], close[at], high[at]);
    const bottom = Math.min(open[at], close[at], low[at]);
    if (top !== high[at] || bottom !== low[at]) widened += 1;
    high[at] = top;
    low[at] = bottom;
  }
  return widened;
}
