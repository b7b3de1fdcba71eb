import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@bowline/contracts';
import { readEmbeddedJournals, type StoredJournals } from '@bowline/journal-embedded';
import { JournalError } from '@bowline/ports';
import type { Terminal } from '../cli/terminal.js';

/** The journal itself: the folder, or where a desk keeps it in its own. */
export function journalFolder(dir: string): string {
  const within = join(dir, 'journal');
  return !existsSync(join(dir, 'manifest')) && existsSync(join(within, 'manifest')) ? within : dir;
}

/**
 * Reads the journals of a folder, and lets it go.
 *
 * @throws InputError where they cannot be read
 */
export async function withJournals<T>(
  folder: string,
  terminal: Terminal,
  work: (journals: StoredJournals) => Promise<T>,
): Promise<T> {
  return explained(async () => {
    const journals = await readEmbeddedJournals(folder, (problem) => terminal.warn(problem));
    try {
      return await work(journals);
    } finally {
      await journals.close();
    }
  });
}

/** A journal that cannot be used is no bug. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    const hint = error.kind === 'locked' ? [HELD] : [];
    throw new InputError([error.message, ...hint]);
  }
}

const HELD = 'a backup can be made of it while it is held: bowline journal backup';
