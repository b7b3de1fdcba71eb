import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { InputError } from '@bowline/contracts';
import { WorkFolder } from '@bowline/testkit';
import { runPool } from './worker-pool.js';

/** Answers a task with its double, or fails as the task asks for. */
const WORKER = `
import { parentPort, workerData } from 'node:worker_threads';
const replies = {
  'bad input': { kind: 'bad input', problems: ['a.csv: one', 'a.csv: two'] },
  bug: { kind: 'bug', name: 'TypeError', message: 'x is no function', stack: 'TypeError: x is no function\\n    at y' },
};
parentPort.on('message', (task) => {
  if (task === 'exit') process.exit(3);
  if (task === 'throw') throw new RangeError('thrown');
  if (task === 'hang') return;
  if (task in replies) return parentPort.postMessage(replies[task]);
  // The later a task, the sooner it is done.
  setTimeout(() => {
    parentPort.postMessage({ kind: 'progress', fraction: 0.5 });
    parentPort.postMessage({ kind: 'done', result: task * workerData.factor });
  }, 20 - 4 * task);
});
`;

const folder = new WorkFolder('pool');
const module = pathToFileURL(folder.file('worker.mjs', WORKER));

async function run(
  tasks: readonly (number | string)[],
  workers: number,
  signal = new AbortController().signal,
) {
  const heard: number[] = [];
  const results = await runPool<number | string, number>({
    module,
    shared: { factor: 2 },
    tasks,
    workers,
    onProgress: (fraction) => heard.push(fraction),
    signal,
  });
  return { results, heard };
}

describe('a pool of workers', () => {
  it.each([1, 2, 5])('returns results in the order of the tasks, on %i threads', async (workers) => {
    const { heard, results } = await run([0, 1, 2, 3, 4], workers);
    expect(results).toEqual([0, 2, 4, 6, 8]);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    expect(heard.at(-1)).toBe(1);
  });

  it('has nothing to do without tasks', async () => {
    expect(await run([], 2)).toEqual({ results: [], heard: [] });
  });

  it('hands on what is wrong with the input', async () => {
    await expect(run([1, 'bad input', 2], 2)).rejects.toEqual(new InputError(['a.csv: one', 'a.csv: two']));
  });

  it('hands on a bug with the place where it happened', async () => {
    const failure: unknown = await run(['bug'], 1).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'TypeError',
      message: 'x is no function',
      stack: expect.stringContaining('at y'),
    });
  });

  it('fails when a worker throws, or ends before its time', async () => {
    await expect(run(['throw'], 1)).rejects.toThrow('thrown');
    await expect(run([1, 'exit'], 2)).rejects.toThrow('a worker ended before its time, with code 3');
  });

  it('stops when it is told to, and says why', async () => {
    const controller = new AbortController();
    const running = run(['hang', 'hang'], 2, controller.signal);
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await expect(run([1], 1, controller.signal)).rejects.toThrow('enough');
  });
});
