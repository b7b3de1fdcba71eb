import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredSnapshot } from '@bowline/ports';
import { readWhole, UNFINISHED, writeWhole } from './durable-file.js';
import { corrupt } from './failures.js';
import { encodingOf, ENCODINGS } from './text.js';

/** A snapshot, and of which store and shard it is. */
export interface ShardSnapshot extends StoredSnapshot {
  readonly storeId: string;
  readonly shard: string;
  readonly forgetTo: number;
}

export const SNAPSHOT_KIND = 'bowline-journal-snapshot';
const NAME = /^.+\.(\d+)\.snapshot$/;

/** Writes the snapshot durably and removes the older ones of its shard, which it replaces. */
export async function writeSnapshot(folder: string, { snapshot, ...head }: ShardSnapshot): Promise<void> {
  const encoding = encodingOf(snapshot);
  const body = Buffer.concat([
    Buffer.from(`${JSON.stringify({ ...head, encoding })}\n`),
    Buffer.from(snapshot, ENCODINGS[encoding]),
  ]);
  const name = snapshotName(head.shard, head.sequence);
  await writeWhole(join(folder, name), SNAPSHOT_KIND, body);
  const stem = stemOf(head.shard);
  for (const other of await readdir(folder)) {
    const older = other.startsWith(`${stem}.`) && Number(NAME.exec(other)?.[1]) < head.sequence;
    if (older) await rm(join(folder, other));
  }
}

export async function readSnapshot(folder: string, shard: string, sequence: number): Promise<ShardSnapshot> {
  return readSnapshotFile(join(folder, snapshotName(shard, sequence)));
}

/** The newest snapshot of each shard, checked; without its text, of which nobody keeps all in memory. */
export async function readSnapshotHeads(
  folder: string,
  storeId: string,
): Promise<ReadonlyMap<string, Omit<ShardSnapshot, 'snapshot'>>> {
  const heads = new Map<string, Omit<ShardSnapshot, 'snapshot'>>();
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!NAME.test(name)) continue;
    const { snapshot: _, ...head } = await readSnapshotFile(path);
    if (head.storeId !== storeId) {
      throw corrupt(path, `it belongs to another store, ${head.storeId} and not ${storeId}`);
    }
    if (name !== snapshotName(head.shard, head.sequence)) {
      throw corrupt(path, `it is the snapshot of ${head.shard} at ${head.sequence} under a wrong name`);
    }
    if (head.sequence > (heads.get(head.shard)?.sequence ?? -1)) heads.set(head.shard, head);
  }
  return heads;
}

/** A crash may leave some that were not finished. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith(`.snapshot${UNFINISHED}`)) await rm(join(folder, name));
  }
}

export function isSnapshot(name: string): boolean {
  return NAME.test(name);
}

async function readSnapshotFile(path: string): Promise<ShardSnapshot> {
  const body = await readWhole(path, SNAPSHOT_KIND);
  const end = body.indexOf('\n');
  const { encoding, ...head } = JSON.parse(body.toString('utf8', 0, end)) as Omit<
    ShardSnapshot,
    'snapshot'
  > & {
    readonly encoding: number;
  };
  return { ...head, snapshot: body.toString(ENCODINGS[encoding], end + 1) };
}

function snapshotName(shard: string, sequence: number): string {
  return `${stemOf(shard)}.${sequence}.snapshot`;
}

/** Readable, and one of its own for each shard: names of shards hold what names of files cannot. */
function stemOf(shard: string): string {
  const hash = createHash('sha256').update(shard, 'utf16le').digest('hex').slice(0, 16);
  return `${shard.replaceAll(/[^\w.-]/g, '_').slice(0, 80)}-${hash}`;
}
