import type { BarClosed, MarketDepth, MarketUpdate } from '@bowline/ports';

/** Candles that wait for one reader; of more the oldest are dropped. */
const MOST_BARS = 10_000;
/** Candles in one word: it must not become longer than a line may be. */
const BARS_A_WORD = 1_000;

export type TellMarket = (
  bars: readonly BarClosed[],
  updates: readonly MarketUpdate[],
  depths: readonly MarketDepth[],
) => void;

/** What one reader of a market has not heard: of each symbol the newest price, with the high and low since its last. */
export class MarketReader {
  private readonly updates = new Map<string, MarketUpdate>();
  private readonly depths = new Map<string, MarketDepth>();
  private bars: BarClosed[];
  private isReady = true;

  /** @param bars what it hears first */
  constructor(
    private readonly symbols: ReadonlySet<string>,
    bars: readonly BarClosed[],
    private readonly tell: TellMarket,
  ) {
    this.bars = [...bars];
    this.flush();
  }

  onUpdate(update: MarketUpdate): void {
    const { symbol } = update;
    if (!this.symbols.has(symbol)) return;
    const unheard = this.updates.get(symbol);
    this.updates.set(symbol, unheard === undefined ? update : conflated(unheard, update));
    this.flush();
  }

  onDepth(depth: MarketDepth): void {
    if (!this.symbols.has(depth.symbol)) return;
    this.depths.set(depth.symbol, depth);
    this.flush();
  }

  onBar(bar: BarClosed): void {
    if (!this.symbols.has(bar.symbol)) return;
    this.bars.push(bar);
    if (this.bars.length > MOST_BARS) this.bars.shift();
    this.flush();
  }

  /** The reader takes more. */
  next(): void {
    this.isReady = true;
    this.flush();
  }

  private flush(): void {
    if (!this.isReady || this.updates.size + this.depths.size + this.bars.length === 0) return;
    this.isReady = false;
    const bars = this.bars.splice(0, BARS_A_WORD);
    // Prices come behind all candles that were over before them.
    if (this.bars.length > 0) return this.tell(bars, [], []);
    const updates = [...this.updates.values()];
    const depths = [...this.depths.values()];
    this.updates.clear();
    this.depths.clear();
    this.tell(bars, updates, depths);
  }
}

function conflated(unheard: MarketUpdate, update: MarketUpdate): MarketUpdate {
  const { tradedQty } = update;
  return {
    ...update,
    high: Math.max(unheard.high, update.high),
    low: Math.min(unheard.low, update.low),
    ...(tradedQty === undefined ? {} : { tradedQty: tradedQty + (unheard.tradedQty ?? 0) }),
  };
}
