import type { TimeMs } from '@bowline/domain';
import type { Clock } from '@bowline/ports';

interface Call {
  readonly time: TimeMs;
  readonly sequence: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until its owner moves it, call by call. So whatever a call leads to can be over before
 * the next one is due, and a run gives the same results however fast the machine is.
 */
export class VirtualClock implements Clock {
  private readonly calls: Call[] = [];
  private nextSequence = 0;

  constructor(private time: TimeMs) {}

  now(): TimeMs {
    return this.time;
  }

  callAt(time: TimeMs, callback: () => void): () => void {
    const call: Call = { time: Math.max(time, this.time), sequence: this.nextSequence, callback };
    this.nextSequence += 1;
    let place = this.calls.length;
    while (place > 0 && isBefore(call, this.calls[place - 1]!)) place -= 1;
    this.calls.splice(place, 0, call);
    return () => {
      const at = this.calls.indexOf(call);
      if (at >= 0) this.calls.splice(at, 1);
    };
  }

  /** When the next call is due; null where none was asked for. */
  nextTime(): TimeMs | null {
    return this.calls[0]?.time ?? null;
  }

  /** Makes the next call, at its time, where it is due by `time`. False where none is: the clock then shows `time`. */
  step(time: TimeMs): boolean {
    const next = this.calls[0];
    if (next === undefined || next.time > time) {
      this.time = Math.max(this.time, time);
      return false;
    }
    this.calls.shift();
    this.time = next.time;
    next.callback();
    return true;
  }
}

function isBefore(a: Call, b: Call): boolean {
  return a.time < b.time || (a.time === b.time && a.sequence < b.sequence);
}
