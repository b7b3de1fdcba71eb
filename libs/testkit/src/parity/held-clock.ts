import type { TimeMs } from '@bowline/domain';
import type { Clock } from '@bowline/ports';

interface Call {
  readonly time: TimeMs;
  readonly callback: () => void;
}

/** A clock that calls nobody by itself: whoever moves it says when the next call that is due is made. */
export class HeldClock implements Clock {
  private readonly calls: Call[] = [];

  constructor(private time: TimeMs) {}

  now(): TimeMs {
    return this.time;
  }

  callAt(time: TimeMs, callback: () => void): () => void {
    const call: Call = { time, callback };
    const later = this.calls.findIndex((other) => other.time > time);
    this.calls.splice(later < 0 ? this.calls.length : later, 0, call);
    return () => {
      const at = this.calls.indexOf(call);
      if (at >= 0) this.calls.splice(at, 1);
    };
  }

  set(time: TimeMs): void {
    this.time = time;
  }

  /** Makes the earliest call that is due; false where none is. */
  callNext(): boolean {
    const next = this.calls[0];
    if (next === undefined || next.time > this.time) return false;
    this.calls.shift();
    next.callback();
    return true;
  }
}
