import { Interrupted } from './exit.js';
import type { Terminal } from './terminal.js';

/** Set by whoever starts a process and keeps its standard input open for as long as it is to run. */
export const SUPERVISED = 'BOWLINE_SUPERVISED';
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Turns the first Ctrl-C (or SIGTERM) into an aborted signal, at which commands throw away what is half done and end;
 * a second one ends the process where it stands. A process that somebody supervises ends with its supervisor, whose end
 * closes its standard input: else it would trade on with nobody to look after it.
 */
export function watchInterrupts(terminal: Terminal): AbortSignal {
  const controller = new AbortController();
  for (const [name, exitCode] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCode);
      terminal.note('stopping (once more to stop at once)');
      controller.abort(new Interrupted(exitCode));
    });
  }
  if (process.env[SUPERVISED] === '1') {
    const onGone = (): void => controller.abort(new Interrupted(SIGNALS.SIGTERM));
    process.stdin.on('end', onGone).on('error', onGone).resume();
    // Whoever has nothing else to do may end all the same.
    process.stdin.unref();
  }
  return controller.signal;
}
