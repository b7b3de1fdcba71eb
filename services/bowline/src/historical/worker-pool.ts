import { Worker } from 'node:worker_threads';
import { InputError } from '@bowline/contracts';

/** What a worker says. */
export type WorkerReply<R> =
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'done'; readonly result: R }
  | { readonly kind: 'bad input'; readonly problems: readonly string[] }
  | { readonly kind: 'bug'; readonly name: string; readonly message: string; readonly stack: string };

export interface PoolOptions<T> {
  /** The module that the workers run: a file beside the compiled sources. */
  readonly module: URL;
  /** Every worker gets this once, at its start. */
  readonly shared: unknown;
  /** Sent one by one; a worker gets the next when it is done with one. */
  readonly tasks: readonly T[];
  readonly workers: number;
  /** Share of all tasks that is done. */
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs the tasks on worker threads and returns their results in the order of the tasks, whoever was done first. The
 * first failure ends all of them.
 */
export async function runPool<T, R>(options: PoolOptions<T>): Promise<R[]> {
  const { module, shared, signal, tasks } = options;
  signal.throwIfAborted();
  const results: R[] = [];
  const fractions = tasks.map(() => 0);
  let next = 0;
  const report = (at: number, fraction: number): void => {
    fractions[at] = fraction;
    options.onProgress(fractions.reduce((sum, each) => sum + each, 0) / tasks.length);
  };
  const workers = Array.from(
    { length: Math.min(options.workers, tasks.length) },
    () => new Worker(module, { workerData: shared }),
  );
  const work = async (worker: Worker): Promise<void> => {
    while (next < tasks.length) {
      const at = next;
      next += 1;
      results[at] = await ask<T, R>(worker, tasks[at], (fraction) => report(at, fraction), signal);
      report(at, 1);
    }
  };
  try {
    await Promise.all(workers.map(work));
    return results;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

async function ask<T, R>(
  worker: Worker,
  task: T,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onMessage = (reply: WorkerReply<R>): void => {
      if (reply.kind === 'progress') onProgress(reply.fraction);
      else if (reply.kind === 'done') settle(() => resolve(reply.result));
      else settle(() => reject(errorOf(reply)));
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onExit = (code: number): void =>
      settle(() => reject(new Error(`a worker ended before its time, with code ${code}`)));
    const onAbort = (): void => settle(() => reject(reasonOf(signal)));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal.addEventListener('abort', onAbort, { once: true });
    worker.postMessage(task);
  });
}

function errorOf(reply: Extract<WorkerReply<never>, { kind: 'bad input' | 'bug' }>): Error {
  if (reply.kind === 'bad input') return new InputError(reply.problems);
  const { message, name, stack } = reply;
  return Object.assign(new Error(message), { name, stack });
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('stopped');
}
