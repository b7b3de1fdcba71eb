import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { JournalError } from '@bowline/ports';
import { corrupt } from './failures.js';

/**
 * Small files that are there whole or not at all: written beside their place, flushed, and renamed into it. Their
 * first line names what they are, the version of the format, and the CRC-32 of both and of everything below it.
 */

/** What stands behind the name of a file that is not in its place yet; a crash may leave one. */
export const UNFINISHED = '.unfinished';

/**
 * Of everything in a folder. In format 1 the CRC-32 was that of what stands below the first line alone: a format that was
 * damaged there could not be told from another one.
 */
export const FORMAT = 2;

export interface WholeFile {
  readonly format: number;
  readonly body: Buffer;
}

export async function writeWhole(path: string, kind: string, body: Uint8Array): Promise<void> {
  const file = await open(`${path}${UNFINISHED}`, 'w');
  try {
    await file.writeFile(`${firstLine(kind, FORMAT, body)}\n`);
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}${UNFINISHED}`, path);
  await syncFolder(dirname(path));
}

/** The body of a file that `writeWhole` has written; `corrupt` where a byte of it is not as it was. */
export async function readWhole(path: string, kind: string): Promise<Buffer> {
  const { body, format } = await readAny(path, kind);
  if (format === FORMAT) return body;
  throw otherFormat(path, format);
}

/** The same, in whichever format it was written. */
export async function readAny(path: string, kind: string): Promise<WholeFile> {
  const content = await readFile(path);
  const end = content.indexOf('\n');
  const line = content.toString('latin1', 0, Math.max(0, end));
  const body = content.subarray(end + 1);
  const format = Number(new RegExp(`^${kind} (\\d+) `).exec(line)?.[1] ?? 0);
  if (line === firstLine(kind, format, body)) return { format, body };
  throw corrupt(path, `it is no ${kind}, or its checksum does not fit`);
}

/** A file of a format that is read by another version of this program, or only once it was migrated. */
export function otherFormat(path: string, format: number): JournalError {
  return new JournalError(
    'failed',
    format > FORMAT
      ? `${path}: it has format ${format}, of a later version of this program, which knows format ${FORMAT}. Use that` +
          ' version, or restore a copy from before it.'
      : `${path}: it has format ${format}, of an earlier version of this program, which knows format ${FORMAT}. Whoever` +
          ' opens it to write, as a desk does, migrates it, and keeps what it was.',
  );
}

/** Names of files are content of their folder: without this a crash may take them back. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function firstLine(kind: string, format: number, body: Uint8Array): string {
  const name = `${kind} ${format}`;
  const sum = format === 1 ? crc32(body) : crc32(body, crc32(`${name}\n`));
  return `${name} ${sum.toString(16).padStart(8, '0')}`;
}
