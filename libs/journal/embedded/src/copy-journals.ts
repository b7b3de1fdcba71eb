import { copyFile, mkdir, open, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JournalError } from '@bowline/ports';
import { syncFolder } from './durable-file.js';
import { asJournalError, corrupt, hasCode } from './failures.js';
import { isLock } from './folder-lock.js';
import { Manifest } from './manifest.js';
import type { ManifestContent, ManifestSegment } from './manifest.js';
import { readEmbeddedJournals } from './read-journals.js';
import { scanSegment } from './scan-segment.js';
import { readHeader, segmentPath } from './segment-file.js';
import { isSnapshot } from './snapshot-file.js';
import { judgeTail } from './torn-tail.js';

/** A store that is written to may change under a copy so often, and it begins anew. */
const MOST_TRIES = 20;

/**
 * Copies the journals of a folder into another one, durably, and checks every byte of the copy. The store may be open and
 * written to meanwhile: the copy is then what a crash at some moment of the copying would have left, with everything that
 * was acknowledged before it began. Without a manifest, which comes last, nobody takes a copy for whole.
 *
 * @param to missing, or empty
 * @throws JournalError, and then leaves nothing behind: `failed` where `to` has something in it, `corrupt` where the store
 *   is damaged
 */
export async function copyJournals(
  from: string,
  to: string,
  onWarning: (message: string) => void,
): Promise<void> {
  try {
    await contentOf(from);
    const isNew = await makeEmpty(to);
    for (let tries = 1; ; tries += 1) {
      const content = await contentOf(from);
      try {
        await copyOnce(from, to, content);
        const copy = await readEmbeddedJournals(to, onWarning);
        return await copy.close();
      } catch (error) {
        await clear(to);
        const isSame = JSON.stringify(content) === JSON.stringify(await contentOf(from));
        if (!isSame && tries < MOST_TRIES) continue;
        if (isNew) await rmdir(to);
        throw error instanceof JournalError ? inPlaceOf(error, from, to) : error;
      }
    }
  } catch (error) {
    throw asJournalError(error, `Copying the journals in ${from} to ${to}`);
  }
}

async function contentOf(folder: string): Promise<ManifestContent> {
  const manifest = await Manifest.read(folder);
  if (manifest === null)
    throw new JournalError('failed', `There are no journals in ${folder}: check the path.`);
  return manifest.content;
}

/**
 * In the order in which a store that is written to makes things: what is read later knows everything that was read
 * before. A snapshot is of records that are in the log, and what the manifest lists may only vanish with the manifest.
 */
async function copyOnce(from: string, to: string, content: ManifestContent): Promise<void> {
  await copySnapshots(from, to);
  const segments: ManifestSegment[] = [];
  for (const { length, number } of content.segments) {
    segments.push({ number, length: length ?? (await endOf(from, content.storeId, number)) });
  }
  for (const { length, number } of segments) {
    await copyWhole(segmentPath(from, number), segmentPath(to, number), length!);
  }
  await syncFolder(to);
  await Manifest.write(to, { ...content, segments });
}

/** One is removed when a newer one of its shard is there. */
async function copySnapshots(from: string, to: string): Promise<void> {
  const done = new Set<string>();
  for (let isWhole = false; !isWhole;) {
    isWhole = true;
    for (const name of await readdir(from)) {
      if (!isSnapshot(name) || done.has(name)) continue;
      try {
        await copyWhole(join(from, name), join(to, name), null);
        done.add(name);
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error;
        isWhole = false;
      }
    }
  }
}

/** Where the batches of a segment end that nobody has closed. All of it up to there stays as it is. */
async function endOf(folder: string, storeId: string, number: number): Promise<number> {
  const path = segmentPath(folder, number);
  const file = await open(path, 'r');
  try {
    const { capacity: end } = await readHeader(file, path, { storeId, number });
    const { size } = await file.stat();
    if (size !== end) throw corrupt(path, `it has ${size} bytes and not ${end}: it was cut, or added to`);
    const scanned = { file, path, end };
    const position = await scanSegment(scanned, () => undefined);
    const tail = await judgeTail(scanned, position);
    // What was on its way looks damaged until it has arrived.
    if (tail.kind !== 'damaged' || (await scanSegment(scanned, () => undefined)) > position) return position;
    throw corrupt(path, `offset ${position}: ${tail.problem}`);
  } finally {
    await file.close();
  }
}

/** @param length of it, from its beginning; null: all */
async function copyWhole(from: string, to: string, length: number | null): Promise<void> {
  await copyFile(from, to);
  const file = await open(to, 'r+');
  try {
    const { size } = await file.stat();
    if (size < (length ?? 0)) throw corrupt(from, `it has ${size} bytes and not ${length}: it was cut`);
    if (length !== null) await file.truncate(length);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The copy is gone; what is wrong with it is wrong with what it was made of. */
function inPlaceOf({ cause, kind, message }: JournalError, from: string, to: string): JournalError {
  return new JournalError(kind, message.replaceAll(to, from), { cause });
}

/** Whether it had to be made. */
async function makeEmpty(folder: string): Promise<boolean> {
  const first = await mkdir(folder, { recursive: true });
  if (first !== undefined) await syncFolder(dirname(first));
  const [other] = (await readdir(folder)).sort();
  if (other === undefined) return first !== undefined;
  throw new JournalError(
    'failed',
    `${folder} is not empty, ${other} is in it: nothing is overwritten. Choose another folder, or move that elsewhere.`,
  );
}

async function clear(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (!isLock(name)) await rm(join(folder, name));
}
