import type { TimeMs } from '@bowline/domain';
import type { Clock } from '@bowline/ports';

/** Longer waits are cut in pieces: timers count in 32 bits. */
const LONGEST_WAIT_MS = 2_000_000_000;

/** The machine's clock, which never goes back here even where the machine's is set back. */
export class SystemClock implements Clock {
  private latest: TimeMs = 0;

  now(): TimeMs {
    this.latest = Math.max(this.latest, Date.now());
    return this.latest;
  }

  callAt(time: TimeMs, callback: () => void): () => void {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const left = time - this.now();
      timer =
        left > LONGEST_WAIT_MS ? setTimeout(wait, LONGEST_WAIT_MS) : setTimeout(callback, Math.max(0, left));
      timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  }
}
