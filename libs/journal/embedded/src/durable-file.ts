import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { corrupt } from './failures.js';

/**
 * Small files that are there whole or not at all: written beside their place, flushed, and renamed into it. Their
 * first line names what they are, the version of the format, and the CRC-32 of everything below it.
 */

/** What stands behind the name of a file that is not in its place yet; a crash may leave one. */
export const UNFINISHED = '.unfinished';

const VERSION = 1;

export async function writeWhole(path: string, kind: string, body: Uint8Array): Promise<void> {
  const file = await open(`${path}${UNFINISHED}`, 'w');
  try {
    await file.writeFile(`${firstLine(kind, body)}\n`);
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
  const content = await readFile(path);
  const end = content.indexOf('\n');
  const line = content.toString('latin1', 0, Math.max(0, end));
  const body = content.subarray(end + 1);
  if (line === firstLine(kind, body)) return body;
  const version = Number(new RegExp(`^${kind} (\\d+) `).exec(line)?.[1] ?? VERSION);
  throw corrupt(
    path,
    version > VERSION
      ? `it has format ${version}, of a later version of this program, which knows format ${VERSION}`
      : `it is no ${kind}, or its checksum does not fit`,
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

function firstLine(kind: string, body: Uint8Array): string {
  return `${kind} ${VERSION} ${crc32(body).toString(16).padStart(8, '0')}`;
}
