import { fetchBinanceUsdm, requestProblems } from '@bowline/marketdata';
import { commandText } from '../cli/command-text.js';
import type { CommandContext } from '../cli/context.js';
import { UsageError } from '../cli/exit.js';
import { startProgress } from '../cli/progress.js';
import type { FetchOptions } from './fetch.command.js';

export interface FetchTarget {
  readonly source: string;
  readonly symbol: string;
  readonly interval: string;
}

const DAY_MS = 86_400_000;
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
  const fromMs = instant('--from', options.from).ms;
  const toMs = options.to === undefined ? Date.now() : endOf(options.to);
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

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z?$/;

interface Instant {
  readonly ms: number;
  /** Whether a day was named rather than an instant. */
  readonly day: boolean;
}

function instant(option: string, text: string): Instant {
  const day = DATE.test(text);
  if (day || DATE_TIME.test(text)) {
    const ms = Date.parse(day ? `${text}T00:00Z` : `${text.replace(' ', 'T').replace(/Z$/, '')}Z`);
    // Date.parse takes the 30th of February for the first or second of March.
    if (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text.slice(0, 10))) return { ms, day };
  }
  throw new UsageError(`${option} ${text}: write a UTC date such as 2024-01-31 or 2024-01-31T12:00Z`);
}

/** A day is meant whole. */
function endOf(text: string): number {
  const { day, ms } = instant('--to', text);
  return day ? ms + DAY_MS : ms;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}
