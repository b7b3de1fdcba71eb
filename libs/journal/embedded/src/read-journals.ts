import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareCodePoints } from '@bowline/domain';
import { JournalError } from '@bowline/ports';
import type { StoredRecord, StoredSnapshot } from '@bowline/ports';
import { FORMAT } from './durable-file.js';
import { asJournalError } from './failures.js';
import { isLock, lockFolder } from './folder-lock.js';
import { Manifest } from './manifest.js';
import { readRecords } from './read-records.js';
import { recoverLog } from './recover.js';
import type { ShardLog } from './shard-log.js';
import { readSnapshot, readSnapshotHeads } from './snapshot-file.js';

/** The journals in a folder, to be looked at and not changed. */
export interface StoredJournals {
  readonly format: number;
  readonly epoch: number;
  readonly segments: number;
  /** What the files take, laid out space that nobody has written to left out. */
  readonly bytes: number;
  /** Those that have a record or a snapshot, in code-point order. */
  readonly shards: readonly StoredShard[];
  /** The records after `sequence` that are there, each checked again. */
  records(shard: string, sequence: number): AsyncIterable<StoredRecord>;
  snapshot(shard: string): Promise<StoredSnapshot | null>;
  /** Lets the folder go. */
  close(): Promise<void>;
}

export interface StoredShard {
  readonly shard: string;
  /** The number of the first record that is there, which may be one that need not be; `last` + 1: there is none. */
  readonly first: number;
  readonly last: number;
  /** Null: there is none. */
  readonly snapshotAt: number | null;
}

/**
 * Opens the journals of a folder that nobody holds, to read them: every byte is checked, and nothing is changed.
 *
 * @param onWarning hears of what a crash has left, which whoever opens the folder next will drop
 * @throws JournalError `locked` while a process holds the folder, `corrupt`, or `failed` where there are none
 */
export async function readEmbeddedJournals(
  folder: string,
  onWarning: (message: string) => void,
): Promise<StoredJournals> {
  try {
    const unlock = await lockFolder(folder);
    try {
      return await readLocked(folder, onWarning, unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  } catch (error) {
    throw asJournalError(error, `Reading the journals in ${folder}`);
  }
}

async function readLocked(
  folder: string,
  onWarning: (message: string) => void,
  unlock: () => Promise<void>,
): Promise<StoredJournals> {
  const manifest = await Manifest.read(folder);
  if (manifest === null)
    throw new JournalError('failed', `There are no journals in ${folder}: check the path.`);
  const { epoch, storeId } = manifest.content;
  const snapshots = await readSnapshotHeads(folder, storeId);
  const { segments, shards } = await recoverLog(folder, manifest.content, snapshots, onWarning);
  const logs = new Map(shards.map((log) => [log.name, log]));
  const names = new Set([...logs.keys(), ...snapshots.keys()]);
  const at = (shard: string): number | null => snapshots.get(shard)?.sequence ?? null;
  return {
    format: FORMAT,
    epoch,
    segments: segments.length,
    bytes: (await smallFiles(folder)) + segments.reduce((sum, { length }) => sum + (length ?? 0), 0),
    shards: [...names]
      .sort(compareCodePoints)
      .map((shard) => storedShard(shard, logs.get(shard), at(shard)))
      .filter(({ last, snapshotAt }) => last > 0 || snapshotAt !== null),
    records: (shard, sequence) => recordsOf(folder, logs.get(shard), sequence),
    async snapshot(shard) {
      const sequence = at(shard);
      if (sequence === null) return null;
      const { snapshot } = await readSnapshot(folder, shard, sequence);
      return { sequence, snapshot };
    },
    close: unlock,
  };
}

function storedShard(shard: string, log: ShardLog | undefined, snapshotAt: number | null): StoredShard {
  return { shard, first: (log?.forgotten ?? 0) + 1, last: log?.last ?? 0, snapshotAt };
}

async function* recordsOf(
  folder: string,
  log: ShardLog | undefined,
  sequence: number,
): AsyncGenerator<StoredRecord> {
  if (log !== undefined) yield* readRecords(folder, log, sequence, () => null);
}

async function smallFiles(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const { name } = entry;
    if (entry.isFile() && !isLock(name) && !name.endsWith('.log'))
      bytes += (await stat(join(folder, name))).size;
  }
  return bytes;
}
