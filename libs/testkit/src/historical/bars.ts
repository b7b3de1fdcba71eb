import { decimal, priceToTicks, type Instrument, type Ticks } from '@bowline/domain';
import type { TickBars } from '@bowline/ports';
import { atMinute, MINUTE_MS } from './clock.js';

/** Open, high, low, close, as decimals. */
export type BarRow = readonly [open: Price, high: Price, low: Price, close: Price];

/** A decimal, written as a number where that is exact enough to read. */
export type Price = number | string;

/** Bars that do not open every minute from minute 0 on. */
export interface BarSeries {
  readonly rows: readonly BarRow[];
  /** Minutes a bar lasts: 1. */
  readonly every?: number;
  /** Minute of the first bar: 0. */
  readonly from?: number;
  /** Minute of every bar, for a series with gaps; instead of `from`. */
  readonly at?: readonly number[];
}

/** A bar in which the price stands still. */
export function flat(price: Price): BarRow {
  return [price, price, price, price];
}

/** `count` bars at one price. */
export function flats(count: number, price: Price): BarRow[] {
  return Array.from({ length: count }, () => flat(price));
}

/** The rows in the instrument's ticks. Throws on a price that is off the tick. */
export function tickBars(instrument: Instrument, bars: readonly BarRow[] | BarSeries): TickBars {
  const { at, every = 1, from = 0, rows } = 'rows' in bars ? bars : { rows: bars };
  const column = (pick: (row: BarRow, index: number) => number) => Float64Array.from(rows, pick);
  const prices = (place: 0 | 1 | 2 | 3) => column((row) => ticksOf(instrument, row[place]));
  return {
    length: rows.length,
    openTime: column((_, index) => atMinute(at === undefined ? from + index * every : at[index])),
    open: prices(0),
    high: prices(1),
    low: prices(2),
    close: prices(3),
    intervalMs: every * MINUTE_MS,
  };
}

function ticksOf(instrument: Instrument, price: Price): Ticks {
  const ticks = priceToTicks(instrument, decimal(price));
  if (ticks === null) throw new RangeError(`${price} is off the tick of ${instrument.tickSize}`);
  return ticks;
}
