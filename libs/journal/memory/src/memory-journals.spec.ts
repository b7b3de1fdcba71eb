import { describe, expect, it } from '@jest/globals';
import type { JournalStore } from '@bowline/ports';
import { journalContract, recordsAfter } from '@bowline/testkit';
import { openMemoryJournals } from './index.js';
import type { MemoryJournals } from './index.js';

describe('journals in memory', () => {
  journalContract(() => ({
    open: async () => Promise.resolve(openMemoryJournals()),
    reopen: async (store: JournalStore) => Promise.resolve((store as MemoryJournals).reopen()),
  }));

  describe('a crash', () => {
    it('loses what was not acknowledged, and says so', async () => {
      const store = openMemoryJournals();
      const journal = store.journal('shard');
      await journal.append(1, 'acknowledged');
      const append = journal.append(2, 'on its way');
      const after = store.reopen();
      await expect(append).rejects.toMatchObject({ kind: 'closed' });
      expect(await recordsAfter(after.journal('shard'), 0)).toEqual([
        { sequence: 1, record: 'acknowledged' },
      ]);
    });

    it('leaves two stores of which only the last one writes', async () => {
      const first = openMemoryJournals();
      const second = first.reopen();
      const third = first.reopen();
      expect([first.epoch, second.epoch, third.epoch]).toEqual([1, 2, 3]);
      expect(() => second.journal('shard')).toThrow(expect.objectContaining({ kind: 'closed' }));
      await third.journal('shard').append(1, 'one');
    });
  });
});
