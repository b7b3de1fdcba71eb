import { InputError } from '@bowline/contracts';
import type { Instrument } from '@bowline/domain';
import type { BarColumns, TickBars } from '@bowline/ports';
import { sharedDoubles, timeText } from './columns.js';
import { DECIMAL_TOLERANCE } from './price-scale.js';

const PRICE_FIELDS = ['open', 'high', 'low', 'close'] as const;
type PriceField = (typeof PRICE_FIELDS)[number];

/** Beyond this many ticks a double no longer tells a tick from float noise. */
const MOST_TICKS = 2 ** 48;

/** Which way --repair rounds a price that is off the tick, so that the bar never shrinks. */
const ROUND: Record<PriceField, (ticks: number) => number> = {
  open: Math.round,
  high: Math.ceil,
  low: Math.floor,
  close: Math.round,
};

/**
 * Prices as whole numbers of the instrument's ticks, exact: 0.1 + 0.2 is 30 ticks of 0.01.
 * Throws an InputError that names the first bar and field that is off the tick.
 *
 * @param options.consume puts the ticks where the prices were, for who has no use for the prices any more: to fill
 *   that much fresh memory takes longer than to work the ticks out. After an error the columns are of no use either.
 */
export function toTickBars(
  columns: BarColumns,
  instrument: Instrument,
  { consume = false }: { readonly consume?: boolean } = {},
): TickBars {
  const prices = consume ? columns : prepare(columns);
  let worst: { readonly field: PriceField; readonly bar: number } | null = null;
  for (const field of PRICE_FIELDS) {
    const bar = firstOffTick(columns[field], prices[field], instrument);
    if (bar >= 0 && (worst === null || bar < worst.bar)) worst = { field, bar };
  }
  if (worst !== null) throw offTick(columns, instrument, worst.field, worst.bar);
  return tickBars(columns, prices);
}

/**
 * The same where prices may be off the tick: open and close go to the nearest, high up, low down. `notes` says
 * how many prices were rounded, in one sentence; it is empty where none was.
 */
export function roundToTickBars(
  columns: BarColumns,
  instrument: Instrument,
): { readonly bars: TickBars; readonly notes: readonly string[] } {
  const prices = prepare(columns);
  let rounded = 0;
  for (const field of PRICE_FIELDS) {
    const off = convertRounding(columns[field], prices[field], instrument, ROUND[field]);
    if (off.beyond >= 0) throw offTick(columns, instrument, field, off.beyond);
    rounded += off.count;
  }
  const low = prices.low.findIndex((ticks) => ticks < 1);
  if (low >= 0) throw offTick(columns, instrument, 'low', low);
  const notes =
    rounded === 0
      ? []
      : [
          `${nameOf(instrument)}: rounded ${rounded} ${rounded === 1 ? 'price' : 'prices'} to tickSize ${instrument.tickSize} (open and close to the nearest, high up, low down)`,
        ];
  return { bars: tickBars(columns, prices), notes };
}

/**
 * Turns prices into ticks. Returns the first that is off the tick, -1 where none is. It stays as it is, even where the
 * ticks go into the prices' own memory: the error shows it. A loop of its own, because millions of prices go through it.
 */
export function firstOffTick(from: Float64Array, to: Float64Array, { tick }: Instrument): number {
  const power = 10 ** tick.scale;
  const units = Number(tick.units);
  // What another module exports is looked up at every use.
  const tolerance = DECIMAL_TOLERANCE;
  const { length } = from;
  for (let at = 0; at < length; at++) {
    const ticks = (from[at] * power) / units;
    const nearest = Math.round(ticks);
    if (!isExact(ticks, nearest, tolerance)) return at;
    to[at] = nearest;
  }
  return -1;
}

interface Rounded {
  readonly count: number;
  /** First bar that has too many ticks to be exact, -1 where none has. */
  readonly beyond: number;
}

function convertRounding(
  from: Float64Array,
  to: Float64Array,
  { tick }: Instrument,
  round: (ticks: number) => number,
): Rounded {
  const power = 10 ** tick.scale;
  const units = Number(tick.units);
  let count = 0;
  for (let at = 0; at < from.length; at++) {
    const ticks = (from[at] * power) / units;
    const nearest = Math.round(ticks);
    if (isExact(ticks, nearest, DECIMAL_TOLERANCE)) to[at] = nearest;
    else if (ticks < MOST_TICKS) {
      to[at] = round(ticks);
      count += 1;
    } else return { count, beyond: at };
  }
  return { count, beyond: -1 };
}

function isExact(ticks: number, nearest: number, tolerance: number): boolean {
  return Math.abs(ticks - nearest) <= ticks * tolerance && ticks < MOST_TICKS;
}

function offTick(columns: BarColumns, instrument: Instrument, field: PriceField, bar: number): InputError {
  const price = columns[field][bar];
  const at = `${nameOf(instrument)}, bar ${bar + 1} (${timeText(columns.openTime[bar])})`;
  const otherwise = ', or use --repair, which rounds to the tick';
  return new InputError([`${at}: ${offTickText(field, price, instrument, otherwise)}`]);
}

/** Why a price is no whole number of ticks, and what to do. `otherwise` is what else helps where it lies between two. */
export function offTickText(
  name: string,
  price: number,
  { symbol, tickSize }: Instrument,
  otherwise = '',
): string {
  const setting = `set instruments.${symbol}.tickSize`;
  if (price / Number(tickSize) >= MOST_TICKS)
    return `${name} ${price} has more digits than tickSize ${tickSize} can hold exactly; ${setting} to a coarser one`;
  if (price < Number(tickSize))
    return `${name} ${price} is below one tick of ${tickSize}; ${setting} to a finer one`;
  return `${name} ${price} is not a multiple of tickSize ${tickSize}; ${setting} to that of the data${otherwise}`;
}

function prepare({ length }: BarColumns): Record<PriceField, Float64Array> {
  return {
    open: sharedDoubles(length),
    high: sharedDoubles(length),
    low: sharedDoubles(length),
    close: sharedDoubles(length),
  };
}

function tickBars(
  { length, openTime, intervalMs }: BarColumns,
  { open, high, low, close }: Record<PriceField, Float64Array>,
): TickBars {
  return { length, openTime, open, high, low, close, intervalMs };
}

function nameOf({ exchange, symbol }: Instrument): string {
  return `${exchange}:${symbol}`;
}
