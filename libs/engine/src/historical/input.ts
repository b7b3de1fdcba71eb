import type { DeskConfig } from '@bowline/contracts';
import type { Instrument } from '@bowline/domain';
import type { BarFills, BarFillTerms, FundingRow, SignalRow, TickBars } from '@bowline/ports';

/** Everything that a historical run is made of. */
export interface HistoricalInput {
  readonly config: DeskConfig;
  /** One per exchange and symbol that has bars. */
  readonly markets: readonly Market[];
  /** In any order; the loop sorts them by (time, row). */
  readonly signals: readonly SignalRow[];
  /** Funding rates by symbol. */
  readonly funding: ReadonlyMap<string, readonly FundingRow[]>;
  /** How orders fill: the bar exchange. */
  readonly createFills: (instrument: Instrument, terms: BarFillTerms) => BarFills;
  /** Names an order for the draws of partial fills. */
  readonly clientOrderId: (order: OrderName) => string;
  /** Only these clients: how workers share a run. Absent: all. */
  readonly clients?: readonly string[];
  /** `decider` forbids the quick desk: how the two are compared. */
  readonly desk?: 'decider';
  /** `trades` keeps no orders and fills, and no strategies' curves: for sweeps, where only the outcome counts. */
  readonly record: 'trades' | 'everything';
  /** How densely `equity` is sampled; the drawdown is always that of every bar. */
  readonly equity: 'daily' | 'bar';
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Market {
  readonly exchange: string;
  readonly symbol: string;
  readonly instrument: Instrument;
  readonly bars: TickBars;
}

/** What a clientOrderId is derived from. */
export interface OrderName {
  readonly clientId: string;
  readonly exchange: string;
  readonly symbol: string;
  readonly strategyId: string;
  readonly strategyPositionId: string;
  readonly leg: 'e' | 't' | 's' | 'x';
  readonly generation: number;
}
