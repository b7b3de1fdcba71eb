import type { DeskConfig } from '@bowline/contracts';
import type { BarColumns, FundingRow, SignalRow } from '@bowline/ports';

/** Everything that a historical run is made of. */
export interface HistoricalInput {
  readonly config: DeskConfig;
  readonly bars: readonly BarSource[];
  /** In any order; the loop sorts them by (time, row). */
  readonly signals: readonly SignalRow[];
  /** Funding rates by symbol. */
  readonly funding: ReadonlyMap<string, readonly FundingRow[]>;
  /** Only these clients: how workers share a run. Absent: all. */
  readonly clients?: readonly string[];
  /** How densely `equity` is sampled; the drawdown is always that of every bar. */
  readonly equity: 'daily' | 'bar';
  readonly onProgress?: (done: number, total: number) => void;
}

export interface BarSource {
  /** Null: these bars serve the symbol on every exchange. */
  readonly exchange: string | null;
  readonly symbol: string;
  readonly columns: BarColumns;
}
