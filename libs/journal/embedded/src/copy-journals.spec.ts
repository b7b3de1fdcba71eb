import { describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyJournals, openEmbeddedJournals } from './index.js';
import { change, contentOf, filesOf, SMALL, StoreFolders, usedLength } from './store-folder.spec-support.js';
import { recordOf, startWriter, WRITER_SHARDS } from './writer.spec-support.js';

const folders = new StoreFolders();
const ignore = (): void => undefined;

describe.each([
  ['was closed', true],
  ['was not closed', false],
])('a copy of a store that %s', (_, close) => {
  it('opens as the store would, and leaves that as it is', async () => {
    const image = await folders.filled({ close });
    const whole = await contentOf(folders.next(image));
    const before = folders.contents(image);
    const copy = folders.next();
    await copyJournals(image, copy, ignore);
    expect(folders.contents(image)).toEqual(before);
    expect(filesOf(copy)).toEqual(filesOf(image));
    expect(await contentOf(copy)).toEqual(whole);
  });

  it('is not made, and nothing is left of it, where a file is cut', async () => {
    const image = await folders.filled({ close });
    for (const name of filesOf(image)) {
      const folder = folders.next(image);
      truncateSync(join(folder, name), usedLength(readFileSync(join(folder, name))) - 1);
      const copy = folders.next();
      await expect(copyJournals(folder, copy, ignore)).rejects.toMatchObject({
        kind: 'corrupt',
        message: expect.stringContaining(join(folder, name)),
      });
      expect(existsSync(copy)).toBe(false);
    }
  });

  it('is not made where a byte has changed', async () => {
    const image = await folders.filled({ close });
    for (const name of filesOf(image)) {
      const folder = folders.next(image);
      change(folder, name, (bytes) => void (bytes[usedLength(bytes) >> 1]! ^= 1));
      const copy = folders.next();
      mkdirSync(copy);
      await expect(copyJournals(folder, copy, ignore)).rejects.toMatchObject({
        kind: 'corrupt',
        message: expect.stringContaining(join(folder, name)),
      });
      expect(readdirSync(copy)).toEqual([]);
    }
  });
});

it('a copy is without what a crash has cut off', async () => {
  const image = await folders.filled({ close: false });
  const last = filesOf(image)
    .filter((name) => name.endsWith('.log'))
    .at(-1)!;
  const whole = await contentOf(folders.next(image));
  change(image, last, (bytes) => void bytes.write('half a batch', usedLength(bytes) + 1_000));
  const copy = folders.next();
  await copyJournals(image, copy, ignore);
  expect(await contentOf(copy)).toEqual(whole);
});

it('a copy of a store that is written to is what a crash could have left, with all that was acknowledged before', async () => {
  const folder = folders.next();
  const writer = await startWriter(folder);
  let said = '';
  writer.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  for (let copies = 1; copies <= 8; copies += 1) {
    const lines = said.split('\n').slice(0, -1);
    const copy = folders.next();
    await copyJournals(folder, copy, ignore);
    const store = await openEmbeddedJournals(copy, { onWarning: ignore });
    for (const shard of WRITER_SHARDS) {
      const journal = store.journal(shard);
      const acknowledged = Number(
        /\d+$/.exec(lines.filter((line) => line.startsWith(shard)).at(-1) ?? '0')![0],
      );
      expect(journal.sequence).toBeGreaterThanOrEqual(acknowledged);
      const after = (await journal.loadSnapshot())?.sequence ?? 0;
      for await (const { record, sequence } of journal.readAfter(after)) {
        expect(record).toBe(recordOf(shard, sequence));
      }
    }
    await store.close();
  }
  expect(said.split('\n').length).toBeGreaterThan(100);
  writer.kill('SIGKILL');
});

it('nothing is overwritten', async () => {
  const image = await folders.filled({ close: true });
  const other = folders.next();
  mkdirSync(other);
  writeFileSync(join(other, 'a letter.txt'), 'Dear');
  await expect(copyJournals(image, other, ignore)).rejects.toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('is not empty, a letter.txt is in it: nothing is overwritten'),
  });
  expect(readdirSync(other)).toEqual(['a letter.txt']);
});

it('of a folder without journals there is no copy', async () => {
  const empty = folders.next();
  mkdirSync(empty);
  const copy = folders.next();
  await expect(copyJournals(empty, copy, ignore)).rejects.toMatchObject({ kind: 'failed' });
  expect(existsSync(copy)).toBe(false);
});

it('a copy goes on by itself, under the next epoch', async () => {
  const image = await folders.filled({ close: true });
  const copy = folders.next();
  await copyJournals(image, copy, ignore);
  const store = await openEmbeddedJournals(copy, SMALL);
  expect(store.epoch).toBe(3);
  await store.journal('a').append(5, 'a 5');
  await store.close();
  expect((await contentOf(copy)).records['a']).toHaveLength(5);
});
