import { parentPort } from 'node:worker_threads';
import { InputError } from '@bowline/contracts';
import type { WorkerReply } from './worker-pool.js';

/** How often a worker says how far it is, at most. */
const PROGRESS_MS = 100;

/** The loop of a worker thread: answers each task with its result, or with what went wrong. */
export function serveTasks<T, R>(handle: (task: T, onProgress: (fraction: number) => void) => R): void {
  if (!parentPort) throw new Error('this module runs on a worker thread');
  const port = parentPort;
  const reply = (message: WorkerReply<R>): void => port.postMessage(message);
  port.on('message', (task: T) => {
    let spoken = performance.now();
    const onProgress = (fraction: number): void => {
      if (performance.now() - spoken < PROGRESS_MS) return;
      spoken = performance.now();
      reply({ kind: 'progress', fraction });
    };
    try {
      reply({ kind: 'done', result: handle(task, onProgress) });
    } catch (error) {
      reply(failureReply(error));
    }
  });
}

function failureReply(error: unknown): WorkerReply<never> {
  if (error instanceof InputError) return { kind: 'bad input', problems: error.problems };
  const { message, name, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'bug', name, message, stack: stack ?? message };
}
