import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalStore } from '@bowline/ports';
import { recordsAfter } from '@bowline/testkit';
import { openEmbeddedJournals } from './index.js';
import { appendEach, contentOf, SMALL, StoreFolders } from './store-folder.spec-support.js';

const folders = new StoreFolders();
const logs = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.endsWith('.log'));
const snapshots = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.endsWith('.snapshot'));

async function opened(): Promise<{ folder: string; store: JournalStore }> {
  const folder = folders.next();
  return { folder, store: await openEmbeddedJournals(folder, SMALL) };
}

describe('the segments of a log', () => {
  it('are as large as they were laid out, but for a record that needs more', async () => {
    const { folder, store } = await opened();
    const records = await appendEach(store, 'shard', 20, 500);
    const large = 'x'.repeat(10_000);
    const other = store.journal('other');
    await other.append(1, large);
    await other.append(2, 'small');
    await store.close();
    const sizes = logs(folder).map((name) => statSync(join(folder, name)).size);
    expect(sizes.length).toBeGreaterThan(4);
    expect(sizes.filter((size) => size > 4096)).toHaveLength(1);
    expect((await contentOf(folder)).records).toEqual({ shard: records, other: [large, 'small'] });
  });

  it('are deleted once every record in them is forgotten', async () => {
    const { folder, store } = await opened();
    const journal = store.journal('shard');
    for (let number = 1; number <= 40; number += 1) await journal.append(number, 'x'.repeat(500));
    const before = logs(folder).length;
    await journal.saveSnapshot(40, 'state', 20);
    const half = logs(folder).length;
    expect(half).toBeLessThan(before);
    expect(half).toBeGreaterThan(2);
    await journal.saveSnapshot(40, 'state', 40);
    expect(logs(folder)).toHaveLength(1);
    await store.close();
    const { records, snapshots: states } = await contentOf(folder);
    expect(records['shard']).toEqual([]);
    expect(states).toEqual({ shard: 'state' });
  });

  it('stay as long as one shard needs a record in them', async () => {
    const { folder, store } = await opened();
    const quiet = store.journal('quiet');
    const busy = store.journal('busy');
    await busy.append(1, 'x'.repeat(500));
    await quiet.append(1, 'the only one');
    for (let number = 2; number <= 40; number += 1) await busy.append(number, 'x'.repeat(500));
    await busy.saveSnapshot(40, 'state', 40);
    expect(logs(folder)).toHaveLength(2);
    await store.close();
    const again = await openEmbeddedJournals(folder, SMALL);
    expect(await recordsAfter(again.journal('quiet'), 0)).toEqual([{ sequence: 1, record: 'the only one' }]);
    const busyAgain = again.journal('busy');
    expect(busyAgain.sequence).toBe(40);
    await busyAgain.append(41, 'goes on');
    await again.close();
    const last = await contentOf(folder);
    expect(last.records).toEqual({ quiet: ['the only one'], busy: ['goes on'] });
  });

  it('do not become more by opening and closing', async () => {
    const { folder, store } = await opened();
    await appendEach(store, 'shard', 1);
    await store.close();
    for (let times = 0; times < 5; times += 1) await contentOf(folder);
    expect(logs(folder)).toHaveLength(1);
  });

  it('are read no further once what is read is forgotten', async () => {
    const { store } = await opened();
    const journal = store.journal('shard');
    for (let number = 1; number <= 40; number += 1) await journal.append(number, 'x'.repeat(500));
    const reading = journal.readAfter(0)[Symbol.asyncIterator]();
    expect((await reading.next()).value).toMatchObject({ sequence: 1 });
    await journal.saveSnapshot(40, 'state', 40);
    const readOn = async (): Promise<void> => {
      while (!(await reading.next()).done);
    };
    await expect(readOn()).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('was forgotten while it was read'),
    });
    await store.close();
  });
});

describe('snapshots', () => {
  it('replace the one before', async () => {
    const { folder, store } = await opened();
    const journal = store.journal('shard');
    for (let number = 1; number <= 3; number += 1) {
      await journal.append(number, 'record');
      await journal.saveSnapshot(number, `state ${number}`, 0);
      expect(snapshots(folder)).toEqual([
        expect.stringMatching(new RegExp(`^shard-[0-9a-f]{16}\\.${number}\\.`)),
      ]);
    }
    await store.close();
  });

  it('cannot be missing, or older, once records were deleted that only they hold', async () => {
    const { folder, store } = await opened();
    const journal = store.journal('shard');
    await journal.append(1, 'first');
    await journal.saveSnapshot(1, 'state 1', 0);
    const [older] = snapshots(folder);
    const content = readFileSync(join(folder, older!));
    for (let number = 2; number <= 20; number += 1) await journal.append(number, 'x'.repeat(500));
    await journal.saveSnapshot(20, 'state 20', 20);
    await store.close();
    rmSync(join(folder, snapshots(folder)[0]!));
    const missing = {
      kind: 'corrupt',
      message: expect.stringContaining('the snapshot of shard is missing that holds the records up to 20'),
    };
    await expect(contentOf(folder)).rejects.toMatchObject(missing);
    writeFileSync(join(folder, older!), content);
    await expect(contentOf(folder)).rejects.toMatchObject(missing);
  });

  it('cannot know more than the log', async () => {
    const { folder, store } = await opened();
    const journal = store.journal('shard');
    await journal.append(1, 'first');
    const before = folders.next(folder);
    await journal.append(2, 'second');
    await journal.saveSnapshot(2, 'state 2', 0);
    await store.close();
    const [snapshot] = snapshots(folder);
    writeFileSync(join(before, snapshot!), readFileSync(join(folder, snapshot!)));
    await expect(contentOf(before)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('the log of shard ends at record 1, but its snapshot is of record 2'),
    });
  });
});

describe('what a crash may leave beside the log', () => {
  it('is cleared away: unfinished files, a segment that nothing was written to, one that was forgotten', async () => {
    const { folder, store } = await opened();
    await appendEach(store, 'shard', 3);
    const image = folders.next(folder);
    await store.close();
    const used = readFileSync(join(image, '000001.log'));
    writeFileSync(join(image, 'manifest.unfinished'), 'bowline');
    writeFileSync(join(image, 'x.1.snapshot.unfinished'), 'bowline');
    writeFileSync(join(image, '000002.log'), used.subarray(0, 20));
    expect((await contentOf(image)).records['shard']).toHaveLength(3);
    // The second segment was empty, so it is forgotten; a crash may have come before it was deleted.
    writeFileSync(join(image, '000002.log'), used);
    expect((await contentOf(image)).records['shard']).toHaveLength(3);
    expect(readdirSync(image)).toEqual(['000001.log', 'manifest']);
  });

  it('is deleted: segments that a snapshot has made superfluous', async () => {
    const { folder, store } = await opened();
    const journal = store.journal('shard');
    for (let number = 1; number <= 20; number += 1) await journal.append(number, 'x'.repeat(500));
    const image = folders.next(folder);
    await journal.saveSnapshot(20, 'state', 20);
    await store.close();
    const [snapshot] = snapshots(folder);
    writeFileSync(join(image, snapshot!), readFileSync(join(folder, snapshot!)));
    expect(await contentOf(image)).toMatchObject({ records: { shard: [] }, snapshots: { shard: 'state' } });
    expect(logs(image)).toEqual([]);
  });

  it('is cut off: the end of a segment that the manifest does not count', async () => {
    const { folder, store } = await opened();
    await appendEach(store, 'shard', 3);
    await store.close();
    const path = join(folder, '000001.log');
    const { length } = readFileSync(path);
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(4096 - length)]));
    expect((await contentOf(folder)).records['shard']).toHaveLength(3);
    expect(statSync(path).size).toBe(length);
  });
});

it.each([100, 2 ** 31, 4096.5, Number.NaN])(
  'refuses to lay out segments of %d bytes',
  async (segmentBytes) => {
    await expect(openEmbeddedJournals(folders.next(), { segmentBytes })).rejects.toThrow(RangeError);
  },
);
