import { setTimeout as wait } from 'node:timers/promises';

const PAUSE_MS = 250;

/** Asks again and again until something other than null is found; null once `waitS` seconds have passed. */
export async function until<T>(
  find: () => Promise<T | null>,
  waitS: number,
  signal: AbortSignal,
): Promise<T | null> {
  const end = performance.now() + waitS * 1000;
  for (;;) {
    const found = await find();
    if (found !== null || performance.now() >= end) return found;
    await wait(PAUSE_MS, undefined, { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  }
}
