/** Exit codes of the program, and the errors that stand for them. Loads nothing: every start pays for it. */

export const EXIT = {
  ok: 0,
  /** Input or surroundings that cannot be used: a file, a value in it, the network, the disk. */
  badInput: 1,
  /** A command line that cannot be understood. */
  usage: 2,
  /** A bug: EX_SOFTWARE of sysexits.h. */
  internal: 70,
} as const;

/** A command line that cannot be understood; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Somebody asked the program to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  /** @param exitCode 128 + the number of the signal, as shells have it */
  constructor(readonly exitCode: number) {
    super('stopped');
  }
}
