import { EXIT, Interrupted, UsageError } from './exit.js';

/** How a command ended that did not succeed. */
export interface Failure {
  readonly exitCode: number;
  /** Lines for stderr. */
  readonly lines: readonly string[];
}

/** Failures of the machine rather than of the program, by their code, in words. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EFBIG: 'the file would be too large',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a directory',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many open files',
  ENOENT: 'there is no such file or directory',
  ENOSPC: 'no space is left on the disk',
  ENOTDIR: 'a part of the path is no directory',
  ENOTEMPTY: 'the directory is not empty',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
};

const REPORT_A_BUG = [
  'This is a bug in Bowline. Please report it, with the command and this message:',
  '  run the command again with --verbose, which also prints where it happened,',
  '  and open an issue in the project with what it prints.',
];

/** What to tell the user about an error, and the exit code. A stack trace is shown for bugs only, and only on demand. */
export async function failureOf(error: unknown, verbose: boolean): Promise<Failure> {
  if (error instanceof Interrupted) return { exitCode: error.exitCode, lines: [] };
  if (error instanceof UsageError) {
    return { exitCode: EXIT.usage, lines: [`error: ${error.message}`] };
  }
  const expected = await expectedProblems(error);
  if (expected !== null) return { exitCode: EXIT.badInput, lines: expected };
  const shown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = verbose && error instanceof Error ? [...stacksOf(error)] : [];
  return { exitCode: EXIT.internal, lines: [`internal error: ${shown}`, ...stack, ...REPORT_A_BUG] };
}

/** One line a problem where the input or the machine is at fault; null for a bug. */
async function expectedProblems(error: unknown): Promise<readonly string[] | null> {
  if (!(error instanceof Error)) return null;
  const system = systemProblem(error);
  if (system !== null) return [system];
  // Loaded only now: whoever throws these has loaded them already.
  const { InputError } = await import('@bowline/contracts');
  if (error instanceof InputError) return error.problems.map((problem) => `error: ${problem}`);
  const { DownloadError } = await import('@bowline/marketdata');
  return error instanceof DownloadError ? [`error: ${error.message}`] : null;
}

function systemProblem(error: NodeJS.ErrnoException): string | null {
  if (error.code === undefined || error.syscall === undefined) return null;
  const meaning = SYSTEM_ERRORS[error.code];
  if (meaning === undefined) return null;
  return `error: ${error.path ?? error.syscall}: ${meaning} (${error.code})`;
}

function* stacksOf(error: Error): Generator<string> {
  for (let at: unknown = error; at instanceof Error; at = at.cause) yield at.stack ?? at.message;
}
