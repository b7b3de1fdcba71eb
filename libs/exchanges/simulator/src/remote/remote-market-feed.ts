import type { TimeMs } from '@bowline/domain';
import type { BarClosed, DepthFeed, MarketDepth, MarketFeed, MarketUpdate } from '@bowline/ports';
import { marketPath, type MarketWord, type ReaderWord } from './protocol.js';
import { RemoteLine, type RemoteLineOptions } from './remote-line.js';

export interface RemoteMarketFeedOptions extends RemoteLineOptions {
  readonly exchange: string;
  readonly symbols: readonly string[];
  /**
   * Candles of each symbol that come first: for volatilities. After a broken line those of them that were missed. Default 0;
   * the exchange may have fewer.
   */
  readonly recentBars?: number;
  /** Order books as well, where they are known. Default: none. */
  readonly depth?: boolean;
}

/**
 * The market of an exchange simulator that runs as a process of its own: at most once, and conflated where we read slowly.
 * A line that breaks is dialed again.
 */
export class RemoteMarketFeed implements MarketFeed, DepthFeed {
  readonly exchange: string;
  private readonly line: RemoteLine;
  private readonly updateListeners: ((update: MarketUpdate) => void)[] = [];
  private readonly barListeners: ((bar: BarClosed) => void)[] = [];
  private readonly depthListeners: ((depth: MarketDepth) => void)[] = [];
  /** When the last candle of a symbol began. */
  private readonly lastBars = new Map<string, TimeMs>();

  /** Throws a RangeError on a URL that is none. */
  constructor(options: RemoteMarketFeedOptions) {
    const { depth = false, exchange, recentBars = 0, symbols } = options;
    this.exchange = exchange;
    const target = { path: marketPath(exchange, symbols, recentBars, depth), token: null };
    this.line = new RemoteLine(`the market of ${exchange}`, target, options, {
      onUp: () => undefined,
      onWord: (word) => this.hear(word as MarketWord),
      onDown: () => undefined,
    });
  }

  onUpdate(listener: (update: MarketUpdate) => void): void {
    this.updateListeners.push(listener);
  }

  onBar(listener: (bar: BarClosed) => void): void {
    this.barListeners.push(listener);
  }

  onDepth(listener: (depth: MarketDepth) => void): void {
    this.depthListeners.push(listener);
  }

  /**
   * Resolves once the line stands, before anything is told; an exchange that is away is waited for.
   *
   * @throws RemoteExchangeError where the exchange has no such market, or it is closed first
   */
  connect(): Promise<void> {
    return this.line.open();
  }

  close(): Promise<void> {
    return this.line.close();
  }

  private hear(word: MarketWord): boolean {
    if (word.type !== 'market') return false;
    for (const bar of word.bars) this.tellBar(bar);
    for (const depth of word.depths ?? []) for (const listener of this.depthListeners) listener(depth);
    for (const update of word.updates) for (const listener of this.updateListeners) listener(update);
    this.line.send({ type: 'next' } satisfies ReaderWord);
    return true;
  }

  private tellBar(bar: BarClosed): void {
    const { openTime, symbol } = bar;
    // A line that is new begins with candles that the one before may have brought.
    if (openTime <= (this.lastBars.get(symbol) ?? Number.NEGATIVE_INFINITY)) return;
    this.lastBars.set(symbol, openTime);
    for (const listener of this.barListeners) listener(bar);
  }
}
