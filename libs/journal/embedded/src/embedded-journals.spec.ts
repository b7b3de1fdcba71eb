import { describe } from '@jest/globals';
import type { JournalStore } from '@bowline/ports';
import { journalContract, WorkFolder } from '@bowline/testkit';
import { openEmbeddedJournals } from './index.js';

describe('journals in a folder', () => {
  const work = new WorkFolder('journal');
  let places = 0;

  describe.each([
    ['in one segment', {}],
    ['in many small segments', { segmentBytes: 4096 }],
  ])('%s', (_, options) => {
    journalContract(() => {
      places += 1;
      const folder = work.at(String(places));
      const open = async (): Promise<JournalStore> => openEmbeddedJournals(folder, options);
      return {
        open,
        async reopen(store) {
          await store.close();
          return open();
        },
      };
    });
  });
});
