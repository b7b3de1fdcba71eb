import type { TimeMs } from '@bowline/domain';
import { VirtualClock } from '@bowline/engine';

/** A virtual clock that a spec moves by hand. */
export class ManualClock extends VirtualClock {
  constructor(time: TimeMs = 0) {
    super(time);
  }

  /** Makes every call that is due by then, those that the calls ask for included. */
  advanceTo(time: TimeMs): void {
    while (this.step(time));
  }

  /** Lets so many milliseconds pass. */
  advance(ms: number): void {
    this.advanceTo(this.now() + ms);
  }

  /** Makes every call that anybody waits for, until nobody does. */
  settle(): void {
    for (let next = this.nextTime(); next !== null; next = this.nextTime()) this.advanceTo(next);
  }
}
