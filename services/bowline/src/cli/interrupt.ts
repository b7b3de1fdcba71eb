import { Interrupted } from './exit.js';
import type { Terminal } from './terminal.js';

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Turns the first Ctrl-C (or SIGTERM) into an aborted signal, at which commands throw away what is half done and end;
 * a second one ends the process where it stands.
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
  return controller.signal;
}
