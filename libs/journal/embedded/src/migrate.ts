import { copyFile, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { JournalError } from '@bowline/ports';
import { FORMAT, otherFormat, readAny, syncFolder, UNFINISHED, writeWhole } from './durable-file.js';
import { hasCode } from './failures.js';
import { isLock } from './folder-lock.js';
import { MANIFEST, MANIFEST_KIND } from './manifest.js';
import { isSnapshot, SNAPSHOT_KIND } from './snapshot-file.js';

/**
 * Makes a folder of one format one of the next. Each file is replaced as a whole, the manifest last: as long as that is
 * of the old format, the migration has not happened, and is done again from the copy.
 */
type Migration = (folder: string) => Promise<void>;

/** By the format that they begin with. */
const MIGRATIONS: Readonly<Record<number, Migration>> = { 1: coverFormats };

/**
 * Makes of a folder that an earlier version has written one of this version. What it was is kept in a folder within. A
 * later version's is refused. Only for who holds the folder.
 */
export async function migrateFolder(folder: string, onWarning: (message: string) => void): Promise<void> {
  for (;;) {
    const format = await formatOf(folder);
    if (format === null || format === FORMAT) return;
    const migration = MIGRATIONS[format];
    if (migration === undefined) throw otherFormat(join(folder, MANIFEST), format);
    const copy = join(folder, `before-format-${format + 1}`);
    if (!(await isCopy(copy, folder))) await keepCopy(folder, copy);
    else await copyFiles(copy, folder, (name) => name !== MANIFEST);
    await migration(folder);
    onWarning(`${folder}: migrated from format ${format} to ${format + 1}; what it was is in ${copy}`);
  }
}

/** Format 1 to 2: the checksum of a small file covers its first line. */
async function coverFormats(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (isSnapshot(name)) await rewrite(join(folder, name), SNAPSHOT_KIND);
  }
  await rewrite(join(folder, MANIFEST), MANIFEST_KIND);
}

async function rewrite(path: string, kind: string): Promise<void> {
  const { body } = await readAny(path, kind);
  await writeWhole(path, kind, body);
}

/** Null where the folder holds no journals yet. */
async function formatOf(folder: string): Promise<number | null> {
  try {
    return (await readAny(join(folder, MANIFEST), MANIFEST_KIND)).format;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Whether a migration was cut off after its copy was made. */
async function isCopy(copy: string, folder: string): Promise<boolean> {
  let kept: Buffer;
  try {
    kept = await readFile(join(copy, MANIFEST));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
  if (kept.equals(await readFile(join(folder, MANIFEST)))) return true;
  throw new JournalError(
    'failed',
    `${copy} holds what was there before an earlier migration: move it elsewhere, then start again.`,
  );
}

async function keepCopy(folder: string, copy: string): Promise<void> {
  const unfinished = `${copy}${UNFINISHED}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  await copyFiles(folder, unfinished, () => true);
  await rename(unfinished, copy);
  await syncFolder(folder);
}

/** Each is in its place whole, and durable. */
async function copyFiles(from: string, to: string, isWanted: (name: string) => boolean): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const { name } = entry;
    if (!entry.isFile() || isLock(name) || name.endsWith(UNFINISHED) || !isWanted(name)) continue;
    const unfinished = join(to, `${name}${UNFINISHED}`);
    await copyFile(join(from, name), unfinished);
    const file = await open(unfinished, 'r+');
    await file.sync().finally(() => file.close());
    await rename(unfinished, join(to, name));
  }
  await syncFolder(to);
}
