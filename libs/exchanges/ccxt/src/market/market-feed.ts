import type { Instrument, TimeMs } from '@bowline/domain';
import type { BarClosed, DepthFeed, MarketDepth, MarketFeed, MarketUpdate } from '@bowline/ports';
import type { z } from 'zod';
import type { Traded } from '../account/context.js';
import { lotsOf, ticksOf } from '../account/units.js';
import { wordsOf } from '../ccxt/errors.js';
import { pause } from '../ccxt/pause.js';
import { CcxtSession, explain, type SessionOptions } from '../ccxt/session.js';
import { CcxtSetupError } from '../ccxt/shape.js';
import { Watcher, type Watched, type WatcherOptions } from '../ccxt/watcher.js';
import { Markets } from '../markets.js';
import { PayloadError, read } from '../parse/fields.js';
import { book, candles, publicTrades, type Candle, type Ticker } from '../parse/public.js';
import { Conflated } from './conflated.js';
import { closedBars, GapError, readGap, toBar } from './gap.js';
import { quoteOf, tickerIn, toDepth } from './quotes.js';

export interface CcxtMarketFeedOptions
  extends Omit<SessionOptions, 'clock' | 'logger' | 'keys'>, WatcherOptions {
  /** Default: as ccxt calls it. */
  readonly exchange?: string;
  readonly instruments: readonly Instrument[];
  /** Updates of a symbol are at least this far apart. Default 20 ms; 0: each is told. */
  readonly conflateMs?: number;
  /** Default `1m`. */
  readonly barInterval?: keyof typeof BAR_INTERVALS;
  /** Candles of each symbol that come first: for volatilities. Default 0. */
  readonly recentBars?: number;
  /** Levels on each side that are told to whoever listens to books. Default 20. */
  readonly depth?: number;
  /** How often an exchange is asked what it has no stream of. Default 2 s. */
  readonly pollMs?: number;
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
const START_AGAIN_MS = 1_000;
/** Trades that a polled exchange is asked for. */
const TRADES = 100;

/** What is known of one symbol. */
interface Market extends Traded {
  readonly conflated: Conflated;
  /** Ids of the trades of the last moment that was heard, so that none counts twice. */
  readonly lastIds: Set<string>;
  lastTradeAt: TimeMs | null;
  /** The candle that is not over. */
  candle: Candle | null;
  lastBar: TimeMs | null;
  /** While it is being found out what was missed nothing is told: its high and low come with the first update. */
  catchingUp: boolean;
  toldAt: TimeMs;
  isDue: boolean;
}

/**
 * The market at an exchange of ccxt: by its streams, and where it has none by asking. After a break the first update
 * carries the high and low of what was missed.
 */
export class CcxtMarketFeed implements MarketFeed, DepthFeed {
  readonly exchange: string;
  private markets: ReadonlyMap<string, Market> = new Map();
  private watcher: Watcher | null = null;
  private readonly updateListeners: ((update: MarketUpdate) => void)[] = [];
  private readonly barListeners: ((bar: BarClosed) => void)[] = [];
  private readonly depthListeners: ((depth: MarketDepth) => void)[] = [];
  private closed = false;

  private constructor(
    private readonly options: CcxtMarketFeedOptions,
    private readonly session: CcxtSession,
  ) {
    this.exchange = options.exchange ?? options.ccxtId;
  }

  /**
   * Loads the exchange; nothing is asked of it yet.
   *
   * @throws CcxtSetupError where ccxt does not have it
   */
  static async open(options: CcxtMarketFeedOptions): Promise<CcxtMarketFeed> {
    const session = await CcxtSession.open({ ...options, keys: null }, null);
    return new CcxtMarketFeed(options, session);
  }

  onUpdate(listener: (update: MarketUpdate) => void): void {
    this.updateListeners.push(listener);
  }

  onBar(listener: (bar: BarClosed) => void): void {
    this.barListeners.push(listener);
  }

  /** Listened to before it is connected, or the books are not asked for. */
  onDepth(listener: (depth: MarketDepth) => void): void {
    this.depthListeners.push(listener);
  }

  /**
   * Resolves once the lines stand; an exchange that is away is waited for.
   *
   * @throws CcxtSetupError where the exchange counts in other units than the configuration
   */
  async connect(): Promise<void> {
    const { clock, instruments } = this.options;
    const found = new Markets(this.session, this.exchange, instruments);
    for (;;) {
      const loaded = await found.load(false);
      if (loaded.kind === 'ok') break;
      if (this.closed || (loaded.kind === 'refused' && loaded.meaning !== 'rate'))
        throw new CcxtSetupError(`${this.exchange}: ${explain(loaded)}`);
      await pause(clock, START_AGAIN_MS);
    }
    this.markets = new Map(found.traded().map((traded) => [traded.market, this.newMarket(traded)]));
    const watcher = new Watcher(this.session, this.options, {
      onUp: () => this.catchUpAll(),
      // Until it is known what was missed.
      onDown: () => this.hold(),
      // The next says more; nobody counts these.
      onUnreadable: () => undefined,
    });
    this.watcher = watcher;
    const { polled, watched } = this.sources();
    for (const each of polled) void this.poll(each);
    if (watched.length > 0) await watcher.open(watched);
    else this.catchUpAll();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.watcher?.close();
    await this.session.close();
  }

  private newMarket(traded: Traded): Market {
    const conflated = new Conflated(this.exchange, traded.instrument.symbol);
    return {
      ...{ ...traded, conflated, lastIds: new Set<string>(), lastTradeAt: null, candle: null, lastBar: null },
      ...{ catchingUp: true, toldAt: 0, isDue: false },
    };
  }

  /** What is watched, and what has to be asked for. */
  private sources(): { readonly watched: readonly Watched[]; readonly polled: readonly Watched[] } {
    const { has } = this.session.exchange;
    const watched: Watched[] = [];
    const polled: Watched[] = [];
    const add = (
      source: Omit<Watched, 'watch'>,
      stream: string,
      watch: Watched['watch'],
      ask: Watched['watch'],
    ): void => {
      if (has[stream] === true) watched.push({ ...source, watch });
      else polled.push({ ...source, watch: ask });
    };
    for (const market of this.markets.values()) {
      const symbol = market.market;
      add(
        this.source(`trades of ${symbol}`, publicTrades, (trades) => this.hearTrades(market, trades)),
        'watchTrades',
        (exchange) => exchange.watchTrades(symbol),
        (exchange) => exchange.fetchTrades(symbol, undefined, TRADES),
      );
      const bidsAsks = has['watchBidsAsks'] === true;
      add(
        {
          name: `the top of the book of ${symbol}`,
          hear: (value) => this.hearTop(market, tickerIn(value, symbol)),
        },
        bidsAsks ? 'watchBidsAsks' : 'watchTicker',
        (exchange) => (bidsAsks ? exchange.watchBidsAsks([symbol]) : exchange.watchTicker(symbol)),
        (exchange) => exchange.fetchTicker(symbol),
      );
      add(
        this.source(`candles of ${symbol}`, candles, (some) => this.hearCandles(market, some)),
        'watchOHLCV',
        (exchange) => exchange.watchOHLCV(symbol, this.interval),
        (exchange) => exchange.fetchOHLCV(symbol, this.interval, undefined, 3),
      );
      if (this.depthListeners.length === 0) continue;
      add(
        this.source(`the book of ${symbol}`, book, (levels) => this.hearBook(market, levels)),
        'watchOrderBook',
        (exchange) => exchange.watchOrderBook(symbol),
        (exchange) => exchange.fetchOrderBook(symbol),
      );
    }
    return { watched, polled };
  }

  private source<S extends z.ZodType>(
    name: string,
    schema: S,
    hear: (value: z.output<S>) => void,
  ): Omit<Watched, 'watch'> {
    return { name, hear: (value) => hear(read(name, schema, value)) };
  }

  private async poll({ hear, name, watch }: Watched): Promise<void> {
    const { clock, logger, pollMs = 2_000 } = this.options;
    while (!this.closed) {
      try {
        hear(await watch(this.session.exchange));
      } catch (error) {
        if (this.closed) return;
        logger.warn({ source: name, reason: wordsOf(error) }, 'the market could not be asked');
      }
      await pause(clock, pollMs);
    }
  }

  private hearTrades(market: Market, trades: z.output<typeof publicTrades>): void {
    const { conflated, instrument, lastIds } = market;
    for (const { amount, id, price, timestamp } of [...trades].sort((a, b) => a.timestamp - b.timestamp)) {
      const isOld = market.lastTradeAt !== null && timestamp < market.lastTradeAt;
      if (isOld || (id !== null && timestamp === market.lastTradeAt && lastIds.has(id))) continue;
      if (timestamp !== market.lastTradeAt) lastIds.clear();
      if (id !== null) lastIds.add(id);
      // While the gap is open what is to be read is still what came after the last before it.
      if (!market.catchingUp || market.lastTradeAt === null) market.lastTradeAt = timestamp;
      conflated.trade(ticksOf(instrument, price), lotsOf(instrument, amount), timestamp);
    }
    this.due(market);
  }

  private hearTop(market: Market, told: Ticker): void {
    market.conflated.quote(quoteOf(market.instrument, told), told.timestamp ?? this.options.clock.now());
    this.due(market);
  }

  private hearBook({ instrument }: Market, levels: z.output<typeof book>): void {
    const { clock, depth = 20 } = this.options;
    const told = toDepth(this.exchange, instrument, levels, depth, levels.timestamp ?? clock.now());
    for (const listener of this.depthListeners) listener(told);
  }

  /** One is over when the next has begun. */
  private hearCandles(market: Market, some: readonly Candle[]): void {
    for (const candle of [...some].sort((a, b) => a.openTime - b.openTime)) {
      const { candle: before } = market;
      if (before !== null && candle.openTime < before.openTime) continue;
      market.candle = candle;
      if (before === null || candle.openTime === before.openTime || market.catchingUp) continue;
      this.tellBar(market, toBar(this.exchange, market, before, this.intervalMs));
    }
  }

  private hold(): void {
    for (const market of this.markets.values()) market.catchingUp = true;
  }

  private catchUpAll(): void {
    this.hold();
    for (const market of this.markets.values()) void this.catchUp(market);
  }

  /** Reads what was missed, and goes on telling. */
  private async catchUp(market: Market): Promise<void> {
    const { conflated, instrument, lastTradeAt } = market;
    const { clock, logger } = this.options;
    try {
      const bars = await this.missedBars(market);
      const gap = lastTradeAt === null ? null : await readGap(this.session, market, lastTradeAt);
      if (this.closed) return;
      if (gap !== null) {
        conflated.range(gap.high, gap.low);
        conflated.trade(gap.last, 0, gap.at);
        market.lastTradeAt = gap.at;
      }
      for (const bar of bars) this.tellBar(market, bar);
    } catch (error) {
      if (!(error instanceof GapError) && !(error instanceof PayloadError)) throw error;
      if (this.closed) return;
      logger.warn(
        { symbol: instrument.symbol, reason: error.message },
        'what was missed could not be read; nothing is told until it is',
      );
      clock.callAt(clock.now() + GAP_AGAIN_MS, () => void this.catchUp(market));
      return;
    }
    market.catchingUp = false;
    this.due(market);
  }

  private async missedBars(market: Market): Promise<readonly BarClosed[]> {
    const { clock, recentBars = 0 } = this.options;
    const { lastBar } = market;
    if (lastBar === null && recentBars === 0) return [];
    const now = clock.now();
    const { intervalMs } = this;
    const from = lastBar === null ? now - (now % intervalMs) - recentBars * intervalMs : lastBar + intervalMs;
    return closedBars(this.session, this.exchange, market, from, this.interval, intervalMs, now);
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

  private get interval(): keyof typeof BAR_INTERVALS {
    return this.options.barInterval ?? '1m';
  }

  private get intervalMs(): number {
    return BAR_INTERVALS[this.interval];
  }
}
