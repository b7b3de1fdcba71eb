import { JournalError } from '@bowline/ports';

/** Something on the disk is not what was written there. */
export function corrupt(file: string, problem: string, options?: ErrorOptions): JournalError {
  return new JournalError(
    'corrupt',
    `${file}: ${problem}. Restore the whole folder from a copy, or start fresh in another folder.`,
    options,
  );
}

/** The error of a system call as the port tells it. What is a `JournalError` already stays as it is. */
export function asJournalError(error: unknown, doing: string): JournalError {
  if (error instanceof JournalError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return isFull(error)
    ? new JournalError(
        'full',
        `${doing} failed: no space is left (${reason}). Make space, then start again.`,
        { cause: error },
      )
    : new JournalError(
        'failed',
        `${doing} failed: ${reason}. Check the disk and the rights, then start again.`,
        { cause: error },
      );
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}

function isFull(error: unknown): boolean {
  return hasCode(error, 'ENOSPC', 'EDQUOT');
}
