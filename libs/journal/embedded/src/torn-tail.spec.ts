import { describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { openEmbeddedJournals } from './index.js';
import { SEGMENT_HEADER } from './layout.js';
import { change, contentOf, SMALL, StoreFolders, usedLength } from './store-folder.spec-support.js';

const folders = new StoreFolders();
const LOG = '000001.log';

/**
 * A store that nobody closed: three records of which each was acknowledged, and a last write of three more.
 *
 * @param length of the records in the last write
 */
async function crashed(length: number): Promise<{ image: string; start: number; end: number }> {
  const folder = folders.next();
  const store = await openEmbeddedJournals(folder, SMALL);
  const [a, b] = [store.journal('a'), store.journal('b')];
  for (const number of [1, 2, 3]) await a.append(number, `acknowledged ${number}`);
  const start = usedBytes(folder);
  const text = 'last '.repeat(Math.ceil(length / 5));
  await Promise.all([a.append(4, text), b.append(1, text), a.append(5, text)]);
  const image = folders.next(folder);
  await store.close();
  return { image, start, end: usedBytes(image) };
}

function usedBytes(folder: string): number {
  return usedLength(readFileSync(join(folder, LOG)));
}

const BEFORE = { a: ['acknowledged 1', 'acknowledged 2', 'acknowledged 3'] };

describe('a write that a crash has cut off', () => {
  it('is dropped at whichever byte it was cut, and nothing else is', async () => {
    const { end, image, start } = await crashed(5);
    expect((await contentOf(folders.next(image))).records).toEqual({
      a: [...BEFORE.a, 'last ', 'last '],
      b: ['last '],
    });
    for (let cut = start; cut < end; cut += 1) {
      const folder = folders.next(image);
      change(folder, LOG, (bytes) => void bytes.fill(0, cut, end));
      const { records, warnings } = await contentOf(folder);
      expect([cut, records]).toEqual([cut, BEFORE]);
      expect([cut, warnings]).toEqual([
        cut,
        cut === start ? [] : [expect.stringContaining(`bytes from offset ${start} on, was not finished`)],
      ]);
    }
  });

  it('is dropped whichever of its sectors the disk has not written', async () => {
    const { end, image, start } = await crashed(600);
    const sectors = sectorsOf(start, end);
    expect(sectors.length).toBeGreaterThan(4);
    const lost = fc.subarray(sectors, { minLength: 1 });
    const property = fc.asyncProperty(lost, async (missing) => {
      const folder = folders.next(image);
      change(folder, LOG, (bytes) => {
        for (const [from, to] of missing) bytes.fill(0, from, to);
      });
      const { records, warnings } = await contentOf(folder);
      expect(records).toEqual(BEFORE);
      expect(warnings).toHaveLength(missing.length === sectors.length ? 0 : 1);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('is told once, and the journal goes on from the last record before it', async () => {
    const { end, image } = await crashed(5);
    change(image, LOG, (bytes) => void bytes.fill(0, end - 1, end));
    expect((await contentOf(image)).warnings).toHaveLength(1);
    const store = await openEmbeddedJournals(image, SMALL);
    const journal = store.journal('a');
    expect(journal.sequence).toBe(3);
    await journal.append(4, 'another fourth');
    await store.close();
    expect(await contentOf(image)).toEqual({
      records: { a: [...BEFORE.a, 'another fourth'] },
      snapshots: {},
      warnings: [],
    });
  });

  it('goes to the warnings of the process where nobody listens', async () => {
    const { end, image } = await crashed(5);
    change(image, LOG, (bytes) => void bytes.fill(0, end - 1, end));
    const warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
    await (await openEmbeddedJournals(image, SMALL)).close();
    expect(warn.mock.calls).toEqual([[expect.stringContaining('was not finished')]]);
    warn.mockRestore();
  });
});

describe('damage that no crash leaves', () => {
  it('is refused where the last write is there whole, but not as it was', async () => {
    const { end, image, start } = await crashed(600);
    for (const at of [start, start + 5, start + 23, start + 700, end - 9, end - 1]) {
      const folder = folders.next(image);
      change(folder, LOG, (bytes) => void (bytes[at]! ^= 0x10));
      await expect(contentOf(folder)).rejects.toMatchObject({
        kind: 'corrupt',
        message: expect.stringContaining(
          `${LOG}: offset ${start}: the checksum of a batch that was written whole`,
        ),
      });
    }
  });

  it('is refused where a write is cut off that another one follows', async () => {
    const { image, start } = await crashed(5);
    for (let cut = SEGMENT_HEADER; cut < start; cut += 1) {
      const folder = folders.next(image);
      change(folder, LOG, (bytes) => void bytes.fill(0, cut, start));
      await expect(contentOf(folder)).rejects.toMatchObject({
        kind: 'corrupt',
        message: expect.stringContaining('there is another one at offset'),
      });
    }
  });
});

/** Where the sectors of a write begin and end. */
function sectorsOf(start: number, end: number): [number, number][] {
  const sectors: [number, number][] = [];
  for (let from = start; from < end;) {
    const to = Math.min(end, (Math.floor(from / 512) + 1) * 512);
    sectors.push([from, to]);
    from = to;
  }
  return sectors;
}
