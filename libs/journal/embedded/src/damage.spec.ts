import { beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JournalError } from '@bowline/ports';
import { openEmbeddedJournals } from './index.js';
import { appendEach, change, contentOf, filesOf, SMALL, StoreFolders } from './store-folder.spec-support.js';
import type { Found } from './store-folder.spec-support.js';

const folders = new StoreFolders();

/** Two shards over two segments, a snapshot. */
async function fill(folder: string, { close }: { readonly close: boolean }): Promise<string> {
  const store = await openEmbeddedJournals(folder, SMALL);
  await appendEach(store, 'a', 2, 2000);
  await appendEach(store, 'b', 3);
  await store.close();
  const again = await openEmbeddedJournals(folder, SMALL);
  const journal = again.journal('a');
  await journal.append(3, 'a 3');
  await journal.saveSnapshot(3, 'state of a after 3', 0);
  await Promise.all([journal.append(4, 'a 4'), again.journal('b').append(4, 'b 4')]);
  // What a killed process leaves is what is there while the store is open and nobody writes.
  const image = folders.next(folder);
  await again.close();
  return close ? folders.next(folder) : image;
}

describe.each([
  ['was closed', true],
  ['was not closed', false],
])('a store that %s', (_, close) => {
  let image: string;
  let whole: Found;
  beforeAll(async () => {
    image = await fill(folders.next(), { close });
    whole = await contentOf(folders.next(image));
  });

  it('is whole as long as nobody touches it', () => {
    expect(whole.warnings).toEqual([]);
    expect(Object.values(whole.records).map((records) => records.length)).toEqual([4, 4]);
    expect(whole.snapshots).toEqual({ a: 'state of a after 3' });
    expect(filesOf(image)).toHaveLength(4);
  });

  it('gives every record or an error that names the file, whichever byte is flipped', async () => {
    const outcomes = { corrupt: 0, whole: 0 };
    for (const name of filesOf(image)) {
      const { length } = readFileSync(join(image, name));
      for (const position of positions(readFileSync(join(image, name)))) {
        const folder = folders.next(image);
        change(folder, name, (bytes) => void (bytes[position]! ^= position % 2 === 0 ? 0xff : 1 << (position % 8)));
        const outcome = await contentOf(folder).catch((error: unknown) => error);
        const where = `${name}, byte ${position} of ${length}`;
        if (outcome instanceof JournalError) {
          expect([where, outcome.kind]).toEqual([where, 'corrupt']);
          expect(outcome.message).toContain(join(folder, name));
          expect(outcome.message).toContain('Restore the whole folder from a copy, or start fresh');
          outcomes.corrupt += 1;
        } else {
          // Only a byte that nothing was written to yet may change, and is dropped as a write that was cut off.
          expect([where, outcome]).toEqual([where, { ...whole, warnings: [expect.stringContaining(name)] }]);
          outcomes.whole += 1;
        }
        rmSync(folder, { recursive: true });
      }
    }
    expect(outcomes.corrupt).toBeGreaterThan(500);
    expect(outcomes.whole > 0).toBe(!close);
  });

  it.each([
    ['cut by a byte', (path: string) => truncateSync(path, readFileSync(path).length - 1)],
    ['cut in half', (path: string) => truncateSync(path, readFileSync(path).length / 2)],
    ['emptied', (path: string) => writeFileSync(path, '')],
    ['longer by a byte', (path: string) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('x')]))],
    ['replaced by something else', (path: string) => writeFileSync(path, 'x'.repeat(readFileSync(path).length))],
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
    rmSync(join(folder, filesOf(folder).find((name) => name.endsWith('.snapshot'))!));
    expect(await contentOf(folder)).toEqual({ ...whole, snapshots: {} });
  });

  it('takes no file of another store for its own', async () => {
    const other = await fill(folders.next(), { close });
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

describe('a folder', () => {
  it('without journals, but with something else, is left alone', async () => {
    const image = await fill(folders.next(), { close: true });
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
    const image = await fill(folders.next(), { close: true });
    change(image, 'manifest', (bytes) => Buffer.from(bytes.toString('utf8').replace('manifest 1 ', 'manifest 2 ')));
    await expect(contentOf(image)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('it has format 2, of a later version of this program'),
    });
  });
});

/** Every byte that was written, and some of those that were not. */
function positions(bytes: Buffer): readonly number[] {
  const used = bytes.findLastIndex((byte) => byte !== 0) + 1;
  // Of long runs of the same character some are enough.
  const written = Array.from({ length: used }, (_, at) => at).filter(
    (at) => at % 50 === 0 || bytes[at] !== 0x2e || bytes[at - 1] !== 0x2e || bytes[at + 1] !== 0x2e,
  );
  const rest = Array.from({ length: bytes.length - used }, (_, at) => used + at);
  return [...written, ...rest.slice(0, 40), ...rest.slice(40).filter((at) => at % 97 === 0)];
}
