import { lockFolder, openEmbeddedJournals } from '@bowline/journal-embedded';
import type { JournalStore, Logger } from '@bowline/ports';
import { makeFolder, type StateFolder } from './state-folder.js';

/** Keeps every other desk out of the folder. Returns what lets it go. Throws a JournalError where one is in there. */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  await makeFolder(folder);
  return lockFolder(folder);
}

/** The journals in the folder of a desk. */
export function openJournals(
  { journal }: StateFolder,
  mustExist: boolean,
  logger: Logger,
): Promise<JournalStore> {
  return openEmbeddedJournals(journal, {
    mustExist,
    onWarning: (message) => logger.warn({ journal }, message),
  });
}
