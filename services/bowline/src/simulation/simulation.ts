import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BacktestSummary, DeskConfig, LiveRow } from '@bowline/contracts';
import type { Convention, DaysPerYear } from '@bowline/domain';
import { openMemoryJournals } from '@bowline/journal-memory';
import type { HistoricalResult, JournalStore, Logger } from '@bowline/ports';
import { checkOutDir, summarize, writeReport } from '@bowline/report';
import { fillDatabase, LiveReader } from '@bowline/store-duckdb';
import type { CommandContext } from '../cli/context.js';
import { withProgress } from '../cli/progress.js';
import { readReplay, type ReplayInput, type ReplaySources } from '../desk/read-replay.js';
import { SimulationRun, type SimulationOptions } from '../live/simulation-run.js';
import { readContent, type LiveContent } from '../report/live-content.js';
import { liveMeta, liveResult } from '../report/live-result.js';
import { alertWarnings, refusalWarnings } from './run-warnings.js';

/** One simulation, from files to files. */
export interface SimulationRequest extends Pick<SimulationOptions, 'exchange' | 'speed' | 'http'> {
  readonly config: DeskConfig;
  readonly sources: ReplaySources;
  /** Null: nothing is written. */
  readonly outDir: string | null;
  readonly equity: 'daily' | 'bar';
  readonly convention: Convention;
  readonly daysPerYear: DaysPerYear;
  readonly logger: Logger;
  /** Where the roles keep their journals; absent: in memory. */
  readonly journals?: JournalStore;
}

/**
 * Reads, replays through the roles, and writes the report. Warnings go to the terminal as soon as they are known, and
 * into the summary.
 *
 * @throws InputError where the input cannot be used; then nothing has been written
 */
export async function simulate(
  request: SimulationRequest,
  context: CommandContext,
): Promise<BacktestSummary> {
  const { signal, terminal } = context;
  const { convention, daysPerYear, outDir, sources } = request;
  if (outDir !== null) await checkOutDir(outDir);
  const input = await readReplay(request.config, sources, context);
  for (const warning of input.warnings) terminal.warn(warning);
  const startedAt = performance.now();
  const { alerts, content, run } = await replay(request, input, context);
  const elapsedMs = Math.round(performance.now() - startedAt);
  signal.throwIfAborted();
  const noticed = [...refusalWarnings(run.signals.refusals(), sources.signals), ...alertWarnings(alerts)];
  for (const warning of noticed) terminal.warn(warning);
  const result = resultOf(content, run, request.equity);
  const warnings = [...input.warnings, ...noticed];
  const meta = {
    ...liveMeta(content),
    mode: 'simulation',
    elapsedMs,
    convention,
    daysPerYear,
    warnings,
  } as const;
  if (outDir === null) return summarize(result, meta);
  return (await writeReport(result, meta, outDir, fillDatabase, signal)).summary;
}

interface Replayed {
  readonly run: SimulationRun;
  readonly content: LiveContent;
  readonly alerts: readonly LiveRow<'alerts'>[];
}

/** Runs the desk, and returns what it has done: all of it is in its store, which is gone when this is over. */
async function replay(
  request: SimulationRequest,
  input: ReplayInput,
  { signal, terminal }: CommandContext,
): Promise<Replayed> {
  const folder = await mkdtemp(join(tmpdir(), 'bowline-simulation-'));
  try {
    const database = join(folder, 'desk.duckdb');
    const stopped = new AbortController();
    const { journals = openMemoryJournals() } = request;
    const run = await SimulationRun.open({ ...request, input, journals, database }, (error) =>
      stopped.abort(error),
    );
    try {
      if (run.desk.url !== null) terminal.note(`The desk answers at ${run.desk.url} while it runs.`);
      await withProgress(terminal, 'running', (onProgress) =>
        run.run(AbortSignal.any([signal, stopped.signal]), onProgress),
      );
    } finally {
      await run.close();
    }
    stopped.signal.throwIfAborted();
    signal.throwIfAborted();
    const reader = await LiveReader.open(database);
    try {
      const content = await readContent(reader, EVERYTHING, database);
      return { run, content, alerts: await reader.rows('alerts', null) };
    } finally {
      reader.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const EVERYTHING = { from: null, to: null, clientId: null };

function resultOf(
  content: LiveContent,
  { checks, signals }: SimulationRun,
  equity: 'daily' | 'bar',
): HistoricalResult {
  const result = liveResult(content, EVERYTHING, equity);
  const refused = signals.refusals().reduce((sum, { count }) => sum + count, 0);
  return {
    ...result,
    // Against the exchange's own books at every step, not only where it was asked for its position.
    invariants: { checked: checks.checked, violated: checks.violated },
    ignoredSignals: { ...result.ignoredSignals, OUTSIDE_DATA: signals.outside, REFUSED: refused },
  };
}
