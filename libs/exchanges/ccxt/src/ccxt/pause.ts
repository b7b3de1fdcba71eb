import type { Clock } from '@bowline/ports';

/** Resolves once so many milliseconds have gone by. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.callAt(clock.now() + ms, resolve);
  });
}
