import { sampleVolatility, type Ticks, type TimeMs } from '@bowline/domain';
import type { Market, MarketQuote, MarketView } from '@bowline/engine';
import type { BarFills, TickBars } from '@bowline/ports';

/** One channel as a signal meets it there. */
interface Acting {
  readonly market: Market;
  readonly price: Ticks;
  /** Closes that are known. */
  readonly known: number;
  readonly fills: BarFills;
}

/**
 * The market as bars show it at a moment: the acting price where a signal acts, with what a market order would get
 * around it, and the last close elsewhere (before there is one, the first open).
 */
export class ActingMarket implements MarketView {
  private acting: Acting | null = null;
  private at: TimeMs = 0;
  private readonly bars: ReadonlyMap<string, TickBars>;

  constructor(markets: readonly Market[]) {
    this.bars = new Map(markets.map((market) => [nameOf(market.exchange, market.symbol), market.bars]));
  }

  act(at: TimeMs, acting: Acting): void {
    this.at = at;
    this.acting = acting;
  }

  quote(exchange: string, symbol: string): MarketQuote | null {
    const { acting, at } = this;
    if (acting !== null && acting.market.exchange === exchange && acting.market.symbol === symbol) {
      const { fills, price } = acting;
      return { last: price, at, bid: fills.marketPrice(price, 'SELL'), ask: fills.marketPrice(price, 'BUY') };
    }
    const bars = this.bars.get(nameOf(exchange, symbol));
    if (bars === undefined) return null;
    const closed = closedBy(bars, at);
    return { last: closed === 0 ? bars.open[0]! : bars.close[closed - 1]!, at, bid: null, ask: null };
  }

  volatility(exchange: string, symbol: string, window: number): number | null {
    const { acting } = this;
    if (acting === null || acting.market.exchange !== exchange || acting.market.symbol !== symbol) {
      throw new Error(`volatility of ${exchange}:${symbol} is asked for, where nothing acts`);
    }
    return sampleVolatility(acting.market.bars.close, acting.known, window);
  }
}

/** How many bars have closed. */
function closedBy({ intervalMs, length, openTime }: TickBars, time: TimeMs): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (openTime[middle]! + intervalMs <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nameOf(exchange: string, symbol: string): string {
  return `${exchange}:${symbol}`;
}
