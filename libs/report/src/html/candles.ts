import { priceNumber, type Instrument } from '@bowline/domain';
import type { TickBars } from '@bowline/ports';

/** Enough for a screen's width several times over. */
export const MAX_CANDLES = 3_000;

/** Time in seconds, open, high, low, close: numbers as the chart wants them. */
export type Candle = readonly [number, number, number, number, number];

/**
 * At most `max` candles that cover all bars: neighbours are put together, so that highs and lows stay. A candle's time
 * is that of its first bar; times are distinct and ascending.
 */
export function downsample(bars: TickBars, instrument: Instrument, max = MAX_CANDLES): Candle[] {
  const perCandle = Math.max(1, Math.ceil(bars.length / max));
  const candles: Candle[] = [];
  // Ticks times tick size leave digits like 0.30000000000000004, which only make the file larger.
  const unit = 10 ** instrument.tick.scale;
  const price = (ticks: number): number => Math.round(priceNumber(instrument, ticks) * unit) / unit;
  const { high: highs, low: lows } = bars;
  for (let from = 0; from < bars.length; from += perCandle) {
    const to = Math.min(from + perCandle, bars.length);
    let high = highs[from];
    let low = lows[from];
    for (let i = from + 1; i < to; i += 1) {
      if (highs[i] > high) high = highs[i];
      if (lows[i] < low) low = lows[i];
    }
    const candle: Candle = [
      Math.floor(bars.openTime[from] / 1000),
      price(bars.open[from]),
      price(high),
      price(low),
      price(bars.close[to - 1]),
    ];
    const last = candles.at(-1);
    // Bars shorter than the chart's second share it.
    if (last !== undefined && last[0] === candle[0]) candles[candles.length - 1] = joined(last, candle);
    else candles.push(candle);
  }
  return candles;
}

function joined(a: Candle, b: Candle): Candle {
  return [a[0], a[1], Math.max(a[2], b[2]), Math.min(a[3], b[3]), b[4]];
}
