import type { TimeMs } from '@bowline/domain';
import type { Clock } from '@bowline/ports';
import { Calls } from './calls.js';

/** Longer waits are cut in pieces: timers count in 32 bits. */
const LONGEST_WAIT_MS = 2_000_000_000;

/** The machine's clock, which never goes back here even where the machine's is set back. */
export class SystemClock implements Clock {
  private latest: TimeMs = 0;
  private readonly calls = new Calls();
  private timer: NodeJS.Timeout | undefined;
  private waitsFor: TimeMs | null = null;

  now(): TimeMs {
    this.latest = Math.max(this.latest, Date.now());
    return this.latest;
  }

  callAt(time: TimeMs, callback: () => void): () => void {
    const takeBack = this.calls.add(Math.max(time, this.now()), callback);
    this.wait();
    return () => {
      takeBack();
      this.wait();
    };
  }

  private wait(): void {
    const next = this.calls.nextTime();
    if (next === this.waitsFor) return;
    this.waitsFor = next;
    clearTimeout(this.timer);
    if (next === null) return;
    this.timer = setTimeout(() => this.wake(), Math.min(LONGEST_WAIT_MS, next - this.now()));
    this.timer.unref();
  }

  private wake(): void {
    this.waitsFor = null;
    try {
      // A timer may come a little early: what is not due is waited for again.
      for (let due = this.calls.take(this.now()); due !== null; due = this.calls.take(this.now()))
        due.callback();
    } finally {
      this.wait();
    }
  }
}
