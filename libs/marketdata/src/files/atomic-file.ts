import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { withPath } from '@bowline/contracts';

/** Text is handed to the file system in pieces of at least this many characters. */
const PIECE = 1 << 16;
let written = 0;

/**
 * Writes a text file so that it is there whole or not at all: into a temporary file beside it, flushed to the
 * disk, then renamed. Missing folders are made. A failure, also one of `pieces`, leaves what was there before.
 */
export async function writeFileAtomically(
  path: string,
  pieces: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  written += 1;
  const temporary = join(folder, `.${basename(path)}.${process.pid}.${written}.tmp`);
  try {
    const file = await open(temporary, 'w');
    try {
      let pending = '';
      for await (const piece of pieces) {
        pending += piece;
        if (pending.length < PIECE) continue;
        await file.writeFile(pending);
        pending = '';
      }
      if (pending !== '') await file.writeFile(pending);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw withPath(cause, path);
  }
}
