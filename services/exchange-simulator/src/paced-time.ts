import type { TimeMs } from '@bowline/domain';
import type { TimedSource, VirtualClock } from '@bowline/engine';
import type { Clock } from '@bowline/ports';

export interface PacedTimeEvents {
  /** All that was due has happened. */
  onCaughtUp(): void;
  /** Something that was due has thrown: nothing happens any more. */
  onFailure(error: Error): void;
}

/**
 * Lets a virtual clock follow the machine's, call by call, and what happens by itself with it: everything has its own exact
 * time, and its order, however late the machine comes to it.
 */
export class PacedTime {
  /** How far the virtual clock is ahead: it may have been further than the machine's is now. */
  private readonly aheadMs: number;
  private cancelWait: () => void = () => undefined;
  private wakesAt: TimeMs | null = null;
  private stopped = false;

  constructor(
    private readonly clock: VirtualClock,
    private readonly machine: Clock,
    private readonly sources: readonly TimedSource[],
    private readonly events: PacedTimeEvents,
  ) {
    this.aheadMs = Math.max(0, clock.now() - machine.now());
  }

  /** Does something from outside at its time: after all that was due before it, and with what it leads to at once. */
  do(act: () => void): void {
    if (this.stopped) return;
    try {
      this.catchUp();
      act();
      this.catchUp();
      this.events.onCaughtUp();
    } catch (error) {
      this.stop();
      this.events.onFailure(error instanceof Error ? error : new Error(String(error)));
    }
  }

  stop(): void {
    this.stopped = true;
    this.cancelWait();
  }

  private catchUp(): void {
    const now = this.machine.now() + this.aheadMs;
    for (let next = this.nextTime(); next !== null && next <= now; next = this.nextTime()) {
      // A call that is due goes before a source of the same time.
      if (!this.clock.step(next)) this.sources.find((source) => source.nextTime() === next)!.step();
    }
    this.clock.step(now);
    this.wakeAt(this.nextTime());
  }

  private nextTime(): TimeMs | null {
    let next = this.clock.nextTime();
    for (const source of this.sources) {
      const time = source.nextTime();
      if (time !== null && (next === null || time < next)) next = time;
    }
    return next;
  }

  private wakeAt(time: TimeMs | null): void {
    if (time === this.wakesAt) return;
    this.cancelWait();
    this.wakesAt = time;
    if (time === null) return;
    this.cancelWait = this.machine.callAt(time - this.aheadMs, () => {
      this.wakesAt = null;
      this.do(() => undefined);
    });
  }
}
