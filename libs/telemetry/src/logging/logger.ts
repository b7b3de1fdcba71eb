import { isatty } from 'node:tty';
import type { Logger } from '@bowline/ports';
import { pino } from 'pino';
import { loggable } from './loggable.js';
import { oneLine } from './one-line.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LoggerOptions {
  /** The least level that is logged. */
  readonly level: LogLevel;
  /** Which role speaks. */
  readonly role: string;
  /** Where to: a file descriptor, standard error unless given. stdout belongs to what a command answers. */
  readonly fd?: number;
}

/**
 * Logs JSON, one object a line: `time` (UTC), `level`, `role`, the fields, `msg`; on a terminal the same as a line for
 * people. Written at once, so that nothing is lost with the process. Values whose names say that they are secret are
 * left out, however deep they lie.
 */
export function createLogger({ level, role, fd = process.stderr.fd }: LoggerOptions): Logger {
  const destination = pino.destination({ dest: fd, sync: true });
  const stream = isatty(fd) ? { write: (line: string) => destination.write(oneLine(line)) } : destination;
  return pino(
    {
      level,
      base: { role },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: loggable },
      // An error is a field like others: what hangs on it may be secret, too.
      serializers: { err: (value: unknown) => value },
    },
    stream,
  );
}
