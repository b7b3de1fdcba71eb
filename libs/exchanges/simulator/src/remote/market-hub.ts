import type { BarClosed, MarketUpdate } from '@bowline/ports';
import { MarketReader, type TellMarket } from './market-reader.js';
import { RecentBars } from './recent-bars.js';

/** The market of one exchange, told to as many readers as want it, each at its own pace. */
export class MarketHub {
  private readonly recent: RecentBars;
  private readonly readers = new Set<MarketReader>();

  /** @param recentBars candles of each symbol that a new reader can have */
  constructor(recentBars: number) {
    this.recent = new RecentBars(recentBars);
  }

  onUpdate(update: MarketUpdate): void {
    for (const reader of this.readers) reader.onUpdate(update);
  }

  onBar(bar: BarClosed): void {
    this.recent.add(bar);
    for (const reader of this.readers) reader.onBar(bar);
  }

  /**
   * A reader of the market, from now on.
   *
   * @param bars of each symbol, the last candles that it hears first
   */
  read(symbols: readonly string[], bars: number, tell: TellMarket): MarketReader {
    const reader = new MarketReader(new Set(symbols), this.recent.of(symbols, bars), tell);
    this.readers.add(reader);
    return reader;
  }

  leave(reader: MarketReader): void {
    this.readers.delete(reader);
  }
}
