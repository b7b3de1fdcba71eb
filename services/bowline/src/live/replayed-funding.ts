import { compareCodePoints, decimal, type Decimal, type TimeMs } from '@bowline/domain';
import type { TimedSource } from '@bowline/engine';
import type { FundingRow } from '@bowline/ports';
import type { ReplayedMarket } from '../desk/read-replay.js';

/** An exchange that charges funding. */
interface Charging {
  readonly exchange: string;
  fund(symbol: string, rate: Decimal): void;
}

interface Due {
  readonly time: TimeMs;
  readonly symbol: string;
  readonly rate: Decimal;
}

/** Lets the exchanges charge recorded funding rates, each at its time, on the price of that moment. */
export class ReplayedFunding implements TimedSource {
  private readonly due: readonly Due[];
  private next = 0;

  constructor(
    rates: ReadonlyMap<string, readonly FundingRow[]>,
    private readonly markets: readonly Pick<ReplayedMarket, 'exchange' | 'symbol'>[],
    private readonly exchanges: ReadonlyMap<string, Charging>,
    { from, to }: { readonly from: TimeMs; readonly to: TimeMs },
  ) {
    this.due = [...rates]
      .flatMap(([symbol, rows]) => rows.map(({ rate, time }) => ({ time, symbol, rate: decimal(rate) })))
      .filter(({ time }) => time >= from && time <= to)
      .sort((a, b) => a.time - b.time || compareCodePoints(a.symbol, b.symbol));
  }

  nextTime(): TimeMs | null {
    return this.due[this.next]?.time ?? null;
  }

  step(): void {
    const { rate, symbol } = this.due[this.next]!;
    this.next += 1;
    for (const market of this.markets) {
      if (market.symbol === symbol) this.exchanges.get(market.exchange)?.fund(symbol, rate);
    }
  }
}
