import type { BarClosed, MarketDepth, MarketUpdate } from '@bowline/ports';
import { MarketReader, type TellMarket } from './market-reader.js';
import { RecentBars } from './recent-bars.js';

/** The market of one exchange, told to as many readers as want it, each at its own pace. */
export class MarketHub {
  private readonly recent: RecentBars;
  private readonly readers = new Set<MarketReader>();
  /** Those of them that want order books. */
  private readonly deep = new Set<MarketReader>();

  /** @param recentBars candles of each symbol that a new reader can have */
  constructor(recentBars: number) {
    this.recent = new RecentBars(recentBars);
  }

  onUpdate(update: MarketUpdate): void {
    for (const reader of this.readers) reader.onUpdate(update);
  }

  /** Told to readers that have asked for order books. */
  onDepth(depth: MarketDepth): void {
    for (const reader of this.deep) reader.onDepth(depth);
  }

  onBar(bar: BarClosed): void {
    this.recent.add(bar);
    for (const reader of this.readers) reader.onBar(bar);
  }

  /**
   * A reader of the market, from now on.
   *
   * @param bars of each symbol, the last candles that it hears first
   * @param depth whether it hears of order books
   */
  read(symbols: readonly string[], bars: number, depth: boolean, tell: TellMarket): MarketReader {
    const reader = new MarketReader(new Set(symbols), this.recent.of(symbols, bars), tell);
    this.readers.add(reader);
    if (depth) this.deep.add(reader);
    return reader;
  }

  leave(reader: MarketReader): void {
    this.readers.delete(reader);
    this.deep.delete(reader);
  }
}
