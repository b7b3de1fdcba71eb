import { writeSync } from 'node:fs';

/** Where a command speaks. Results go to `out`, everything else to `err`. */
export interface Terminal {
  /** A part of the result, as it is. */
  out(text: string): void;
  /** A line for whoever watches. */
  note(line: string): void;
  /** What is worth knowing, and stops nothing. */
  warn(sentence: string): void;
  /** Whether stdout shows colors. */
  readonly color: boolean;
  /** Whether somebody watches stderr: then there is a progress bar. */
  readonly watched: boolean;
}

/** The terminal of the process. A reader that has gone (`bowline ... | head`) is no error. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  const warning = hasColors(process.stderr) ? '\u001b[33mwarning:\u001b[0m' : 'warning:';
  return {
    out: (text) => void process.stdout.write(text),
    note: (line) => void process.stderr.write(`${line}\n`),
    warn: (sentence) => void process.stderr.write(`${warning} ${sentence}\n`),
    color: hasColors(process.stdout),
    watched: process.stderr.isTTY === true,
  };
}

/** Colors are for terminals, and for those who have not said no (https://no-color.org). */
function hasColors(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, TERM } = process.env;
  return stream.isTTY === true && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  // Through the stream itself this would come here again.
  writeSync(process.stderr.fd, `bowline: cannot write: ${error.message}\n`);
  process.exitCode = 1;
}
