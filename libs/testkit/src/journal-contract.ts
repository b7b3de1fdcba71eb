import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Journal, JournalStore, StoredRecord } from '@bowline/ports';
import fc from 'fast-check';
import { checkAgainstModel, journalSteps } from './journal-contract/model.js';
import { recordsAfter } from './journal-contract/records-after.js';

export { recordsAfter } from './journal-contract/records-after.js';

/** A place for journals, as the contract opens it. */
export interface JournalsUnderTest {
  /** Opens it for the first time: nothing is there yet. */
  open(): Promise<JournalStore>;
  /** Opens it again, as the next process does. What `store` has acknowledged is there. */
  reopen(store: JournalStore): Promise<JournalStore>;
}

/**
 * What every journal does, as suites of the calling spec.
 *
 * @param place a new place, for each test
 */
export function journalContract(place: () => JournalsUnderTest): void {
  let journals: JournalsUnderTest;
  let store: JournalStore;
  beforeEach(async () => {
    journals = place();
    store = await journals.open();
  });
  afterEach(() => store.close());

  const reopened = async (): Promise<JournalStore> => {
    store = await journals.reopen(store);
    return store;
  };

  describe('a new journal', () => {
    it('is empty', async () => {
      const journal = store.journal('shard');
      expect(journal.sequence).toBe(0);
      expect(await journal.loadSnapshot()).toBeNull();
      expect(await recordsAfter(journal, 0)).toEqual([]);
      expect(store.shards()).toEqual([]);
      expect(store.epoch).toBe(1);
    });

    it('has one writer', () => {
      store.journal('shard');
      expect(() => store.journal('shard')).toThrow(expect.objectContaining({ kind: 'conflict' }));
    });
  });

  describe('appending', () => {
    it('numbers the records of each shard from 1, and gives them back in that order', async () => {
      const [a, b] = [store.journal('a'), store.journal('b')];
      await a.append(1, 'one');
      await b.append(1, 'of another');
      await a.append(2, 'two');
      await a.append(3, 'three');
      expect(a.sequence).toBe(3);
      expect(b.sequence).toBe(1);
      expect(await recordsAfter(a, 0)).toEqual(numbered('one', 'two', 'three'));
      expect(await recordsAfter(a, 2)).toEqual([{ sequence: 3, record: 'three' }]);
      expect(await recordsAfter(a, 3)).toEqual([]);
      expect(await recordsAfter(b, 0)).toEqual(numbered('of another'));
    });

    it('need not be awaited, and resolves in the order of the calls, over all shards', async () => {
      const all = [store.journal('a'), store.journal('b'), store.journal('c')];
      const resolved: string[] = [];
      const appends = Array.from({ length: 300 }, async (_, at) => {
        const journal = all[at % 3]!;
        const number = Math.floor(at / 3) + 1;
        await journal.append(number, `${journal.shard}${number}`);
        resolved.push(`${journal.shard}${number}`);
      });
      await Promise.all(appends);
      expect(resolved).toEqual(
        Array.from({ length: 300 }, (_, at) => `${'abc'[at % 3]}${Math.floor(at / 3) + 1}`),
      );
    });

    it.each([
      ['nothing', ''],
      ['characters beyond ASCII', 'Ünïcödé, 日本語, и, \u{1F600}\u{10FFFF}'],
      ['control characters and zeros', '\0\n\r\t\u2028 \0'.repeat(300)],
      ['half a surrogate pair', 'a\uD800b\uDC00'],
      ['100,000 characters', 'x\u00E9'.repeat(50_000)],
      ['3 MB', '0123456789\u20AC'.repeat(250_000)],
    ])('keeps every text as it is: %s', async (_, record) => {
      await store.journal('shard').append(1, record);
      const journal = (await reopened()).journal('shard');
      const [stored] = await recordsAfter(journal, 0);
      expect(stored!.record === record).toBe(true);
    });

    it.each([
      ['the number of the last record', 1],
      ['a number that leaves one out', 3],
      ['none', Number.NaN],
    ])('refuses %s as a conflict, and takes the right one after it', async (_, expected) => {
      const journal = store.journal('shard');
      await journal.append(1, 'one');
      await expect(journal.append(expected, 'wrong')).rejects.toMatchObject({ kind: 'conflict' });
      expect(journal.sequence).toBe(1);
      await journal.append(2, 'two');
      expect(await recordsAfter(journal, 0)).toEqual(numbered('one', 'two'));
    });
  });

  describe('opening again', () => {
    it('gives the same records, and goes on where they end, under the next epoch', async () => {
      await store.journal('a').append(1, 'one');
      await store.journal('b').append(1, 'of another');
      for (const epoch of [2, 3, 4]) {
        await reopened();
        expect(store.epoch).toBe(epoch);
        expect(store.shards()).toEqual(['a', 'b']);
        const journal = store.journal('a');
        expect(journal.sequence).toBe(epoch - 1);
        await journal.append(epoch, `in epoch ${epoch}`);
      }
      await reopened();
      expect(await recordsAfter(store.journal('a'), 0)).toEqual(
        numbered('one', 'in epoch 2', 'in epoch 3', 'in epoch 4'),
      );
    });

    it('fences whoever still holds what was opened before', async () => {
      const before = store;
      const journal = before.journal('shard');
      await journal.append(1, 'one');
      await reopened();
      await store.journal('shard').append(2, 'two');
      await expectClosed(before, journal);
    });

    it('lists the shards that have a record or a snapshot, in code-point order', async () => {
      store.journal('without anything');
      await store.journal('\u{1F600}').append(1, 'a record');
      await store.journal('\uFF5E').append(1, 'a record');
      await store.journal('only a snapshot').saveSnapshot(0, 'a snapshot', 0);
      await store.journal('Upper').append(1, 'a record');
      const expected = ['Upper', 'only a snapshot', '\uFF5E', '\u{1F600}'];
      expect(store.shards()).toEqual(expected);
      expect((await reopened()).shards()).toEqual(expected);
    });

    it('takes a shard by whatever name', async () => {
      const names = [
        'oco-manager/ikenna.binance-usdm.BTCUSDT',
        '../..',
        '__proto__',
        'a b',
        'n'.repeat(400),
        '日本',
      ];
      for (const name of names) {
        const journal = store.journal(name);
        await journal.append(1, `record of ${name}`);
        await journal.saveSnapshot(1, `snapshot of ${name}`, 0);
      }
      await reopened();
      for (const name of names) {
        const journal = store.journal(name);
        expect(await recordsAfter(journal, 0)).toEqual(numbered(`record of ${name}`));
        expect(await journal.loadSnapshot()).toEqual({ sequence: 1, snapshot: `snapshot of ${name}` });
      }
    });
  });

  describe('snapshots', () => {
    it('gives the newest one, before and after opening again', async () => {
      const journal = await journalOf(store, 5);
      await journal.saveSnapshot(2, 'after 2', 0);
      await journal.saveSnapshot(4, 'after 4 \uD800 日本', 0);
      expect(await journal.loadSnapshot()).toEqual({ sequence: 4, snapshot: 'after 4 \uD800 日本' });
      const again = (await reopened()).journal('shard');
      expect(await again.loadSnapshot()).toEqual({ sequence: 4, snapshot: 'after 4 \uD800 日本' });
      expect(await recordsAfter(again, 4)).toEqual([{ sequence: 5, record: 'record 5' }]);
      expect(await recordsAfter(again, 0)).toHaveLength(5);
    });

    it('holds what was appended before it, awaited or not', async () => {
      const journal = store.journal('shard');
      const appended = journal.append(1, 'one');
      await journal.saveSnapshot(1, 'after 1', 0);
      await appended;
      const again = (await reopened()).journal('shard');
      expect(again.sequence).toBe(1);
      expect(await recordsAfter(again, 0)).toEqual(numbered('one'));
    });

    it('may forget records, never one behind that number', async () => {
      const journal = await journalOf(store, 10);
      await journal.saveSnapshot(8, 'after 8', 6);
      const before = await recordsAfter(journal, 0);
      const after = await recordsAfter((await reopened()).journal('shard'), 0);
      for (const kept of [before, after]) {
        expect(kept.slice(-4).map(({ sequence }) => sequence)).toEqual([7, 8, 9, 10]);
        expect(kept.map(({ record }) => record)).toEqual(kept.map(({ sequence }) => `record ${sequence}`));
      }
    });

    it('goes on with the numbers after everything was forgotten', async () => {
      const journal = await journalOf(store, 10);
      await journal.saveSnapshot(10, 'after 10', 10);
      const again = (await reopened()).journal('shard');
      expect(again.sequence).toBe(10);
      await again.append(11, 'record 11');
      const last = (await reopened()).journal('shard');
      expect(await recordsAfter(last, 10)).toEqual([{ sequence: 11, record: 'record 11' }]);
      expect(await last.loadSnapshot()).toEqual({ sequence: 10, snapshot: 'after 10' });
    });

    it.each([
      ['of a record that is not there yet', 6, 0],
      ['that forgets what it does not hold', 4, 5],
      ['that is older than the last one', 2, 0],
      ['of no number', Number.NaN, 0],
    ])('refuses one %s', async (_, sequence, forgetTo) => {
      const journal = await journalOf(store, 5);
      await journal.saveSnapshot(3, 'after 3', 0);
      await expect(journal.saveSnapshot(sequence, 'wrong', forgetTo)).rejects.toThrow(RangeError);
      expect(await journal.loadSnapshot()).toEqual({ sequence: 3, snapshot: 'after 3' });
    });
  });

  describe('closing', () => {
    it('waits for what was appended', async () => {
      const journal = store.journal('shard');
      const appends = [1, 2, 3].map((number) => journal.append(number, `record ${number}`));
      await store.close();
      await Promise.all(appends);
      expect((await reopened()).journal('shard').sequence).toBe(3);
    });

    it('refuses everything from then on, but closing again', async () => {
      const journal = await journalOf(store, 1);
      await store.close();
      await expectClosed(store, journal);
      await store.close();
    });
  });

  it('is at any time what a list in memory would be, whatever is done in whatever order', async () => {
    const property = fc.asyncProperty(journalSteps, (steps) => checkAgainstModel(place(), steps));
    await fc.assert(property, { numRuns: 60 });
  });
}

/** A journal with `record 1` and so on. */
async function journalOf(store: JournalStore, records: number): Promise<Journal> {
  const journal = store.journal('shard');
  for (let number = 1; number <= records; number += 1) await journal.append(number, `record ${number}`);
  return journal;
}

function numbered(...records: readonly string[]): StoredRecord[] {
  return records.map((record, at) => ({ sequence: at + 1, record }));
}

async function expectClosed(store: JournalStore, journal: Journal): Promise<void> {
  const closed = expect.objectContaining({ kind: 'closed' });
  await expect(journal.append(journal.sequence + 1, 'late')).rejects.toEqual(closed);
  await expect(journal.saveSnapshot(journal.sequence, 'late', 0)).rejects.toEqual(closed);
  await expect(journal.loadSnapshot()).rejects.toEqual(closed);
  await expect(recordsAfter(journal, 0)).rejects.toEqual(closed);
  expect(() => store.journal('another')).toThrow(closed);
  expect(() => store.shards()).toThrow(closed);
}
