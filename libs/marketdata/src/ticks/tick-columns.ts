import { InputError } from '@bowline/contracts';
import type { Instrument } from '@bowline/domain';
import type { TickBars, TickColumns, TradeColumns } from '@bowline/ports';
import { timeText } from '../bars/columns.js';
import { firstOffTick, offTickText } from '../bars/tick-bars.js';

/** A double is off a decimal by a few of its last bits at most. */
const TOLERANCE = 2 ** -48;

/**
 * Trades in whole ticks and lots of the instrument. Prices are exact. Quantities are those of others, who may trade in
 * finer lots: they go down to the lot, but not to nothing.
 * Throws an InputError that names the first trade whose price is off the tick.
 */
export function toTickColumns(
  { length, price, quantity, time }: TradeColumns,
  instrument: Instrument,
): TickColumns {
  const ticks = new Float64Array(length);
  const row = firstOffTick(price, ticks, instrument);
  if (row >= 0) {
    const { exchange, symbol } = instrument;
    const at = `${exchange}:${symbol}, trade ${row + 1} (${timeText(time[row])})`;
    throw new InputError([`${at}: ${offTickText('price', price[row], instrument)}`]);
  }
  return { length, time, price: ticks, quantity: quantity && toLots(quantity, instrument) };
}

function toLots(quantities: Float64Array, { lot }: Instrument): Float64Array {
  const size = Number(lot.units) / 10 ** lot.scale;
  return quantities.map((quantity) => {
    const lots = quantity / size;
    return Math.max(1, Math.floor(lots + lots * TOLERANCE));
  });
}

/** The candles that trades make: one for each interval in which there was any. */
export function barsOfTicks({ length, price, time }: TickColumns, intervalMs: number): TickBars {
  const starts: number[] = [];
  for (let row = 0, opened = -Infinity; row < length; row += 1) {
    const openTime = Math.floor(time[row] / intervalMs) * intervalMs;
    if (openTime > opened) starts.push(row);
    opened = openTime;
  }
  const bars = starts.length;
  const column = (): Float64Array => new Float64Array(new SharedArrayBuffer(bars * 8));
  const [openTime, open, high, low, close] = [column(), column(), column(), column(), column()];
  starts.forEach((start, bar) => {
    const prices = price.subarray(start, starts[bar + 1] ?? length);
    openTime[bar] = Math.floor(time[start] / intervalMs) * intervalMs;
    open[bar] = prices[0];
    close[bar] = prices[prices.length - 1];
    let highest = prices[0];
    let lowest = prices[0];
    for (const each of prices) {
      if (each > highest) highest = each;
      if (each < lowest) lowest = each;
    }
    high[bar] = highest;
    low[bar] = lowest;
  });
  return { length: bars, openTime, open, high, low, close, intervalMs };
}
