import type { TickBars } from '@bowline/ports';

/** Bars per block, a power of two. Not exported itself: what is exported is looked up at every use. */
const BLOCK = 64;
export const BARS_PER_BLOCK = BLOCK;

/**
 * Lowest low and highest high of every block of 64 bars. A quiet stretch is passed a block at a time, so that the
 * cost of a bar in which nothing happens is a small fraction of a comparison. Built once for all clients, exchanges
 * and strategies that share the bars.
 */
export interface BarIndex {
  readonly bars: TickBars;
  readonly blockLow: Float64Array;
  readonly blockHigh: Float64Array;
}

const indexes = new WeakMap<TickBars, BarIndex>();

/** The index of these bars, made on first use. */
export function indexOf(bars: TickBars): BarIndex {
  let index = indexes.get(bars);
  if (!index) {
    const { highest, lowest } = blockExtremes(bars.low, bars.high, bars.length);
    indexes.set(bars, (index = { bars, blockLow: lowest, blockHigh: highest }));
  }
  return index;
}

/** The lowest and the highest value of every block. */
export interface BlockExtremes {
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
}

const closes = new WeakMap<TickBars, BlockExtremes>();

/** Those of the closes, made on first use. */
export function blockCloses(bars: TickBars): BlockExtremes {
  let extremes = closes.get(bars);
  if (!extremes) closes.set(bars, (extremes = blockExtremes(bars.close, bars.close, bars.length)));
  return extremes;
}

function blockExtremes(low: Float64Array, high: Float64Array, length: number): BlockExtremes {
  const blocks = Math.ceil(length / BLOCK);
  const lows = new Float64Array(blocks);
  const highs = new Float64Array(blocks);
  for (let block = 0; block < blocks; block += 1) {
    const end = Math.min(length, (block + 1) * BLOCK);
    let lowest = Infinity;
    let highest = -Infinity;
    for (let row = block * BLOCK; row < end; row += 1) {
      if (low[row]! < lowest) lowest = low[row]!;
      if (high[row]! > highest) highest = high[row]!;
    }
    lows[block] = lowest;
    highs[block] = highest;
  }
  return { lowest: lows, highest: highs };
}

/** What a scan has passed: the extremes of the quiet bars, for MAE and MFE. */
export interface Extremes {
  lowest: number;
  highest: number;
}

/**
 * The first bar in [from, to) with a low at or below `lower` or a high at or above `upper`; `to` where there is
 * none. Folds the lows and highs of all bars before it into `extremes`.
 */
export function nextTouch(
  index: BarIndex,
  from: number,
  to: number,
  lower: number,
  upper: number,
  extremes: Extremes,
): number {
  const { low, high } = index.bars;
  const { blockLow, blockHigh } = index;
  let { lowest, highest } = extremes;
  let row = from;
  while (row < to) {
    if ((row & (BLOCK - 1)) === 0) {
      let block = row / BLOCK;
      const lastBlock = Math.floor(to / BLOCK);
      while (block < lastBlock) {
        const bottom = blockLow[block]!;
        const top = blockHigh[block]!;
        if (bottom <= lower || top >= upper) break;
        if (bottom < lowest) lowest = bottom;
        if (top > highest) highest = top;
        block += 1;
      }
      row = block * BLOCK;
      if (row >= to) break;
    }
    const end = Math.min(to, (row | (BLOCK - 1)) + 1);
    for (; row < end; row += 1) {
      const bottom = low[row]!;
      const top = high[row]!;
      if (bottom <= lower || top >= upper) {
        extremes.lowest = lowest;
        extremes.highest = highest;
        return row;
      }
      if (bottom < lowest) lowest = bottom;
      if (top > highest) highest = top;
    }
  }
  extremes.lowest = lowest;
  extremes.highest = highest;
  return to;
}

/**
 * The first row from `hint` on whose openTime is at or after `time`; the length where there is none. Looks near the
 * hint first: signals come in order of time, and the next one is seldom far.
 */
export function firstAtOrAfter(openTime: Float64Array, length: number, time: number, hint = 0): number {
  let from = hint;
  let step = 1;
  while (from + step < length && openTime[from + step]! < time) {
    from += step;
    step *= 2;
  }
  let to = Math.min(from + step, length);
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (openTime[middle]! < time) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The last row whose openTime is at or before `time`; -1 where there is none. */
export function lastAtOrBefore(openTime: Float64Array, length: number, time: number, hint = 0): number {
  const row = firstAtOrAfter(openTime, length, time, hint);
  return row < length && openTime[row] === time ? row : row - 1;
}
