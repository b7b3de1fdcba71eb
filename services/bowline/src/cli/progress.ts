import type { SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.js';

/** Tells whoever waits how far a piece of work is. */
export interface Progress {
  /** From 0 to 1. */
  update(fraction: number): void;
  end(): void;
}

/** Steps of the bar; a bar redraws itself only where there is something new to see. */
const STEPS = 1000;

const SILENT: Progress = { update: () => undefined, end: () => undefined };

/** A bar on stderr that vanishes at the end; nothing at all where stderr is no terminal. */
export async function startProgress(terminal: Terminal, label: string): Promise<Progress> {
  if (!terminal.watched) return SILENT;
  const { default: cliProgress } = await import('cli-progress');
  const bar: SingleBar = new cliProgress.SingleBar({
    format: '{label} {bar} {percentage} %  {eta_formatted}',
    stream: process.stderr,
    barsize: 32,
    clearOnComplete: true,
    // Whatever stops the program must not leave a terminal without a cursor or without line breaks.
    hideCursor: false,
    linewrap: true,
    etaBuffer: 50,
  });
  bar.start(STEPS, 0, { label: label.padEnd(10) });
  let shown = 0;
  return {
    update: (fraction) => {
      const step = Math.min(STEPS, Math.max(0, Math.floor(fraction * STEPS)));
      if (step === shown) return;
      shown = step;
      bar.update(step);
    },
    end: () => bar.stop(),
  };
}

/** Runs the work under a bar, which goes away however the work ends. */
export async function withProgress<T>(
  terminal: Terminal,
  label: string,
  work: (update: (fraction: number) => void) => Promise<T>,
): Promise<T> {
  const progress = await startProgress(terminal, label);
  try {
    return await work((fraction) => progress.update(fraction));
  } finally {
    progress.end();
  }
}
