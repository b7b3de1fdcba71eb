import { open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { corrupt, hasCode } from './failures.js';
import { SEGMENT_HEADER } from './layout.js';
import type { Frame } from './layout.js';
import type { ManifestContent, ManifestSegment } from './manifest.js';
import { scanSegment } from './scan-segment.js';
import { readHeader, segmentNumber, segmentPath } from './segment-file.js';
import { ShardLog } from './shard-log.js';
import type { ShardSnapshot } from './snapshot-file.js';
import { judgeTail } from './torn-tail.js';

/** What the log of a folder holds, every byte of it checked. */
export interface RecoveredLog {
  /** By number. */
  readonly shards: readonly ShardLog[];
  readonly segments: readonly ManifestSegment[];
}

/**
 * Reads the segments that the manifest lists, once, and compares what they hold with the manifest and the snapshots.
 * Throws `corrupt` where something is missing or not as it was written. All that a crash may leave behind is a write
 * at the very end that was never acknowledged: it is told to `onWarning`, and does not belong to the log. Nothing is
 * changed.
 */
export async function recoverLog(
  folder: string,
  { nextSegment, segments, shards, storeId }: ManifestContent,
  snapshots: ReadonlyMap<string, Pick<ShardSnapshot, 'sequence'>>,
  onWarning: (message: string) => void,
): Promise<RecoveredLog> {
  await refuseUnlisted(folder, segments, nextSegment);
  const logs = shards.map(({ floor, name }, number) => new ShardLog(name, number, floor));
  const found: ManifestSegment[] = [];
  for (const segment of segments) {
    const length = await recoverSegment(folder, storeId, segment, logs, onWarning);
    found.push({ number: segment.number, length });
  }
  compareWithSnapshots(folder, logs, snapshots);
  return { shards: logs, segments: found };
}

/** Takes away segments that the manifest lists no longer, which a crash may leave. */
export async function removeUnlisted(
  folder: string,
  { nextSegment, segments }: ManifestContent,
): Promise<void> {
  for (const { name, number } of await unlisted(folder, segments)) {
    if (number < nextSegment) await rm(join(folder, name));
  }
}

/** Takes away what crashes have left behind the ends of segments. Only once the manifest knows the lengths. */
export async function cutSegments(folder: string, segments: readonly ManifestSegment[]): Promise<void> {
  for (const { length, number } of segments) {
    const path = segmentPath(folder, number);
    if (length !== null && (await stat(path)).size > length) await truncate(path, length);
  }
}

/** A crash may leave a segment that the manifest does not list yet: an empty one. */
async function refuseUnlisted(
  folder: string,
  segments: readonly ManifestSegment[],
  next: number,
): Promise<void> {
  for (const { name, number } of await unlisted(folder, segments)) {
    const path = join(folder, name);
    if (number >= next && (await hasBatch(path))) {
      throw corrupt(path, 'it holds records, and the manifest does not know it');
    }
  }
}

async function unlisted(
  folder: string,
  segments: readonly ManifestSegment[],
): Promise<{ readonly name: string; readonly number: number }[]> {
  const listed = new Set(segments.map(({ number }) => number));
  return (await readdir(folder)).flatMap((name) => {
    const number = segmentNumber(name);
    return number === null || listed.has(number) ? [] : [{ name, number }];
  });
}

async function hasBatch(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, SEGMENT_HEADER);
    return buffer.subarray(0, bytesRead).some((byte) => byte !== 0);
  } finally {
    await file.close();
  }
}

/** The offset behind the last batch. */
async function recoverSegment(
  folder: string,
  storeId: string,
  { length, number }: ManifestSegment,
  logs: readonly ShardLog[],
  onWarning: (message: string) => void,
): Promise<number> {
  const path = segmentPath(folder, number);
  const file = await openListed(path);
  try {
    const { capacity } = await readHeader(file, path, { storeId, number });
    const { size } = await file.stat();
    // The space that is not used is cut off after the manifest knows the length, so a crash may leave it.
    if (size !== capacity && size !== length) {
      throw corrupt(path, `it has ${size} bytes and not ${length ?? capacity}: it was cut, or added to`);
    }
    const scanned = { file, path, end: length ?? capacity };
    const position = await scanSegment(scanned, (frame, offset) => take(logs, frame, number, offset, path));
    if (length !== null) {
      if (position === length) return length;
      throw corrupt(path, `offset ${position}: a batch is damaged`);
    }
    const tail = await judgeTail(scanned, position);
    if (tail.kind === 'damaged') throw corrupt(path, `offset ${position}: ${tail.problem}`);
    if (tail.kind === 'torn') {
      onWarning(
        `${path}: the last write, ${tail.bytes} bytes from offset ${position} on, was not finished when its process` +
          ' ended, and never acknowledged: it is dropped',
      );
    }
    // A process that was killed may have left in memory what no disk has yet, and we are about to build on it.
    await file.sync();
    return position;
  } finally {
    await file.close();
  }
}

async function openListed(path: string): ReturnType<typeof open> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw corrupt(path, 'the segment is missing', { cause: error });
    throw error;
  }
}

function take(
  logs: readonly ShardLog[],
  { length, sequence, shard }: Frame,
  segment: number,
  offset: number,
  path: string,
): void {
  const log = logs[shard];
  if (log === undefined) throw corrupt(path, `offset ${offset}: the manifest has no shard ${shard}`);
  if (sequence === log.last + 1) log.add(segment, offset, length);
  // A segment that other shards need holds forgotten records too, perhaps without those that came between.
  else if (sequence > log.forgotten || log.last > log.forgotten) {
    throw corrupt(path, `offset ${offset}: record ${sequence} of ${log.name} follows record ${log.last}`);
  }
}

function compareWithSnapshots(
  folder: string,
  logs: readonly ShardLog[],
  snapshots: ReadonlyMap<string, Pick<ShardSnapshot, 'sequence'>>,
): void {
  for (const log of logs) {
    const snapshot = snapshots.get(log.name);
    if ((snapshot?.sequence ?? 0) < log.forgotten) {
      throw corrupt(
        folder,
        `the snapshot of ${log.name} is missing that holds the records up to ${log.forgotten}`,
      );
    }
  }
  const lastOf = new Map(logs.map(({ last, name }) => [name, last]));
  for (const [name, { sequence }] of snapshots) {
    const last = lastOf.get(name) ?? 0;
    if (last < sequence) {
      throw corrupt(
        folder,
        `the log of ${name} ends at record ${last}, but its snapshot is of record ${sequence}`,
      );
    }
  }
}
