import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { TimeMs } from '@bowline/domain';
import type { VirtualClock, VirtualTime } from '@bowline/engine';

/** Real time between two steps where there is a pace. */
const PACE_MS = 20;
/** Real time after which everything else has its turn where there is none. */
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
    if (speed === null) {
      const turnEnds = performance.now() + TURN_MS;
      await time.runTo(until, () => signal.aborted || performance.now() >= turnEnds);
      onTurn();
      await setImmediate();
    } else {
      const reach = Math.floor(from + (performance.now() - began) * speed);
      await time.runTo(Math.min(reach, until), () => signal.aborted);
      onTurn();
      await sleep(PACE_MS);
    }
  }
}
