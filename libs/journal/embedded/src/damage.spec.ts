import { beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordsAfter } from '@bowline/testkit';
import { openEmbeddedJournals } from './index.js';
import { Manifest } from './manifest.js';
import { change, contentOf, filesOf, inFormat, StoreFolders } from './store-folder.spec-support.js';
import type { Found } from './store-folder.spec-support.js';

const folders = new StoreFolders();

describe.each([
  ['was closed', true],
  ['was not closed', false],
])('a store that %s', (_, close) => {
  let image: string;
  let whole: Found;
  beforeAll(async () => {
    image = await folders.filled({ close });
    whole = await contentOf(folders.next(image));
  });

  it('is whole as long as nobody touches it', () => {
    expect(whole.warnings).toEqual([]);
    expect(Object.values(whole.records).map((records) => records.length)).toEqual([4, 4]);
    expect(whole.snapshots).toEqual({ a: 'state of a after 3' });
    expect(filesOf(image)).toHaveLength(5);
  });

  it.each([
    ['cut by a byte', (path: string) => truncateSync(path, readFileSync(path).length - 1)],
    ['cut in half', (path: string) => truncateSync(path, readFileSync(path).length >> 1)],
    ['emptied', (path: string) => writeFileSync(path, '')],
    [
      'longer by a byte',
      (path: string) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('x')])),
    ],
    [
      'replaced by something else',
      (path: string) => writeFileSync(path, 'x'.repeat(readFileSync(path).length)),
    ],
  ])('is refused when one of its files is %s', async (_what, damage) => {
    for (const name of filesOf(image)) {
      const folder = folders.next(image);
      damage(join(folder, name));
      await expect(contentOf(folder)).rejects.toMatchObject({
        kind: 'corrupt',
        message: expect.stringContaining(join(folder, name)),
      });
    }
  });

  it('is refused when a segment or the manifest is missing', async () => {
    for (const name of filesOf(image).filter((file) => !file.endsWith('.snapshot'))) {
      const folder = folders.next(image);
      rmSync(join(folder, name));
      await expect(contentOf(folder)).rejects.toMatchObject({ kind: 'corrupt' });
    }
  });

  it('does without a snapshot as long as the log has every record', async () => {
    const folder = folders.next(image);
    rmSync(
      join(
        folder,
        filesOf(folder).find((name) => name.endsWith('.snapshot'))!,
      ),
    );
    expect(await contentOf(folder)).toEqual({ ...whole, snapshots: {} });
  });

  it('takes no file of another store for its own', async () => {
    const other = await folders.filled({ close });
    for (const name of filesOf(image)) {
      const folder = folders.next(image);
      writeFileSync(join(folder, name), readFileSync(join(other, name)));
      await expect(contentOf(folder)).rejects.toMatchObject({
        kind: 'corrupt',
        message: expect.stringContaining('belongs to another store'),
      });
    }
  });

  it('takes no segment and no snapshot under a wrong name', async () => {
    const [first, second, , snapshot] = filesOf(image);
    const swapped = folders.next(image);
    renameSync(join(swapped, first!), join(swapped, 'kept'));
    renameSync(join(swapped, second!), join(swapped, first!));
    renameSync(join(swapped, 'kept'), join(swapped, second!));
    await expect(contentOf(swapped)).rejects.toMatchObject({ kind: 'corrupt' });
    const renamed = folders.next(image);
    renameSync(join(renamed, snapshot!), join(renamed, snapshot!.replace('.3.', '.2.')));
    await expect(contentOf(renamed)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('under a wrong name'),
    });
  });

  it('refuses a segment with records that the manifest does not know', async () => {
    const folder = folders.next(image);
    writeFileSync(join(folder, '000099.log'), readFileSync(join(folder, filesOf(folder)[0]!)));
    await expect(contentOf(folder)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('000099.log'),
    });
  });
});

describe('a store whose files agree with their checksums', () => {
  it('is refused where records are missing between others', async () => {
    const folder = await folders.filled({ close: true });
    const manifest = (await Manifest.read(folder))!;
    const { segments } = manifest.content;
    rmSync(join(folder, '000002.log'));
    await manifest.update({ segments: segments.filter(({ number }) => number !== 2) });
    await expect(contentOf(folder)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringMatching(/000003\.log: offset \d+: record 3 of a follows record 1\./),
    });
  });

  it('is refused where the manifest lacks a shard', async () => {
    const folder = await folders.filled({ close: true });
    const manifest = (await Manifest.read(folder))!;
    await manifest.update({ shards: manifest.content.shards.slice(0, 1) });
    await expect(contentOf(folder)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('the manifest has no shard 1'),
    });
  });
});

it('a record that is damaged while the store is open is refused when it is read', async () => {
  const folder = await folders.filled({ close: true });
  const store = await openEmbeddedJournals(folder);
  change(folder, '000001.log', (bytes) => void (bytes[500]! ^= 1));
  const journal = store.journal('a');
  await expect(recordsAfter(journal, 0)).rejects.toMatchObject({
    kind: 'corrupt',
    message: expect.stringMatching(/000001\.log: offset \d+: record 1 of a is damaged/),
  });
  await store.close();
});

describe('a folder', () => {
  it('without journals, but with something else, is left alone', async () => {
    const image = await folders.filled({ close: true });
    rmSync(join(image, 'manifest'));
    writeFileSync(join(image, 'a letter.txt'), 'Dear');
    await expect(contentOf(image)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringMatching(/has no manifest, but other files, 000001\.log among them/),
    });
    expect(filesOf(image)).toContain('a letter.txt');
  });

  it.each([
    ['that is missing', () => folders.next()],
    ['that is empty', () => mkdirSync(folders.next(), { recursive: true })!],
  ])('%s is an error where there have to be journals', async (_, folder) => {
    await expect(contentOf(folder(), { mustExist: true })).rejects.toMatchObject({ kind: 'failed' });
  });

  it('of a later format names the format', async () => {
    const image = await folders.filled({ close: true });
    change(image, 'manifest', (bytes) => Buffer.from(inFormat(3, bytes.toString('utf8'))));
    await expect(contentOf(image)).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(
        /manifest: it has format 3, of a later version .*, which knows format 2/,
      ),
    });
  });
});
