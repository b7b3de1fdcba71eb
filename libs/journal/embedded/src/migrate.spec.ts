import { describe, expect, it } from '@jest/globals';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEmbeddedJournals } from './index.js';
import { change, contentOf, filesOf, inFormat, StoreFolders } from './store-folder.spec-support.js';

const folders = new StoreFolders();
const COPY = 'before-format-2';
const MIGRATED: unknown = expect.stringContaining('migrated from format 1 to 2');

/** A store as the version of format 1 has left it, whose small files had a checksum of their body alone. */
async function ofFormatOne({ close }: { readonly close: boolean }): Promise<string> {
  const folder = await folders.filled({ close });
  for (const name of smallFilesOf(folder)) {
    change(folder, name, (bytes) => Buffer.from(inFormat(1, bytes.toString('utf8'))));
  }
  return folder;
}

function smallFilesOf(folder: string): readonly string[] {
  return filesOf(folder).filter((name) => name === 'manifest' || name.endsWith('.snapshot'));
}

describe('a store of format 1', () => {
  it.each([
    ['was closed', true],
    ['was not closed', false],
  ])('that %s is migrated when it is opened, with all that it holds', async (_, close) => {
    const folder = await ofFormatOne({ close });
    const found = await contentOf(folder);
    expect(found).toEqual({
      records: {
        a: [expect.stringMatching(/^a 1 /), expect.stringMatching(/^a 2 /), 'a 3', 'a 4'],
        b: [expect.stringMatching(/^b 1 /), expect.stringMatching(/^b 2 /), expect.anything(), 'b 4'],
      },
      snapshots: { a: 'state of a after 3' },
      warnings: [`${folder}: migrated from format 1 to 2; what it was is in ${join(folder, COPY)}`],
    });
    expect(await contentOf(folder)).toEqual({ ...found, warnings: [] });
    for (const name of smallFilesOf(folder)) {
      expect(readFileSync(join(folder, name), 'utf8')).toMatch(/^bowline-journal-(manifest|snapshot) 2 /);
    }
  });

  it('is kept as it was, and can be put back', async () => {
    const folder = await ofFormatOne({ close: true });
    const before = folders.next(folder);
    const found = await contentOf(folder);
    const kept = join(folder, COPY);
    expect(filesOf(kept)).toEqual(filesOf(before));
    for (const name of filesOf(before)) {
      expect(readFileSync(join(kept, name)).equals(readFileSync(join(before, name)))).toBe(true);
    }
    const { warnings, ...content } = await contentOf(folders.next(kept));
    expect(warnings).toHaveLength(1);
    expect(content).toEqual({ records: found.records, snapshots: found.snapshots });
  });

  it('is migrated by the next process where one was ended while it copied', async () => {
    const folder = await ofFormatOne({ close: true });
    const { records } = await contentOf(folders.next(folder));
    mkdirSync(join(folder, `${COPY}.unfinished`));
    writeFileSync(join(folder, `${COPY}.unfinished`, '000001.log'), 'half of it');
    expect(await contentOf(folder)).toMatchObject({ records, warnings: [MIGRATED] });
    expect(await contentOf(folder)).toMatchObject({ records, warnings: [] });
    expect(filesOf(folder)).not.toContain(`${COPY}.unfinished`);
  });

  it.each([
    ['was replaced', (text: string) => inFormat(2, text)],
    ['was replaced by half', (text: string) => text.slice(0, 20)],
  ])('is migrated by the next process where one was ended when a snapshot %s', async (_, replaced) => {
    const folder = await ofFormatOne({ close: true });
    const { records, snapshots } = await contentOf(folders.next(folder));
    cpSync(folders.next(folder), join(folder, COPY), { recursive: true });
    const snapshot = smallFilesOf(folder).find((name) => name !== 'manifest')!;
    change(folder, snapshot, (bytes) => Buffer.from(replaced(bytes.toString('utf8'))));
    expect(await contentOf(folder)).toEqual({ records, snapshots, warnings: [MIGRATED] });
    expect(await contentOf(folder)).toEqual({ records, snapshots, warnings: [] });
  });

  it('is refused, and stays of its format, where one of its files is damaged', async () => {
    const image = await ofFormatOne({ close: true });
    for (const name of smallFilesOf(image)) {
      const folder = folders.next(image);
      change(folder, name, (bytes) => void (bytes[bytes.length - 2]! ^= 1));
      await expect(contentOf(folder)).rejects.toMatchObject({ kind: 'corrupt' });
      expect(readFileSync(join(folder, 'manifest'), 'utf8')).toMatch(/^bowline-journal-manifest 1 /);
    }
  });

  it('is refused where the copy of another one is in the way', async () => {
    const folder = await ofFormatOne({ close: true });
    cpSync(await ofFormatOne({ close: true }), join(folder, COPY), { recursive: true });
    await expect(contentOf(folder)).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining(`${join(folder, COPY)} holds what was there before`),
    });
  });

  it('is not migrated by who only reads', async () => {
    const folder = await ofFormatOne({ close: true });
    await expect(readEmbeddedJournals(folder, () => undefined)).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/it has format 1, of an earlier version .* migrates it, and keeps/),
    });
    expect(filesOf(folder)).not.toContain(COPY);
  });
});
