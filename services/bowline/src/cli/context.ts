import type { Terminal } from './terminal.js';

/** What every command gets besides its options. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C, with an Interrupted as its reason. */
  readonly signal: AbortSignal;
}
