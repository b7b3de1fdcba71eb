import { mkdir, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JournalStore } from '@bowline/ports';
import { JournalError } from '@bowline/ports';
import { syncFolder, UNFINISHED } from './durable-file.js';
import { EmbeddedJournals } from './embedded-journals.js';
import { asJournalError, corrupt } from './failures.js';
import { isLock, lockFolder } from './folder-lock.js';
import { Manifest, MANIFEST } from './manifest.js';
import { settingsOf } from './options.js';
import type { EmbeddedJournalOptions, Settings } from './options.js';
import { migrateFolder } from './migrate.js';
import { cutSegments, recoverLog, removeUnlisted } from './recover.js';
import { SegmentedLog } from './segmented-log.js';
import { readSnapshotHeads, removeUnfinished } from './snapshot-file.js';

/**
 * Opens the journals in a folder of their own, and makes the folder where there is none. What was acknowledged once is
 * there again, each byte checked, or the error says what is damaged: nothing is ever left out in silence.
 *
 * Throws a `JournalError`: `locked` while another process holds the folder, `corrupt`, `full`, or `failed`.
 */
export async function openEmbeddedJournals(
  folder: string,
  options: EmbeddedJournalOptions = {},
): Promise<JournalStore> {
  const settings = settingsOf(options);
  try {
    if (!settings.mustExist) await makeFolder(folder);
    const unlock = await lockFolder(folder);
    try {
      return await openLocked(folder, settings, unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  } catch (error) {
    throw asJournalError(error, `Opening the journals in ${folder}`);
  }
}

async function openLocked(
  folder: string,
  { mustExist, onWarning, segmentBytes }: Settings,
  unlock: () => Promise<void>,
): Promise<JournalStore> {
  await migrateFolder(folder, onWarning);
  const manifest = (await Manifest.read(folder)) ?? (await createStore(folder, mustExist));
  const snapshots = await readSnapshotHeads(folder, manifest.content.storeId);
  const { segments, shards } = await recoverLog(folder, manifest.content, snapshots, onWarning);
  await removeUnfinished(folder);
  await removeUnlisted(folder, manifest.content);
  for (const shard of shards) shard.forget(snapshots.get(shard.name)?.forgetTo ?? 0);
  const log = await SegmentedLog.open(folder, segmentBytes, manifest, shards, segments);
  await cutSegments(folder, manifest.content.segments);
  return new EmbeddedJournals(log, snapshots, unlock);
}

async function createStore(folder: string, mustExist: boolean): Promise<Manifest> {
  const others = (await readdir(folder)).filter((name) => !isLock(name) && name !== MANIFEST + UNFINISHED);
  if (others.length > 0) {
    throw corrupt(folder, `it has no ${MANIFEST}, but other files, ${others.sort()[0]} among them`);
  }
  if (mustExist) {
    throw new JournalError('failed', `There are no journals in ${folder}: check the path, or start fresh.`);
  }
  return Manifest.create(folder);
}

/** A folder is only there for sure once the one that it lies in was flushed. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first !== undefined) await syncFolder(dirname(first));
}
