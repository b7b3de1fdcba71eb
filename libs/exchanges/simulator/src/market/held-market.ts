import type { Instrument, Ticks, TimeMs } from '@bowline/domain';
import type { MarketSink, MarketSource } from './market-source.js';
import type { QuoteOptions } from './quotes.js';
import { TickSource, type PricePoint, type PriceStream } from './tick-source.js';

export interface HoldMarketOptions extends QuoteOptions {
  /** Where each price stands at first. */
  readonly markets: readonly { readonly instrument: Instrument; readonly startPrice: Ticks }[];
  readonly sink: MarketSink;
  readonly from: TimeMs;
  /** How often a price is told again. Default 1,000. */
  readonly tickMs?: number;
  /** Default 60,000. */
  readonly barMs?: number;
}

export interface HeldMarket extends MarketSource {
  /**
   * Moves a price: it is the next thing that happens, at `at`, and stays. Throws a RangeError on an unknown symbol and on a
   * price below 1.
   */
  moveTo(symbol: string, price: Ticks, at: TimeMs): void;
}

/** A market whose prices stand still until they are moved by hand, and are told again and again. */
export function holdMarket(options: HoldMarketOptions): HeldMarket {
  const { barMs = 60_000, from, markets, sink, tickMs = 1_000 } = options;
  const streams = markets.map(
    ({ instrument, startPrice }) => new HeldStream(instrument, startPrice, from, tickMs, barMs),
  );
  const source = new TickSource(sink, streams, options);
  return Object.assign(source, {
    moveTo(symbol: string, price: Ticks, at: TimeMs) {
      const stream = streams.find(({ instrument }) => instrument.symbol === symbol);
      if (stream === undefined) throw new RangeError(`${sink.exchange} has no market ${symbol}`);
      stream.moveTo(price, at);
    },
  });
}

class HeldStream implements PriceStream {
  readonly begunBar = null;
  private next: TimeMs;
  private price: Ticks;

  constructor(
    readonly instrument: Instrument,
    readonly usualPrice: Ticks,
    from: TimeMs,
    private readonly tickMs: number,
    readonly barMs: number,
  ) {
    this.next = from;
    this.price = usualPrice;
  }

  nextTime(): TimeMs {
    return this.next;
  }

  take(): PricePoint {
    const at = this.next;
    this.next = (Math.floor(at / this.tickMs) + 1) * this.tickMs;
    return { price: this.price, quantity: null, barOpenTime: Math.floor(at / this.barMs) * this.barMs };
  }

  moveTo(price: Ticks, at: TimeMs): void {
    if (!(price >= 1))
      throw new RangeError(`${this.instrument.symbol}: the price must be at least 1 tick, got ${price}`);
    this.price = price;
    this.next = Math.min(this.next, at);
  }
}
