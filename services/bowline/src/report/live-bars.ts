import type { Instrument, TimeMs } from '@bowline/domain';
import { lastAtOrBefore } from '@bowline/engine';
import type { TickBars } from '@bowline/ports';
import type { LiveCandles } from '@bowline/store-duckdb';

/** Candles in the ticks of their instrument. */
export function liveBars(candles: LiveCandles, { tick }: Instrument): TickBars {
  const unit = Number(tick.units) / 10 ** tick.scale;
  // A double is within a fraction of a tick of the exact price that it was made of.
  const ticks = (prices: Float64Array): Float64Array => prices.map((price) => Math.round(price / unit));
  const { close, high, intervalMs, length, low, open, openTime } = candles;
  return {
    length,
    intervalMs,
    openTime,
    open: ticks(open),
    high: ticks(high),
    low: ticks(low),
    close: ticks(close),
  };
}

/** The bars that begin in [from, to), null for no limit, and the close of the last one before. */
export function cutBars(
  bars: TickBars,
  from: TimeMs | null,
  to: TimeMs | null,
): { readonly bars: TickBars; readonly closeBefore: number | null } {
  const first = from === null ? 0 : firstFrom(bars, from);
  const end = to === null ? bars.length : firstFrom(bars, to);
  const closeBefore = first === 0 ? null : bars.close[first - 1];
  if (first === 0 && end === bars.length) return { bars, closeBefore };
  const cut = (column: Float64Array): Float64Array => column.subarray(first, Math.max(first, end));
  const openTime = cut(bars.openTime);
  return {
    bars: {
      length: openTime.length,
      intervalMs: bars.intervalMs,
      openTime,
      open: cut(bars.open),
      high: cut(bars.high),
      low: cut(bars.low),
      close: cut(bars.close),
    },
    closeBefore,
  };
}

/** The bar that an instant lies in, or the last before it; the first for what came before all. */
export function rowAt(bars: TickBars, time: TimeMs): number {
  return Math.max(0, lastAtOrBefore(bars.openTime, bars.length, time));
}

/** The first bar that begins at or after an instant. */
function firstFrom({ length, openTime }: TickBars, time: TimeMs): number {
  const at = lastAtOrBefore(openTime, length, time);
  return at >= 0 && openTime[at] === time ? at : at + 1;
}
