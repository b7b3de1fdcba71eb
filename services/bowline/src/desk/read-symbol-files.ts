import { availableParallelism } from 'node:os';
import { InputError } from '@bowline/contracts';
import { readBars, readTicks, type BarsRead, type TicksRead } from '@bowline/marketdata';
import type { SymbolFile } from '../cli/values.js';

/** A file as it was read, under the symbol that it serves. */
export interface ReadFile<Read> extends SymbolFile {
  readonly read: Read;
}

export type SymbolBars = ReadFile<BarsRead>;
export type SymbolTicks = ReadFile<TicksRead>;

/** Who wants to know how far it is, and may stop it. */
export interface Reading {
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

export function readBarsFiles(
  files: readonly SymbolFile[],
  repair: boolean,
  reading: Reading,
): Promise<SymbolBars[]> {
  return readFiles(files, (path, onProgress) => readBars(path, { repair, onProgress }), reading);
}

export function readTicksFiles(files: readonly SymbolFile[], reading: Reading): Promise<SymbolTicks[]> {
  return readFiles(files, (path, onProgress) => readTicks(path, { onProgress }), reading);
}

/**
 * Reads every file once, several at a time. Throws one InputError with the problems of all of them, in the order of
 * the options.
 */
async function readFiles<Read>(
  files: readonly SymbolFile[],
  readFile: (path: string, onProgress: (done: number, total: number) => void) => Promise<Read>,
  { onProgress, signal }: Reading,
): Promise<ReadFile<Read>[]> {
  const paths = [...new Set(files.map(({ path }) => path))];
  const fractions = paths.map(() => 0);
  const outcomes = await inParallel(paths, availableParallelism(), async (path, at) => {
    signal.throwIfAborted();
    return readFile(path, (done, total) => {
      fractions[at] = total > 0 ? done / total : 0;
      onProgress(fractions.reduce((sum, each) => sum + each, 0) / paths.length);
    });
  });
  signal.throwIfAborted();
  const read = new Map(paths.map((path, at) => [path, outcomes[at]]));
  throwProblems(outcomes);
  return files.map((file) => {
    const outcome = read.get(file.path);
    if (outcome?.status !== 'fulfilled') throw new Error(`${file.path} was not read`);
    return { ...file, read: outcome.value };
  });
}

/** Throws what the outcomes failed with: a bug as it is, else one InputError with all their problems. */
export function throwProblems(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  const bug = reasons.find((reason) => !(reason instanceof InputError));
  if (bug !== undefined) throw bug instanceof Error ? bug : new Error('a file was not read', { cause: bug });
  const problems = reasons.flatMap((reason) => (reason instanceof InputError ? reason.problems : []));
  if (problems.length > 0) throw new InputError([...new Set(problems)]);
}

async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, at: number) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const outcomes: PromiseSettledResult<R>[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next;
      next += 1;
      const [outcome] = await Promise.allSettled([work(items[at], at)]);
      outcomes[at] = outcome;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return outcomes;
}
