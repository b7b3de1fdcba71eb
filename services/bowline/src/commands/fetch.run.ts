import { fetchBinanceUsdm, requestProblems } from '@bowline/marketdata';
import { commandText } from '../cli/command-text.js';
import type { CommandContext } from '../cli/context.js';
import { UsageError } from '../cli/exit.js';
import { endOf, startOf } from '../cli/instants.js';
import { startProgress } from '../cli/progress.js';
import type { FetchOptions } from './fetch.command.js';

export interface FetchTarget {
  readonly source: string;
  readonly symbol: string;
  readonly interval: string;
}

const SOURCES = ['binance-usdm'];

export async function runFetch(
  target: FetchTarget,
  options: FetchOptions,
  context: CommandContext,
): Promise<void> {
  const { signal, terminal } = context;
  const { interval, source, symbol } = target;
  if (!SOURCES.includes(source)) {
    throw new UsageError(`there is no source ${JSON.stringify(source)}; there is ${SOURCES.join(', ')}`);
  }
  const problems = requestProblems({
    symbol,
    interval,
    ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
  });
  if (problems.length > 0) throw new UsageError(problems.join('\nerror: '));
  const fromMs = startOf('--from', options.from);
  const toMs = options.to === undefined ? Date.now() : endOf('--to', options.to);
  if (fromMs >= toMs)
    throw new UsageError(`--from ${options.from} must be before --to ${options.to ?? 'now'}`);
  const progress = await startProgress(terminal, `${symbol} ${interval}`);
  try {
    const fetched = await fetchBinanceUsdm({
      symbol,
      interval,
      fromMs,
      toMs,
      outDir: options.out,
      signal,
      ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
      onProgress: ({ done, total }) => progress.update(total > 0 ? done / total : 0),
    });
    progress.end();
    for (const warning of fetched.warnings) terminal.warn(warning);
    const { downloaded, firstMs, lastMs, path, reused, rows } = fetched;
    terminal.out(`wrote ${path}\n`);
    terminal.note(
      `${rows} candles from ${timeText(firstMs)} to ${timeText(lastMs)}; ${downloaded} archives downloaded, ${reused} there already`,
    );
    const data = ['--config', 'bowline.yaml', '--bars', `${symbol}=${path}`];
    terminal.note(`next: ${commandText(['backtest', ...data, '--strategy', 'sma-cross:10,50'])}`);
  } finally {
    progress.end();
  }
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}
