import type { TimeMs } from '@bowline/domain';
import type { Clock } from '@bowline/ports';
import { Calls } from './calls.js';

/**
 * A clock that stands still until its owner moves it, call by call. So whatever a call leads to can be over before
 * the next one is due, and a run gives the same results however fast the machine is.
 */
export class VirtualClock implements Clock {
  private readonly calls = new Calls();

  constructor(private time: TimeMs) {}

  now(): TimeMs {
    return this.time;
  }

  callAt(time: TimeMs, callback: () => void): () => void {
    return this.calls.add(Math.max(time, this.time), callback);
  }

  /** When the next call is due; null where none was asked for. */
  nextTime(): TimeMs | null {
    return this.calls.nextTime();
  }

  /** Makes the next call, at its time, where it is due by `time`. False where none is: the clock then shows `time`. */
  step(time: TimeMs): boolean {
    const next = this.calls.take(time);
    this.time = Math.max(this.time, next?.time ?? time);
    next?.callback();
    return next !== null;
  }
}
