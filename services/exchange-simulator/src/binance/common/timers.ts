import type { TimeMs } from '@bowline/domain';
import type { TimedSource } from '@bowline/engine';

interface Timer {
  readonly time: TimeMs;
  readonly act: () => void;
}

/**
 * What is due by itself some time: a key expires, a countdown ends. Kept apart from the clock's calls, which are what is
 * on its way: the exchange is settled while timers wait.
 */
export class Timers implements TimedSource {
  private readonly timers = new Set<Timer>();

  /** Returns what takes it back. */
  at(time: TimeMs, act: () => void): () => void {
    const timer = { time, act };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  nextTime(): TimeMs | null {
    return this.next()?.time ?? null;
  }

  step(): void {
    const next = this.next();
    if (next === null) return;
    this.timers.delete(next);
    next.act();
  }

  private next(): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.timers) if (next === null || timer.time < next.time) next = timer;
    return next;
  }
}
