import { JournalError } from '@bowline/ports';

/** Something in Redis is not what was written there, or is there no more. */
export function corrupt(what: string, problem: string): JournalError {
  return new JournalError(
    'corrupt',
    `${what}: ${problem}. Restore the server from a copy, or start fresh under another name.`,
  );
}

/**
 * Answers with which the server says that it has done nothing, and may do so later: over this connection, or over the
 * next one, which may lead to another server.
 */
const NOT_NOW: readonly string[] = ['NOSCRIPT', 'LOADING', 'READONLY', 'MASTERDOWN', 'BUSY', 'TRYAGAIN'];

/** Whether a command has to be sent again to learn what became of it, or because nothing did. */
export function isWorthRepeating(error: Error): boolean {
  return !(error instanceof JournalError) && !isRefusal(error);
}

/** Whether the server has answered that it will not. */
export function isRefusal(error: Error): boolean {
  const code = codeOf(error);
  return code !== null && !NOT_NOW.includes(code);
}

/** What a command that failed for good means. What already is a `JournalError` stays as it is. */
export function asJournalError(error: Error, place: string): JournalError {
  if (error instanceof JournalError) return error;
  return codeOf(error) === 'OOM'
    ? new JournalError(
        'full',
        `${place} has no memory left (${error.message}). Give it more, then start again.`,
        { cause: error },
      )
    : new JournalError('failed', `${place} refuses: ${error.message}. Repair it, then start again.`, {
        cause: error,
      });
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** The word that an error of the server begins with by its protocol; null: it is about the connection. */
function codeOf(error: Error): string | null {
  return error.name === 'ReplyError' ? error.message.split(' ', 1)[0]! : null;
}
