import type { Instrument, Ticks, TimeMs } from '@bowline/domain';
import type { TickBars, TickColumns } from '@bowline/ports';
import type { MarketSink, MarketSource } from './market-source.js';
import type { QuoteOptions } from './quotes.js';
import { TickSource, type PricePoint, type PriceStream } from './tick-source.js';

export interface ReplayBarsOptions extends QuoteOptions {
  readonly series: readonly { readonly instrument: Instrument; readonly bars: TickBars }[];
  readonly sink: MarketSink;
}

export interface ReplayTicksOptions extends QuoteOptions {
  readonly series: readonly { readonly instrument: Instrument; readonly ticks: TickColumns }[];
  readonly sink: MarketSink;
  /** Length of the candles that are made of the trades. Default 60,000. */
  readonly barMs?: number;
}

/**
 * Candles as a market: each is four prices, the open at its beginning, the nearer of high and low (both as near: the
 * low) after a third, the other after two thirds, the close in its last millisecond, with quotes around them. The
 * candles that it tells are those that it was given.
 */
export function replayBars({ series, sink, ...quotes }: ReplayBarsOptions): MarketSource {
  const streams = series
    .filter(({ bars }) => bars.length > 0)
    .map(({ bars, instrument }) => new BarStream(instrument, bars));
  return new TickSource(sink, streams, quotes);
}

/** Recorded trades as a market, with quotes around them, and the candles that they make. */
export function replayTicks({ series, sink, barMs = 60_000, ...quotes }: ReplayTicksOptions): MarketSource {
  const streams = series
    .filter(({ ticks }) => ticks.length > 0)
    .map(({ instrument, ticks }) => new RecordedStream(instrument, ticks, barMs));
  return new TickSource(sink, streams, quotes);
}

const PRICES_A_BAR = 4;

class BarStream implements PriceStream {
  readonly begunBar = null;
  readonly barMs: number;
  readonly usualPrice: Ticks;
  private bar = 0;
  private phase = 0;

  constructor(
    readonly instrument: Instrument,
    private readonly bars: TickBars,
  ) {
    this.barMs = bars.intervalMs;
    this.usualPrice = bars.open[0];
  }

  nextTime(): TimeMs | null {
    const { bar, bars, barMs, phase } = this;
    if (bar === bars.length) return null;
    return bars.openTime[bar] + (phase === 3 ? barMs - 1 : Math.floor((barMs * phase) / 3));
  }

  take(): PricePoint {
    const { bar, bars, phase } = this;
    const point = { price: this.priceOf(bar, phase), quantity: null, barOpenTime: bars.openTime[bar] };
    this.phase = (phase + 1) % PRICES_A_BAR;
    if (this.phase === 0) this.bar += 1;
    return point;
  }

  private priceOf(bar: number, phase: number): Ticks {
    const { close, high, low, open } = this.bars;
    if (phase === 0) return open[bar];
    if (phase === 3) return close[bar];
    const lowFirst = open[bar] - low[bar] <= high[bar] - open[bar];
    return lowFirst === (phase === 1) ? low[bar] : high[bar];
  }
}

class RecordedStream implements PriceStream {
  readonly begunBar = null;
  readonly usualPrice: Ticks;
  private row = 0;

  constructor(
    readonly instrument: Instrument,
    private readonly ticks: TickColumns,
    readonly barMs: number,
  ) {
    this.usualPrice = ticks.price[0];
  }

  nextTime(): TimeMs | null {
    return this.row < this.ticks.length ? this.ticks.time[this.row] : null;
  }

  take(): PricePoint {
    const { barMs, row, ticks } = this;
    this.row += 1;
    const barOpenTime = Math.floor(ticks.time[row] / barMs) * barMs;
    return { price: ticks.price[row], quantity: ticks.quantity?.[row] ?? null, barOpenTime };
  }
}
