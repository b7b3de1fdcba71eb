import type { TimeMs } from '@bowline/domain';
import type { VirtualClock } from './virtual-clock.js';

/** Something that happens by the clock: a market, a strategy. */
export interface TimedSource {
  /** When it happens next; null: not any more. */
  nextTime(): TimeMs | null;
  step(): void;
}

/** Moves a virtual clock from one thing that happens to the next, each once all that the one before led to is over. */
export class VirtualTime {
  /**
   * @param sources in the order in which they happen at one time, after whatever was asked of the clock for it
   * @param whenQuiet resolves once nothing is on its way that does not wait for the clock
   */
  constructor(
    private readonly clock: VirtualClock,
    private readonly sources: readonly TimedSource[],
    private readonly whenQuiet: () => Promise<void>,
  ) {}

  /** When something happens next; null where nothing will. */
  nextTime(): TimeMs | null {
    let next = this.clock.nextTime();
    for (const source of this.sources) {
      const time = source.nextTime();
      if (time !== null && (next === null || time < next)) next = time;
    }
    return next;
  }

  /**
   * Lets everything happen up to and with `until`, where the clock then stands. Where `stopped` says so it ends earlier,
   * between two moments: all that is due by then has happened.
   */
  async runTo(until: TimeMs, stopped: () => boolean = () => false): Promise<void> {
    await this.whenQuiet();
    for (let time = this.nextTime(); time !== null && time <= until; time = this.nextTime()) {
      if (time > this.clock.now() && stopped()) return;
      // One call at a time: what a call leads to is over before the next one of the same time.
      if (!this.clock.step(time)) this.sources.find((source) => source.nextTime() === time)!.step();
      await this.whenQuiet();
    }
    this.clock.step(until);
  }
}
