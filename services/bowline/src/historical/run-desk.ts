import { availableParallelism } from 'node:os';
import { compareCodePoints } from '@bowline/domain';
import { mergeResults, unroutedSignals, type Market } from '@bowline/engine';
import type { HistoricalResult } from '@bowline/ports';
import { runClients, type DeskRun } from './run-clients.js';
import { runPool } from './worker-pool.js';

export interface RunOptions {
  /** Threads to run on; null: as many as it is worth. Clients are spread over them, so more than clients are idle. */
  readonly workers: number | null;
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

/** Bars times strategies from which starting threads is worth it: about a second of work. */
const WORTH_THREADS = 100_000_000;

/**
 * Runs a desk over its bars. The result is the same on any number of threads: a client's run depends on nobody
 * else's, and results are put together in the order of the clients.
 */
export async function runDesk(run: DeskRun, options: RunOptions): Promise<HistoricalResult> {
  const clients = run.config.clients.map(({ clientId }) => clientId);
  const large = workOf(run) >= WORTH_THREADS;
  const wanted = options.workers ?? (large ? availableParallelism() : 1);
  const workers = Math.min(wanted, clients.length);
  // A long run leaves this thread free even when it is the only one, so that Ctrl-C is heard.
  if (workers === 1 && !large) return runClients(run, null, options.onProgress);
  const results = await runPool<string, HistoricalResult>({
    module: new URL('./client-worker.js', import.meta.url),
    shared: run,
    tasks: clients,
    workers,
    onProgress: options.onProgress,
    signal: options.signal,
  });
  return asOneRun(run, results);
}

/** What one thread would have returned for all clients. */
function asOneRun(run: DeskRun, results: readonly HistoricalResult[]): HistoricalResult {
  const merged = mergeResults(results);
  const ignored = Object.entries({
    ...merged.ignoredSignals,
    ...Object.fromEntries(Object.entries(unroutedSignals(run.config, run)).filter(([, count]) => count > 0)),
  });
  return {
    ...merged,
    // Copies came back; what reports are made of is one instrument and one set of columns a market.
    channels: merged.channels.map((channel) => ({ ...channel, ...marketOf(run.markets, channel) })),
    ignoredSignals: Object.fromEntries(ignored.sort(([a], [b]) => compareCodePoints(a, b))),
  };
}

function marketOf(
  markets: readonly Market[],
  { exchange, symbol }: { readonly exchange: string; readonly symbol: string },
): Market {
  const market = markets.find((each) => each.exchange === exchange && each.symbol === symbol);
  if (!market) throw new Error(`a result of ${exchange}:${symbol}, which is no market of the run`);
  return market;
}

/** Bars times strategies, over all channels. */
function workOf({ config, markets, signals }: DeskRun): number {
  const strategies = new Map<string, Set<string>>();
  for (const { strategyId, symbol } of signals) {
    const known = strategies.get(symbol);
    if (known) known.add(strategyId);
    else strategies.set(symbol, new Set([strategyId]));
  }
  let work = 0;
  for (const { accounts } of config.clients) {
    for (const { bars, exchange, symbol } of markets) {
      const trades = accounts.some(
        (account) => account.exchange === exchange && (account.symbols?.includes(symbol) ?? true),
      );
      if (trades) work += bars.length * (strategies.get(symbol)?.size ?? 0);
    }
  }
  return work;
}
