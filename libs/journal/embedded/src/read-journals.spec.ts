import { expect, it } from '@jest/globals';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedJournals, readEmbeddedJournals } from './index.js';
import type { StoredJournals } from './index.js';
import { change, contentOf, filesOf, SMALL, StoreFolders } from './store-folder.spec-support.js';

const folders = new StoreFolders();

async function read<T>(folder: string, work: (store: StoredJournals) => Promise<T>): Promise<T> {
  const store = await readEmbeddedJournals(folder, () => undefined);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const numbersOf = (store: StoredJournals, shard: string, after: number): Promise<number[]> =>
  collect(store.records(shard, after), ({ sequence }) => sequence);

async function collect<T, R>(items: AsyncIterable<T>, of: (item: T) => R): Promise<R[]> {
  const all: R[] = [];
  for await (const item of items) all.push(of(item));
  return all;
}

it.each([
  ['was closed', true],
  ['was not closed', false],
])('a store that %s is read, and not changed by it', async (_, close) => {
  const folder = await folders.filled({ close });
  const before = folders.contents(folder);
  await read(folder, async (store) => {
    expect(store).toMatchObject({ format: 2, epoch: 2 });
    expect(store.shards).toEqual([
      { shard: 'a', first: 1, last: 4, snapshotAt: 3 },
      { shard: 'b', first: 1, last: 4, snapshotAt: null },
    ]);
    expect(await numbersOf(store, 'a', 0)).toEqual([1, 2, 3, 4]);
    expect(await numbersOf(store, 'b', 2)).toEqual([3, 4]);
    expect(await store.snapshot('a')).toEqual({ sequence: 3, snapshot: 'state of a after 3' });
    expect(await store.snapshot('b')).toBeNull();
    expect(store.bytes).toBeGreaterThan(4_000);
    expect(store.bytes).toBeLessThan(8_000);
  });
  expect(folders.contents(folder)).toEqual(before);
});

it('records that a snapshot has made needless are read as long as they are there', async () => {
  const folder = folders.next();
  const store = await openEmbeddedJournals(folder, SMALL);
  const journal = store.journal('a');
  for (const number of [1, 2, 3, 4]) await journal.append(number, `a ${number}`);
  // Their segment stays as long as somebody needs a record in it.
  await store.journal('b').append(1, 'b 1');
  await journal.saveSnapshot(4, 'after 4', 3);
  await store.close();
  await read(folder, async (stored) => {
    expect(stored.shards[0]).toEqual({ shard: 'a', first: 1, last: 4, snapshotAt: 4 });
    expect(await numbersOf(stored, 'a', 0)).toEqual([1, 2, 3, 4]);
  });
});

it('what a crash has left stays there for the next process, and is told', async () => {
  const folder = await folders.filled({ close: false });
  const last = filesOf(folder)
    .filter((name) => name.endsWith('.log'))
    .at(-1)!;
  change(folder, last, (bytes) => void bytes.write('half a batch', 2_000));
  writeFileSync(join(folder, 'a.9.snapshot.unfinished'), 'half a snapshot');
  const before = folders.contents(folder);
  const warnings: string[] = [];
  const store = await readEmbeddedJournals(folder, (message) => warnings.push(message));
  await store.close();
  expect(warnings).toEqual([expect.stringContaining(`${last}: the last write`)]);
  expect(folders.contents(folder)).toEqual(before);
  expect((await contentOf(folder)).warnings).toEqual(warnings);
  expect(filesOf(folder)).not.toContain('a.9.snapshot.unfinished');
});

it('a store is not read while somebody has it, and not opened while somebody reads it', async () => {
  const folder = await folders.filled({ close: true });
  const store = await openEmbeddedJournals(folder);
  await expect(readEmbeddedJournals(folder, () => undefined)).rejects.toMatchObject({ kind: 'locked' });
  await store.close();
  await read(folder, () => expect(openEmbeddedJournals(folder)).rejects.toMatchObject({ kind: 'locked' }));
});

it.each([
  ['is not there', () => undefined],
  ['is empty', (folder: string) => void mkdirSync(folder)],
])('a folder that %s is an error', async (_, make) => {
  const folder = folders.next();
  make(folder);
  await expect(readEmbeddedJournals(folder, () => undefined)).rejects.toMatchObject({ kind: 'failed' });
});

it('a store that is damaged is an error that names the file', async () => {
  const folder = await folders.filled({ close: true });
  rmSync(join(folder, '000002.log'));
  await expect(readEmbeddedJournals(folder, () => undefined)).rejects.toMatchObject({
    kind: 'corrupt',
    message: expect.stringContaining('000002.log: the segment is missing'),
  });
});
