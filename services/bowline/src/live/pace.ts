import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { TimeMs } from '@bowline/domain';
import type { VirtualClock, VirtualTime } from '@bowline/engine';

/** Real time between two looks at the pace. */
const PACE_MS = 20;
/** Real time after which everything else has its turn, where there is more to do than the pace leaves time for. */
const TURN_MS = 20;

export interface Pace {
  /** Virtual seconds to a real one; null: as fast as it can. */
  readonly speed: number | null;
  /** Where it ends; Infinity: only by `signal`. */
  readonly until: TimeMs;
  readonly signal: AbortSignal;
  /** Called after every turn. */
  readonly onTurn: () => void;
}

/** Lets a virtual time go on at its pace until it has come so far, or until `signal` says to stop. */
export async function runPaced(
  time: VirtualTime,
  clock: VirtualClock,
  { onTurn, signal, speed, until }: Pace,
): Promise<void> {
  const from = clock.now();
  const began = performance.now();
  while (!signal.aborted && clock.now() < until) {
    const paced = speed === null ? Infinity : Math.floor(from + (performance.now() - began) * speed);
    const due = Math.min(paced, until);
    const turnEnds = performance.now() + TURN_MS;
    await time.runTo(due, () => signal.aborted || performance.now() >= turnEnds);
    onTurn();
    await (clock.now() < due ? setImmediate() : sleep(PACE_MS));
  }
}
