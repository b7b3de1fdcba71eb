import { workerData } from 'node:worker_threads';
import { strategySignals, type Market, type StrategySpec } from '@bowline/engine';
import type { DeskConfig } from '@bowline/contracts';
import type { Convention, DaysPerYear } from '@bowline/domain';
import type { FundingRow, SignalRow } from '@bowline/ports';
import { summarize } from '@bowline/report';
import { seriesBySymbol } from '../desk/series-by-symbol.js';
import { runClients } from '../historical/run-clients.js';
import { serveTasks } from '../historical/serve-tasks.js';
import { tagsFor } from '../historical/strategy-ids.js';
import { figuresOf, type RunFigures } from './metrics.js';

/** What all runs of a sweep have in common. */
export interface SweepShared {
  readonly signals: readonly SignalRow[];
  readonly funding: ReadonlyMap<string, readonly FundingRow[]>;
  readonly convention: Convention;
  readonly daysPerYear: DaysPerYear;
}

/** One run of a sweep. */
export interface SweepTask {
  readonly config: DeskConfig;
  readonly markets: readonly Market[];
  /** Null: the shared signals. */
  readonly strategies: readonly StrategySpec[] | null;
}

/** A worker thread that runs one combination after the other, and keeps nothing but its figures. */
const shared = workerData as SweepShared;

serveTasks<SweepTask, RunFigures>(({ config, markets, strategies }, onProgress) => {
  const { convention, daysPerYear, funding } = shared;
  const signals = strategies === null ? shared.signals : strategySignals(strategies, seriesBySymbol(markets));
  const strategyTags = tagsFor(config, signals);
  const run = { config, markets, signals, funding, record: 'trades', equity: 'daily', strategyTags } as const;
  const result = runClients(run, null, onProgress);
  return figuresOf(summarize(result, { elapsedMs: 0, strategyTags, convention, daysPerYear }));
});
