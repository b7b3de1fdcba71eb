/** Longer than any spec. */
const LONG_MS = 5_000;

/**
 * From now on timers that are due long after a spec do not keep its process: the public clients leave those behind with
 * which they renew their lines and keys.
 */
export function letLongTimersGo(): void {
  for (const name of ['setTimeout', 'setInterval'] as const) {
    const set = globalThis[name] as (act: () => void, ms?: number, ...rest: unknown[]) => NodeJS.Timeout;
    const setAndLetGo = (act: () => void, ms?: number, ...rest: unknown[]): NodeJS.Timeout => {
      const timer = set(act, ms, ...rest);
      return (ms ?? 0) >= LONG_MS ? timer.unref() : timer;
    };
    Object.assign(globalThis, { [name]: setAndLetGo });
  }
}
