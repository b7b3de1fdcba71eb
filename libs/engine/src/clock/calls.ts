import type { TimeMs } from '@bowline/domain';

interface Call {
  readonly time: TimeMs;
  readonly sequence: number;
  readonly callback: () => void;
}

/** What was asked of a clock: by time, and what is for one time in the order in which it was asked for. */
export class Calls {
  private readonly calls: Call[] = [];
  private nextSequence = 0;

  /** Returns what takes it back. */
  add(time: TimeMs, callback: () => void): () => void {
    const call: Call = { time, sequence: this.nextSequence, callback };
    this.nextSequence += 1;
    let place = this.calls.length;
    while (place > 0 && isBefore(call, this.calls[place - 1]!)) place -= 1;
    this.calls.splice(place, 0, call);
    return () => {
      const at = this.calls.indexOf(call);
      if (at >= 0) this.calls.splice(at, 1);
    };
  }

  /** When the first one is due; null where none was asked for. */
  nextTime(): TimeMs | null {
    return this.calls[0]?.time ?? null;
  }

  /** Takes the first one out where it is due by `time`. */
  take(time: TimeMs): Pick<Call, 'time' | 'callback'> | null {
    const next = this.calls[0];
    if (next === undefined || next.time > time) return null;
    this.calls.shift();
    return next;
  }
}

function isBefore(a: Call, b: Call): boolean {
  return a.time < b.time || (a.time === b.time && a.sequence < b.sequence);
}
