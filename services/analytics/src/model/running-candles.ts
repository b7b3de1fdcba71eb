import type { BarClosed, MarketUpdate } from '@bowline/ports';

const MINUTE_MS = 60_000;

type Candle = { -readonly [K in keyof BarClosed]: BarClosed[K] };

/** The candles that have begun, of each symbol the last: what a market has done since the last one that is over. */
export class RunningCandles {
  private readonly candles = new Map<string, Candle>();

  update({ at, exchange, high, last, low, symbol }: MarketUpdate): void {
    const openTime = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const key = `${exchange}\n${symbol}`;
    const candle = this.candles.get(key);
    if (candle?.openTime === openTime) {
      candle.high = Math.max(candle.high, high);
      candle.low = Math.min(candle.low, low);
      candle.close = last;
      return;
    }
    // Its high and low reach back into the minute before.
    const prices = { open: last, high: last, low: last, close: last };
    this.candles.set(key, { exchange, symbol, openTime, intervalMs: MINUTE_MS, ...prices });
  }

  /** One that is over is told of by the feed, which knows all of it. */
  closed({ exchange, openTime, symbol }: BarClosed): void {
    const key = `${exchange}\n${symbol}`;
    const candle = this.candles.get(key);
    if (candle !== undefined && candle.openTime <= openTime) this.candles.delete(key);
  }

  all(): readonly BarClosed[] {
    return [...this.candles.values()];
  }
}
