import { closeSync, constants, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TimeMs } from '@bowline/domain';
import type { Command } from '../matching/index.js';

/**
 * - `mismatch`: it belongs to another exchange, or to one with other accounts, instruments or rules
 * - `corrupt`: a line in it is no command, or one that cannot have been there
 * - `failed`: reading or writing failed
 */
export type ExchangeLogErrorKind = 'mismatch' | 'corrupt' | 'failed';

/** A log that cannot be used. The message says what is wrong, in which file, and what to do. */
export class ExchangeLogError extends Error {
  constructor(
    readonly kind: ExchangeLogErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ExchangeLogError';
  }
}

/** What the log was made with, part by part. */
export type LogHeader = Readonly<Record<string, string>>;

const FORMAT = 'bowline mock exchange 1';
const CHUNK = 1 << 20;
const NEWLINE = 0x0a;

/**
 * Every command that reached the engine, one line each, in a file of its own: `[time,{command}]`. A line is handed to
 * the operating system whole before the command acts, and not flushed: it survives the process, not the power. A last
 * line without its end was never acted on, and is cut off when the file is opened.
 */
export class ExchangeLog {
  /** Why nothing more can be written; null: it can. */
  private broken: string | null = null;

  private constructor(
    private readonly path: string,
    private readonly file: number,
    /** How often the log was opened, this time included. */
    readonly session: number,
  ) {}

  /**
   * Opens `<folder>/<exchange>.jsonl`, makes it where it is not there, and hands over what it holds, oldest first. It
   * has one user at a time: whoever holds the folder sees to that. Throws an ExchangeLogError.
   */
  static open(
    folder: string,
    exchange: string,
    header: LogHeader,
    replay: (time: TimeMs, command: Command) => void,
  ): ExchangeLog {
    const path = join(folder, `${exchange}.jsonl`);
    const file = orFailed(path, () => {
      mkdirSync(folder, { recursive: true });
      return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o644);
    });
    try {
      const { isNew, sessions } = read(path, file, header, replay);
      const log = new ExchangeLog(path, file, sessions + 1);
      if (isNew) log.write({ format: FORMAT, ...header });
      log.write({ session: log.session });
      return log;
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  append(time: TimeMs, command: Command): void {
    this.write([time, command]);
  }

  close(): void {
    this.broken = 'is closed';
    closeSync(this.file);
  }

  private write(line: unknown): void {
    if (this.broken !== null) throw failed(this.path, this.broken);
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    // Whatever comes after half a line would be read as part of it.
    this.broken = 'an earlier line could not be written';
    const written = orFailed(this.path, () => writeSync(this.file, bytes));
    if (written !== bytes.length)
      throw failed(this.path, 'a line was written in part only (is the disk full?)');
    this.broken = null;
  }
}

/** Replays the whole lines, and cuts off half a last one. */
function read(
  path: string,
  file: number,
  header: LogHeader,
  replay: (time: TimeMs, command: Command) => void,
): { readonly isNew: boolean; readonly sessions: number } {
  let sessions = 0;
  let at = 0;
  let whole = 0;
  for (const { end, text } of lines(path, file)) {
    at += 1;
    whole = end;
    const content = parse(path, at, text);
    if (at === 1) checkHeader(path, content, header);
    else if (Array.isArray(content)) {
      try {
        replay(content[0] as TimeMs, content[1] as Command);
      } catch (cause) {
        throw corrupt(path, at, cause);
      }
    } else sessions += 1;
  }
  orFailed(path, () => ftruncateSync(file, whole));
  return { isNew: at === 0, sessions };
}

interface Line {
  readonly text: string;
  /** Where the next one begins, bytes. */
  readonly end: number;
}

/** The lines that are whole. */
function* lines(path: string, file: number): Generator<Line> {
  let rest = Buffer.alloc(0);
  for (let from = 0; ;) {
    const chunk = Buffer.alloc(CHUNK);
    const got = orFailed(path, () => readSync(file, chunk, 0, CHUNK, from));
    if (got === 0) return;
    const bytes = Buffer.concat([rest, chunk.subarray(0, got)]);
    const base = from - rest.length;
    from += got;
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      yield { text: bytes.toString('utf8', start, end), end: base + end + 1 };
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
}

function parse(path: string, at: number, line: string): unknown {
  try {
    const content: unknown = JSON.parse(line);
    if (typeof content === 'object' && content !== null) return content;
  } catch (cause) {
    throw corrupt(path, at, cause);
  }
  throw corrupt(path, at);
}

function checkHeader(path: string, content: unknown, header: LogHeader): void {
  const found = content as Partial<Record<string, string>>;
  if (found['format'] !== FORMAT) throw corrupt(path, 1);
  for (const [part, value] of Object.entries(header)) {
    if (found[part] === value) continue;
    throw new ExchangeLogError(
      'mismatch',
      `${path}: was written by an exchange with other ${part}; go on with those, or begin anew in an empty folder`,
    );
  }
}

function corrupt(path: string, line: number, cause?: unknown): ExchangeLogError {
  const message = `${path}, line ${line}: is not what the exchange wrote; put a copy of the file in its place, or begin anew in an empty folder`;
  return new ExchangeLogError('corrupt', message, { cause });
}

function failed(path: string, what: string, cause?: unknown): ExchangeLogError {
  return new ExchangeLogError('failed', `${path}: ${what}; the exchange cannot go on without its log`, {
    cause,
  });
}

function orFailed<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const { code = 'failed' } = cause as NodeJS.ErrnoException;
    throw failed(path, `cannot be read or written (${code})`, cause);
  }
}
