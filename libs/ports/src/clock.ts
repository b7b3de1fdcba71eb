import type { TimeMs } from '@bowline/domain';

/** Where time comes from: the machine, or a clock that its owner moves. Never goes back. */
export interface Clock {
  now(): TimeMs;
  /**
   * Calls back once `time` has been reached; at once, but not inside this call, where it has passed. Returns what
   * takes it back. Callbacks of one time are called in the order in which they were asked for.
   */
  callAt(time: TimeMs, callback: () => void): () => void;
}
