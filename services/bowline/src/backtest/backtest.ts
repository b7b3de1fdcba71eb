import { setImmediate } from 'node:timers/promises';
import { InputError, type BacktestSummary, type DeskConfig } from '@bowline/contracts';
import { cashOf, type Convention, type DaysPerYear } from '@bowline/domain';
import type { HistoricalResult } from '@bowline/ports';
import { checkOutDir, summarize, writeReport, type ReportMeta } from '@bowline/report';
import { fillDatabase } from '@bowline/store-duckdb';
import type { CommandContext } from '../cli/context.js';
import { withProgress } from '../cli/progress.js';
import { readDesk, type DeskInput, type DeskSources } from '../desk/read-desk.js';
import type { DeskRun } from '../historical/run-clients.js';
import { runDesk } from '../historical/run-desk.js';
import { tagsFor } from '../historical/strategy-ids.js';

/** One backtest, from files to files. */
export interface BacktestRequest {
  readonly config: DeskConfig;
  readonly sources: DeskSources;
  /** Null: nothing is written. */
  readonly outDir: string | null;
  readonly workers: number | null;
  readonly equity: 'daily' | 'bar';
  readonly convention: Convention;
  readonly daysPerYear: DaysPerYear;
}

/**
 * Reads, runs, and writes the report. Warnings go to the terminal as soon as they are known, and into the summary.
 *
 * @throws InputError where the input cannot be used; then nothing has been written
 */
export async function backtest(request: BacktestRequest, context: CommandContext): Promise<BacktestSummary> {
  const { signal, terminal } = context;
  if (request.outDir !== null) await checkOutDir(request.outDir);
  const input = await readDesk(request.config, request.sources, context);
  for (const warning of input.warnings) terminal.warn(warning);
  const run: DeskRun = {
    config: request.config,
    markets: input.markets,
    signals: input.signals,
    funding: input.funding,
    record: 'everything',
    equity: request.equity,
    strategyTags: tagsFor(request.config, input.signals),
  };
  const startedAt = performance.now();
  const result = await runUnderBar(run, request, context);
  const elapsedMs = Math.round(performance.now() - startedAt);
  // A Ctrl-C during the run is heard only now: nothing has been written yet.
  await setImmediate();
  signal.throwIfAborted();
  const meta = reportMeta(request, input, run, elapsedMs);
  if (request.outDir === null) return summarize(result, meta);
  const { outDir } = request;
  const { summary } = await writeReport(result, meta, outDir, fillDatabase, signal);
  return summary;
}

async function runUnderBar(
  run: DeskRun,
  { sources, workers }: BacktestRequest,
  { signal, terminal }: CommandContext,
): Promise<HistoricalResult> {
  try {
    return await withProgress(terminal, 'running', (onProgress) =>
      runDesk(run, { workers, onProgress, signal }),
    );
  } catch (error) {
    if (!(error instanceof InputError) || !('file' in sources.signals)) throw error;
    // The loop knows a signal by its row; which file that is a row of is known here.
    const { file } = sources.signals;
    throw new InputError(error.problems.map((problem) => `${file}: ${problem}`));
  }
}

function reportMeta(
  { config, convention, daysPerYear }: BacktestRequest,
  { warnings }: DeskInput,
  { strategyTags }: DeskRun,
  elapsedMs: number,
): ReportMeta {
  const accounts = config.clients.flatMap(({ accounts: own, clientId }) =>
    own.flatMap(({ accountBalance, exchange }) => {
      const balance = accountBalance && cashOf(accountBalance);
      return balance === null ? [] : [{ clientId, exchange, accountBalance: balance }];
    }),
  );
  return { elapsedMs, strategyTags, convention, daysPerYear, accounts, warnings };
}

/** The books are checked at every step. A check that failed is a bug, and is said as one, after the result. */
export function refuseBrokenBooks({ checked, violated }: BacktestSummary['invariants']): void {
  if (violated === 0) return;
  throw new Error(`${violated} of ${checked} checks of the books failed: do not trust this result`);
}
