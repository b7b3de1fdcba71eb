import { compareCodePoints, type Instrument, type Lots, type Ticks, type TimeMs } from '@bowline/domain';
import type { BarClosed, MarketUpdate } from '@bowline/ports';
import type { MarketSink, MarketSource, MarketTick } from './market-source.js';
import { quoter, type QuoteOptions } from './quotes.js';

/** A price of one of a source's markets. */
export interface PricePoint {
  readonly price: Ticks;
  /** Null: as much as anybody wants. */
  readonly quantity: Lots | null;
  /** When the candle began that it belongs to. */
  readonly barOpenTime: TimeMs;
}

/** The prices of one market in the order of their times. */
export interface PriceStream {
  readonly instrument: Instrument;
  readonly barMs: number;
  /** What the quantities on display are worth at. */
  readonly usualPrice: Ticks;
  /** The candle that was being made when the stream begins; null where none was. */
  readonly begunBar: OpenBar | null;
  nextTime(): TimeMs | null;
  /** The next price. Called only where `nextTime` is not null. */
  take(): PricePoint;
}

/** A candle that is not over. */
export interface OpenBar {
  readonly openTime: TimeMs;
  readonly open: Ticks;
  high: Ticks;
  low: Ticks;
  close: Ticks;
}

/** One symbol: its prices, and the candle that they are making. */
interface Market {
  readonly stream: PriceStream;
  readonly symbol: string;
  readonly tickOf: (price: Ticks, quantity: Lots | null) => MarketTick;
  bar: OpenBar | null;
}

/** Quotes, trades and candles made of streams of prices: one market each. */
export class TickSource implements MarketSource {
  private readonly markets: Market[];
  private readonly updateListeners: ((update: MarketUpdate) => void)[] = [];
  private readonly barListeners: ((bar: BarClosed) => void)[] = [];

  constructor(
    private readonly sink: MarketSink,
    streams: readonly PriceStream[],
    quotes: QuoteOptions,
  ) {
    this.markets = streams.map((stream) => ({
      stream,
      symbol: stream.instrument.symbol,
      tickOf: quoter(stream.instrument, stream.usualPrice, quotes),
      bar: stream.begunBar,
    }));
    this.markets.sort((a, b) => compareCodePoints(a.symbol, b.symbol));
  }

  onUpdate(listener: (update: MarketUpdate) => void): void {
    this.updateListeners.push(listener);
  }

  onBar(listener: (bar: BarClosed) => void): void {
    this.barListeners.push(listener);
  }

  nextTime(): TimeMs | null {
    let next: TimeMs | null = null;
    for (const market of this.markets) {
      const time = dueTime(market);
      if (time !== null && (next === null || time < next)) next = time;
    }
    return next;
  }

  step(): void {
    const now = this.nextTime();
    if (now === null) return;
    for (const market of this.markets) if (barEnd(market) === now) this.closeBar(market);
    for (const market of this.markets) {
      while (market.stream.nextTime() === now) this.tick(market, now, market.stream.take());
    }
  }

  private tick(market: Market, at: TimeMs, { price, quantity, barOpenTime }: PricePoint): void {
    const { symbol } = market;
    // Candles of uneven length may overlap: the later one ends the earlier.
    if (market.bar !== null && market.bar.openTime !== barOpenTime) this.closeBar(market);
    market.bar = extended(market.bar, price, barOpenTime);
    const tick = market.tickOf(price, quantity);
    this.sink.onTick(tick);
    const { exchange } = this.sink;
    const bid = tick.bids.length === 0 ? null : tick.bids[0][0];
    const update = { exchange, symbol, at, last: price, high: price, low: price, bid, ask: tick.asks[0][0] };
    for (const listener of this.updateListeners) listener(update);
  }

  private closeBar(market: Market): void {
    const { bar, stream, symbol } = market;
    if (bar === null) return;
    market.bar = null;
    const closed = { exchange: this.sink.exchange, symbol, intervalMs: stream.barMs, ...bar };
    for (const listener of this.barListeners) listener(closed);
  }
}

/** The candle with one more price, or one that begins with it. */
export function extended(bar: OpenBar | null, price: Ticks, openTime: TimeMs): OpenBar {
  if (bar === null) return { openTime, open: price, high: price, low: price, close: price };
  bar.high = Math.max(bar.high, price);
  bar.low = Math.min(bar.low, price);
  bar.close = price;
  return bar;
}

function barEnd({ bar, stream }: Market): TimeMs | null {
  return bar === null ? null : bar.openTime + stream.barMs;
}

function dueTime(market: Market): TimeMs | null {
  const end = barEnd(market);
  const next = market.stream.nextTime();
  return end !== null && (next === null || end < next) ? end : next;
}
