import { join } from 'node:path';
import { InputError } from '@bowline/contracts';
import { downloadVerified, type Downloaded, type DownloadOptions } from './download.js';
import { mergeArchives, NothingToMerge } from './merge.js';
import { archiveName, archivePath, daysOf, planArchives, type Archive } from './plan.js';
import { requestProblems } from './request.js';

export interface FetchBinanceUsdmOptions {
  /** As the exchange spells it: `BTCUSDT`. */
  readonly symbol: string;
  /** As the exchange spells it: `1m`, `1h`, `1d`. */
  readonly interval: string;
  /** First open time that is wanted, and the first that is not; milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Gets the CSV, and the archives in a folder `archives`. */
  readonly outDir: string;
  /** Default: the exchange's public data host. */
  readonly baseUrl?: string;
  readonly onProgress?: (progress: FetchProgress) => void;
  readonly signal?: AbortSignal;
  /** The time by which it is decided what the exchange has published. Default: now. */
  readonly nowMs?: number;
  /** Pause before the first repetition of a failed request; it doubles with each. Default 500. */
  readonly retryBaseMs?: number;
  /** Repetitions of a request that makes no progress. Default 4. */
  readonly retries?: number;
  /** A connection that delivers nothing for this long is given up. Default 30,000. */
  readonly stallMs?: number;
}

export interface FetchProgress {
  /** Archives that are settled, and archives in all; more where a month has to be taken by its days. */
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
}

export interface Fetched {
  /** One CSV that `readBars` reads. */
  readonly path: string;
  readonly rows: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly downloaded: number;
  /** Archives that were there already, complete and proven by their checksum. */
  readonly reused: number;
  /** What the exchange does not have, one sentence each. */
  readonly warnings: readonly string[];
}

const BINANCE_DATA = 'https://data.binance.vision';
const AT_ONCE = 4;
/** A month that ended more recently may not have been published yet. */
const RECENT_MS = 31 * 86_400_000;

/**
 * Downloads klines of a USD-M future from the exchange's public history into one CSV: monthly archives for whole
 * past months, daily ones for the rest, each proven by its sha256. May be called again after any failure: what is
 * complete is not downloaded again, and a part is continued.
 *
 * Throws an InputError for what cannot be asked for and where the exchange has no data at all, a DownloadError
 * where the network or the server fails for good, and the signal's reason where it was aborted. A day without data
 * is a warning.
 */
export async function fetchBinanceUsdm(options: FetchBinanceUsdmOptions): Promise<Fetched> {
  const { symbol, interval, fromMs, toMs, outDir, nowMs = Date.now() } = options;
  checkRequest(options);
  const { archives, unpublishedFromMs } = planArchives(fromMs, toMs, nowMs);
  const warnings: string[] = [];
  const { found, missing, downloaded, reused } = await downloadAll(archives, options, warnings);
  warnings.push(...missingText(missing, symbol));
  if (unpublishedFromMs !== null) {
    warnings.push(
      `${symbol}: the exchange publishes a day once it is over (UTC): nothing from ${dayText(unpublishedFromMs)} on`,
    );
  }
  const path = join(outDir, `${symbol}-${interval}-${rangeText(fromMs, toMs)}.csv`);
  const zips = found.map((archive) => join(outDir, 'archives', archiveName(symbol, interval, archive)));
  try {
    const { rows, firstMs, lastMs } = await mergeArchives(zips, path, fromMs, toMs);
    return { path, rows, firstMs: firstMs ?? fromMs, lastMs: lastMs ?? fromMs, downloaded, reused, warnings };
  } catch (cause) {
    if (!(cause instanceof NothingToMerge)) throw cause;
    throw new InputError([
      `${symbol} ${interval}: the exchange has no data from ${dayText(fromMs)} to ${dayText(toMs - 1)}; is the symbol spelled as the exchange spells it, and was it listed then?`,
    ]);
  }
}

function checkRequest(options: FetchBinanceUsdmOptions): void {
  const { fromMs, toMs, nowMs = Date.now() } = options;
  const problems = requestProblems(options);
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs)) problems.push('from and to must be times');
  else if (fromMs >= toMs)
    problems.push(`from ${new Date(fromMs).toISOString()} must be before to ${new Date(toMs).toISOString()}`);
  else if (fromMs >= nowMs) problems.push(`from ${new Date(fromMs).toISOString()} lies in the future`);
  if (problems.length > 0) throw new InputError(problems);
}

interface Settled {
  readonly found: readonly Archive[];
  readonly missing: readonly Archive[];
  readonly downloaded: number;
  readonly reused: number;
}

/**
 * Settles every archive. A month is published some days after it is over, and one of them may be missing: where the
 * symbol was already traded, a missing month is taken by its days. Before that, there is nothing to be had.
 */
async function downloadAll(
  archives: readonly Archive[],
  options: FetchBinanceUsdmOptions,
  warnings: string[],
): Promise<Settled> {
  const { symbol, nowMs = Date.now() } = options;
  const progress = { done: 0, total: archives.length, bytes: 0 };
  const first = await downloadEach(archives, options, progress);
  const listedMs = Math.min(...first.found.map(({ fromMs }) => fromMs));
  const byDays = first.missing.filter(
    ({ kind, fromMs, toMs }) => kind === 'monthly' && (fromMs > listedMs || nowMs - toMs < RECENT_MS),
  );
  for (const { period } of byDays)
    warnings.push(`${symbol}: there is no monthly archive of ${period}; its days were taken one by one`);
  const days = byDays.flatMap(daysOf);
  progress.total += days.length;
  const second = await downloadEach(days, options, progress);
  const byTime = (a: Archive, b: Archive): number => a.fromMs - b.fromMs;
  return {
    found: [...first.found, ...second.found].sort(byTime),
    missing: [...first.missing.filter((archive) => !byDays.includes(archive)), ...second.missing].sort(
      byTime,
    ),
    downloaded: first.downloaded + second.downloaded,
    reused: first.reused + second.reused,
  };
}

/** Downloads a few at once. After a failure no further one is begun, and it is thrown once the others have come to rest. */
async function downloadEach(
  archives: readonly Archive[],
  options: FetchBinanceUsdmOptions,
  progress: { done: number; total: number; bytes: number },
): Promise<Settled> {
  const { symbol, interval, outDir, baseUrl = BINANCE_DATA, onProgress } = options;
  const settled: Record<Downloaded, Archive[]> = { downloaded: [], reused: [], missing: [] };
  const download: DownloadOptions = {
    signal: options.signal ?? null,
    retryBaseMs: options.retryBaseMs ?? 500,
    retries: options.retries ?? 4,
    stallMs: options.stallMs ?? 30_000,
    onBytes: (bytes) => {
      progress.bytes += bytes;
      onProgress?.({ ...progress });
    },
  };
  const queue = [...archives];
  const work = async (): Promise<void> => {
    for (let archive = queue.shift(); archive !== undefined; archive = queue.shift()) {
      const url = `${baseUrl.replace(/\/+$/, '')}/${archivePath(symbol, interval, archive)}`;
      const target = join(outDir, 'archives', archiveName(symbol, interval, archive));
      settled[await downloadVerified(url, target, download)].push(archive);
      progress.done += 1;
      onProgress?.({ ...progress });
    }
  };
  const stopping = (cause: unknown): never => {
    queue.length = 0;
    throw cause;
  };
  const outcomes = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => work().catch(stopping)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const { downloaded, reused, missing } = settled;
  return { found: [...downloaded, ...reused], missing, downloaded: downloaded.length, reused: reused.length };
}

/** What the exchange does not have, neighbours of one kind taken together. */
function missingText(missing: readonly Archive[], symbol: string): string[] {
  const runs: { from: Archive; to: Archive }[] = [];
  for (const archive of missing) {
    const last = runs.at(-1);
    if (last !== undefined && last.to.toMs === archive.fromMs && last.to.kind === archive.kind)
      last.to = archive;
    else runs.push({ from: archive, to: archive });
  }
  return runs.map(({ from, to }) => {
    const period = from === to ? from.period : `${from.period} to ${to.period}`;
    return `${symbol}: no data for ${period}: the exchange has no archive of ${from === to ? 'it' : 'them'}`;
  });
}

/** `2021-04-20_2021-05-19`, both days included; with the times of day where they are not whole days. */
function rangeText(fromMs: number, toMs: number): string {
  const whole = fromMs % 86_400_000 === 0 && toMs % 86_400_000 === 0;
  const text = (ms: number): string =>
    new Date(ms)
      .toISOString()
      .slice(0, whole ? 10 : 19)
      .replaceAll(':', '');
  return `${text(fromMs)}_${text(toMs - (whole ? 1 : 0))}`;
}

function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
