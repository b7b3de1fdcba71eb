/** Two clients one after the other on one worker thread, and on two threads at once, over the same shared bars. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** @returns {Promise<{ inTurnMs: number, atOnceMs: number }>} wall time for both clients, best of the rounds */
export async function measureTwoWorkers({ bars, every, rounds, strategies, warmUps }) {
  const workers = await Promise.all([start(), start()]);
  try {
    const best = { inTurnMs: Infinity, atOnceMs: Infinity };
    for (let round = 0; round < rounds; round += 1) {
      const inTurnMs = await timed(async () => {
        await runClient(workers[0]);
        await runClient(workers[0]);
      });
      const atOnceMs = await timed(() => Promise.all(workers.map(runClient)));
      best.inTurnMs = Math.min(best.inTurnMs, inTurnMs);
      best.atOnceMs = Math.min(best.atOnceMs, atOnceMs);
    }
    return best;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  async function start() {
    const worker = new Worker(new URL('./client-worker.mjs', import.meta.url), {
      workerData: { bars, every, strategies, warmUps },
    });
    await once(worker, 'message');
    return worker;
  }
}

async function runClient(worker) {
  worker.postMessage('run');
  await once(worker, 'message');
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
