import type { Instrument, Lots, TimeMs } from '@bowline/domain';
import type { BarClosed, DepthFeed, DepthLevel, MarketDepth, MarketFeed, MarketUpdate } from '@bowline/ports';
import { publicRest, type BinanceRest } from '../http/rest.js';
import { lotsOf, ticksOf } from '../account/units.js';
import { PayloadError } from '../parse/fields.js';
import type { BookLevel, MarketNews } from '../parse/market-events.js';
import type { BinanceProduct } from '../product.js';
import { Conflated } from './conflated.js';
import { closedBars, GapError, readGap } from './gap.js';
import { StreamLine, type StreamLineOptions } from './stream-line.js';

export interface BinanceMarketFeedOptions extends StreamLineOptions {
  /** What the desk calls it. Default: the product's name. */
  readonly exchange?: string;
  readonly instruments: readonly Instrument[];
  readonly restUrl?: string;
  readonly streamUrl?: string;
  /** Updates of a symbol are at least this far apart. Default 20 ms; 0: each is told. */
  readonly conflateMs?: number;
  /** Default `1m`. */
  readonly barInterval?: keyof typeof BAR_INTERVALS;
  /** Candles of each symbol that come first: for volatilities. Default 0. */
  readonly recentBars?: number;
  readonly timeoutMs?: number;
}

export const BAR_INTERVALS = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
} as const;

/** How long it waits before it asks again what was missed. */
const GAP_AGAIN_MS = 1_000;

/** What is known of one symbol. */
interface Market {
  readonly instrument: Instrument;
  readonly conflated: Conflated;
  /** Up to here no trade is missing; null: none was heard yet. */
  lastTradeId: number | null;
  /** Trades that were heard while it is being found out which were missed: some are among those. */
  readonly laterTrades: { readonly id: number; readonly quantity: Lots }[];
  /** When the last candle that was told began; null: not connected yet. */
  lastBar: TimeMs | null;
  /** Candles that ended while it is being found out which were missed. */
  readonly laterBars: BarClosed[];
  /** While it is being found out what was missed nothing is told: its high and low come with the first update. */
  catchingUp: boolean;
  /** Counts the breaks of the line. */
  breaks: number;
  toldAt: TimeMs;
  isDue: boolean;
}

/**
 * The market at one of Binance's products, from its public streams: trades and candles over one line, the top of the book
 * over another, with the best levels of it where somebody wants these. After a break the first update carries the high and
 * low of what was missed.
 */
export class BinanceMarketFeed implements MarketFeed, DepthFeed {
  readonly exchange: string;
  private readonly rest: BinanceRest;
  private lines: readonly StreamLine[] = [];
  private readonly markets: ReadonlyMap<string, Market>;
  private readonly updateListeners: ((update: MarketUpdate) => void)[] = [];
  private readonly barListeners: ((bar: BarClosed) => void)[] = [];
  private readonly depthListeners: ((depth: MarketDepth) => void)[] = [];
  private closed = false;

  /** Throws a RangeError on a URL that is none. */
  constructor(
    private readonly product: BinanceProduct,
    /** Null: it is of no use here. May throw a PayloadError. */
    private readonly newsOf: (value: unknown) => MarketNews | null,
    private readonly options: BinanceMarketFeedOptions,
  ) {
    const { exchange = product.name, instruments } = options;
    this.exchange = exchange;
    this.rest = publicRest(product, options);
    const market = (instrument: Instrument): [string, Market] => {
      const conflated = new Conflated(exchange, instrument.symbol);
      const trades = { lastTradeId: null, laterTrades: [] };
      const state = { lastBar: null, laterBars: [], catchingUp: true, breaks: 0, toldAt: 0, isDue: false };
      return [instrument.symbol, { instrument, conflated, ...trades, ...state }];
    };
    this.markets = new Map(instruments.map(market));
  }

  onUpdate(listener: (update: MarketUpdate) => void): void {
    this.updateListeners.push(listener);
  }

  onBar(listener: (bar: BarClosed) => void): void {
    this.barListeners.push(listener);
  }

  /** The twenty best levels of each side, every 100 ms. Before it is connected: where nobody listens none are asked for. */
  onDepth(listener: (depth: MarketDepth) => void): void {
    this.depthListeners.push(listener);
  }

  /** Resolves once the lines stand; an exchange that is away is waited for. */
  async connect(): Promise<void> {
    const book = this.depthListeners.length === 0 ? ['bookTicker'] : ['bookTicker', 'depth20@100ms'];
    this.lines = [
      this.line(this.product.tradesPath, ['aggTrade', `kline_${this.interval}`], () => this.catchUpAll()),
      this.line(this.product.bookPath, book, () => undefined),
    ];
    await Promise.all(this.lines.map((line) => line.open()));
  }

  close(): Promise<void> {
    this.closed = true;
    for (const line of this.lines) line.close();
    this.rest.close();
    return Promise.resolve();
  }

  private line(path: string, streams: readonly string[], onUp: () => void): StreamLine {
    const { instruments, streamUrl = this.product.streamUrl } = this.options;
    const names = instruments.flatMap(({ symbol }) =>
      streams.map((stream) => `${symbol.toLowerCase()}@${stream}`),
    );
    const address = `${streamUrl}${path}?streams=${names.join('/')}`;
    return new StreamLine(`${this.exchange} (${streams.join(', ')})`, this.options, {
      address: () => Promise.resolve(address),
      onUp,
      onMessage: (value) => this.hear(this.newsOf(value)),
      // The next message says more; nobody counts these.
      onUnreadable: () => undefined,
      onDown: () => undefined,
    });
  }

  private hear(event: MarketNews | null): void {
    if (event === null) return;
    const market = this.markets.get(event.symbol);
    if (market === undefined) return;
    const { conflated, instrument } = market;
    switch (event.type) {
      case 'agg_trade': {
        const { at, id } = event;
        // Heard again, or read already as part of what was missed.
        if (market.lastTradeId !== null && id <= market.lastTradeId) return;
        const [price, quantity] = [ticksOf(instrument, event.price), lotsOf(instrument, event.quantity)];
        if (market.catchingUp) {
          conflated.moved(price, at);
          conflated.range(price, price);
          market.laterTrades.push({ id, quantity });
          return;
        }
        market.lastTradeId = id;
        conflated.trade(price, quantity, at);
        break;
      }
      case 'book_ticker': {
        const [bid] = levelsOf(instrument, [{ price: event.bid, quantity: event.bidQty }]);
        const [ask] = levelsOf(instrument, [{ price: event.ask, quantity: event.askQty }]);
        conflated.quote(bid ?? null, ask ?? null, event.at ?? this.now());
        break;
      }
      case 'depth': {
        const [bids, asks] = [levelsOf(instrument, event.bids), levelsOf(instrument, event.asks)];
        const depth = {
          exchange: this.exchange,
          symbol: event.symbol,
          at: event.at ?? this.now(),
          bids,
          asks,
        };
        for (const listener of this.depthListeners) listener(depth);
        return;
      }
      case 'kline': {
        if (!event.closed) return;
        const [open, high, low, close] = [event.open, event.high, event.low, event.close].map((price) =>
          ticksOf(instrument, price),
        );
        const { openTime, symbol } = event;
        const prices = { open: open!, high: high!, low: low!, close: close! };
        const bar = { exchange: this.exchange, symbol, openTime, intervalMs: this.intervalMs, ...prices };
        if (market.catchingUp) market.laterBars.push(bar);
        else this.tellBar(market, bar);
        return;
      }
    }
    this.due(market);
  }

  private catchUpAll(): void {
    for (const market of this.markets.values()) {
      market.catchingUp = true;
      market.breaks += 1;
      void this.catchUp(market, market.breaks);
    }
  }

  /** Reads what was missed, and goes on telling; unless the line has broken once more. */
  private async catchUp(market: Market, breaks: number): Promise<void> {
    const { conflated, instrument, laterBars, laterTrades, lastTradeId } = market;
    const { clock, logger } = this.options;
    const isOver = (): boolean => this.closed || market.breaks !== breaks;
    try {
      const bars = await this.missedBars(market);
      const gap = lastTradeId === null ? null : await readGap(this.rest, instrument, lastTradeId);
      if (isOver()) return;
      if (gap !== null) {
        conflated.moved(gap.last, gap.at);
        conflated.range(gap.high, gap.low);
        conflated.sold(gap.traded);
        market.lastTradeId = gap.lastId;
      }
      for (const { id, quantity } of laterTrades.splice(0)) {
        if (market.lastTradeId !== null && id <= market.lastTradeId) continue;
        market.lastTradeId = id;
        conflated.sold(quantity);
      }
      for (const bar of [...bars, ...laterBars.splice(0)]) this.tellBar(market, bar);
    } catch (error) {
      if (!(error instanceof GapError || error instanceof PayloadError)) throw error;
      if (isOver()) return;
      const { symbol } = instrument;
      logger.warn(
        { symbol, reason: error.message },
        'what was missed could not be read; nothing is told until it is',
      );
      clock.callAt(clock.now() + GAP_AGAIN_MS, () => {
        if (!isOver()) void this.catchUp(market, breaks);
      });
      return;
    }
    market.catchingUp = false;
    this.due(market);
  }

  private async missedBars(market: Market): Promise<readonly BarClosed[]> {
    const { recentBars = 0 } = this.options;
    await this.rest.measureClock();
    const now = this.now();
    const isFirst = market.lastBar === null;
    market.lastBar ??= now - (now % this.intervalMs) - (recentBars + 1) * this.intervalMs;
    if (isFirst && recentBars === 0) return [];
    const from = market.lastBar + this.intervalMs;
    return closedBars(this.rest, this.exchange, market.instrument, from, this.interval, this.intervalMs, now);
  }

  /** Tells what is new, at once or when the last update is old enough. */
  private due(market: Market): void {
    if (market.catchingUp || market.isDue || this.closed) return;
    const { clock, conflateMs = 20 } = this.options;
    const at = market.toldAt + conflateMs;
    if (clock.now() >= at) return this.tell(market);
    market.isDue = true;
    clock.callAt(at, () => {
      market.isDue = false;
      if (!market.catchingUp && !this.closed) this.tell(market);
    });
  }

  private tell(market: Market): void {
    const update = market.conflated.take();
    if (update === null) return;
    market.toldAt = this.options.clock.now();
    for (const listener of this.updateListeners) listener(update);
  }

  private tellBar(market: Market, bar: BarClosed): void {
    if (market.lastBar !== null && bar.openTime <= market.lastBar) return;
    market.lastBar = bar.openTime;
    for (const listener of this.barListeners) listener(bar);
  }

  /** The exchange's time. */
  private now(): TimeMs {
    return this.options.clock.now() + this.rest.clockOffsetMs;
  }

  private get interval(): keyof typeof BAR_INTERVALS {
    return this.options.barInterval ?? '1m';
  }

  private get intervalMs(): number {
    return BAR_INTERVALS[this.interval];
  }
}

/** What stands there; levels of nothing are left out. */
function levelsOf(instrument: Instrument, levels: readonly BookLevel[]): readonly DepthLevel[] {
  return levels.flatMap(({ price, quantity }) => {
    const lots = lotsOf(instrument, quantity);
    return lots === 0 ? [] : [[ticksOf(instrument, price), lots] as const];
  });
}
