import { roundPriceDown, type Instrument, type Ticks, type TimeMs } from '@bowline/domain';
import type { MarketSink, MarketSource } from './market-source.js';
import type { QuoteOptions } from './quotes.js';
import { streamOf } from './seeded.js';
import { extended, TickSource, type OpenBar, type PriceStream } from './tick-source.js';
import { wander } from './wander.js';

export interface GeneratedMarket {
  readonly instrument: Instrument;
  /** The price that it wanders around, ticks; at least 10. */
  readonly startPrice: Ticks;
  /** Standard deviation of a minute's return. Default 0.002: a price moves 1.5 % within an hour, about. */
  readonly volatility?: number;
}

export interface GenerateMarketOptions extends QuoteOptions {
  readonly seed: number;
  readonly markets: readonly GeneratedMarket[];
  readonly sink: MarketSink;
  /** Ticks before it are not played. Prices do not depend on it. */
  readonly from: TimeMs;
  /** One price a symbol. Default 1,000. */
  readonly tickMs?: number;
  /** Default 60,000. */
  readonly barMs?: number;
}

const MINUTE_MS = 60_000;
const LEAST_TICKS = 10;

/**
 * A market that never ends: one price per symbol and `tickMs`, with quotes around it. A price depends on the seed,
 * the symbol, the time, and nothing else: wherever the source begins, and however often it was asked, it is the
 * same, on every machine; and the same at every exchange. Throws a RangeError on options that make no market.
 */
export function generateMarket(options: GenerateMarketOptions): MarketSource {
  const streams = options.markets.map((market) => new GeneratedStream(options, market));
  return new TickSource(options.sink, streams, options);
}

class GeneratedStream implements PriceStream {
  readonly instrument: Instrument;
  readonly usualPrice: Ticks;
  readonly barMs: number;
  readonly begunBar: OpenBar | null = null;
  private readonly stream: number;
  private readonly tickMs: number;
  private readonly stepVolatility: number;
  /** Number of the next tick, counted from the epoch. */
  private next: number;

  constructor(
    { barMs = MINUTE_MS, from, seed, tickMs = 1_000 }: GenerateMarketOptions,
    { instrument, startPrice, volatility = 0.002 }: GeneratedMarket,
  ) {
    const { symbol } = instrument;
    if (!(tickMs > 0 && barMs >= tickMs))
      throw new RangeError(`a tick each ${tickMs} ms makes no candle of ${barMs} ms`);
    if (!(startPrice >= LEAST_TICKS))
      throw new RangeError(`${symbol}: startPrice must be at least ${LEAST_TICKS} ticks, got ${startPrice}`);
    if (!(volatility >= 0 && volatility <= 0.1))
      throw new RangeError(
        `${symbol}: volatility must lie between 0 and 0.1 (10 % a minute), got ${volatility}`,
      );
    this.instrument = instrument;
    this.usualPrice = startPrice;
    this.barMs = barMs;
    this.tickMs = tickMs;
    this.stream = streamOf(seed, `market ${symbol}`);
    this.stepVolatility = volatility * Math.sqrt(tickMs / MINUTE_MS);
    this.next = Math.ceil(from / tickMs);
    this.begunBar = this.barBefore(from);
  }

  nextTime(): TimeMs {
    return this.next * this.tickMs;
  }

  take(): { price: Ticks; quantity: null; barOpenTime: TimeMs } {
    const at = this.next;
    this.next += 1;
    return { price: this.priceAt(at), quantity: null, barOpenTime: this.barOf(at) };
  }

  private priceAt(tick: number): Ticks {
    const x = wander(this.stream, tick, this.stepVolatility);
    // e^x nearly, in operations whose result is the same on every machine; never 0.
    const factor = x < 0 ? 1 / (1 - x + (x * x) / 2) : 1 + x + (x * x) / 2;
    return Math.max(LEAST_TICKS, roundPriceDown(this.instrument, Math.round(this.usualPrice * factor)));
  }

  private barOf(tick: number): TimeMs {
    return Math.floor((tick * this.tickMs) / this.barMs) * this.barMs;
  }

  /** The candle that the ticks before `from` have begun: a source that begins later closes the same candles. */
  private barBefore(from: TimeMs): OpenBar | null {
    const openTime = this.barOf(this.next - 1);
    if (openTime + this.barMs < from) return null;
    let bar: OpenBar | null = null;
    for (let tick = Math.ceil(openTime / this.tickMs); tick < this.next; tick += 1)
      bar = extended(bar, this.priceAt(tick), openTime);
    return bar;
  }
}
