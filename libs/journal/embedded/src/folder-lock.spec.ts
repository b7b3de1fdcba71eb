import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedJournals } from './index.js';
import { appendEach, contentOf, StoreFolders } from './store-folder.spec-support.js';
import { startWriter } from './writer.spec-support.js';

const folders = new StoreFolders();

describe('the lock of a folder', () => {
  it('refuses another process while one holds the journals, naming both', async () => {
    const folder = folders.next();
    const writer = await startWriter(folder);
    await expect(openEmbeddedJournals(folder)).rejects.toMatchObject({
      kind: 'locked',
      message: expect.stringContaining(`${folder} is held by process ${writer.pid}`),
    });
    writer.kill('SIGKILL');
    await once(writer, 'exit');
  });

  it('is taken over from a process that was killed', async () => {
    const folder = folders.next();
    const writer = await startWriter(folder);
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const store = await openEmbeddedJournals(folder, { onWarning: () => undefined });
    expect(store.epoch).toBe(2);
    expect(locksIn(folder)).toHaveLength(1);
    await store.close();
  });

  it('refuses the same process a second time, and lets it in after closing', async () => {
    const folder = folders.next();
    const store = await openEmbeddedJournals(folder);
    await expect(openEmbeddedJournals(folder)).rejects.toMatchObject({
      kind: 'locked',
      message: expect.stringContaining(`this process (${process.pid})`),
    });
    await appendEach(store, 'shard', 1);
    await store.close();
    expect(locksIn(folder)).toEqual([]);
    expect((await contentOf(folder)).records).toHaveProperty('shard');
  });

  it('lets at most one in of many that come at once', async () => {
    const folder = folders.next();
    const attempts = await Promise.allSettled(Array.from({ length: 10 }, () => openEmbeddedJournals(folder)));
    const stores = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
    expect(stores.length).toBeLessThanOrEqual(1);
    for (const store of stores) await store.close();
    await (await openEmbeddedJournals(folder)).close();
  });

  it('does not come along with a copy of the folder', async () => {
    const folder = folders.next();
    const store = await openEmbeddedJournals(folder);
    const copy = folders.next(folder);
    expect(locksIn(copy)).toHaveLength(1);
    await (await openEmbeddedJournals(copy)).close();
    await store.close();
  });

  it('is given back when opening fails', async () => {
    const folder = folders.next();
    await (await openEmbeddedJournals(folder)).close();
    writeFileSync(join(folder, 'manifest'), 'damaged');
    await expect(openEmbeddedJournals(folder)).rejects.toMatchObject({ kind: 'corrupt' });
    expect(locksIn(folder)).toEqual([]);
  });
});

function locksIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.startsWith('lock.'));
}
