import { setTimeout as wait } from 'node:timers/promises';
import type { CommandContext } from '../cli/context.js';
import type { WatchOptions } from './desk-options.js';

const PAUSE_S = 2;
const CLEAR = '\u001b[H\u001b[2J';

/** Prints what `text` gives, once, or again and again in place of the last one. */
export async function show(
  text: () => Promise<string>,
  { watch }: WatchOptions,
  { signal, terminal }: CommandContext,
): Promise<void> {
  if (watch === undefined) {
    terminal.out(await text());
    return;
  }
  const pauseMs = (watch === true ? PAUSE_S : watch) * 1000;
  for (;;) {
    const shown = await text();
    terminal.out(terminal.color ? `${CLEAR}${shown}` : shown);
    await wait(pauseMs, undefined, { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  }
}
