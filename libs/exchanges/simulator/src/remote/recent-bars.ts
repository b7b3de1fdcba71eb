import type { BarClosed } from '@bowline/ports';

/** The last candles of each symbol. */
export class RecentBars {
  private readonly bars = new Map<string, BarClosed[]>();

  /** @param limit how many of each are kept */
  constructor(private readonly limit: number) {}

  add(bar: BarClosed): void {
    const bars = this.bars.get(bar.symbol) ?? [];
    this.bars.set(bar.symbol, bars);
    bars.push(bar);
    if (bars.length > this.limit) bars.shift();
  }

  /** The last `count` of each of the symbols, or as many as there are, oldest first. */
  of(symbols: readonly string[], count: number): readonly BarClosed[] {
    if (count === 0) return [];
    return symbols
      .flatMap((symbol) => this.bars.get(symbol)?.slice(-count) ?? [])
      .sort((a, b) => a.openTime - b.openTime);
  }
}
