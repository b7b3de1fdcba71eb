import { createReadStream, createWriteStream } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { InputError, withPath } from '@bowline/contracts';
import { checkFile, isWriteFailure, messageOf, readHead } from './check-file.js';
import { extractZipMember, listZip } from './zip.js';

/** A file whose bytes are the data themselves. */
export interface PlainFile {
  /** Where the bytes lie: the file itself, or an unpacked copy. */
  readonly path: string;
  /** The name that the content goes by, without `.gz`, or the one inside the zip: its extension is that of the content. */
  readonly name: string;
}

/**
 * The file itself, or its content unpacked into `folder` where it is gzip or zip: told by its first bytes, since
 * names lie. Throws an InputError for what is cut off, damaged, or holds more than one file.
 */
export async function unpack(path: string, folder: string): Promise<PlainFile> {
  await checkFile(path);
  const head = await readHead(path, 4);
  const extension = extname(path).toLowerCase();
  if (isGzip(head)) return checked(path, await unpackGzip(path, folder));
  if (isZip(head)) return checked(path, await unpackZip(path, folder));
  if (extension === '.gz' || extension === '.zip') {
    throw new InputError([
      `${path}: is named ${extension} but its content is not; copy or download it again`,
    ]);
  }
  return { path, name: basename(path) };
}

async function unpackGzip(path: string, folder: string): Promise<PlainFile> {
  const target = join(folder, 'unpacked');
  try {
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(target));
  } catch (cause) {
    if (isWriteFailure(cause)) throw withPath(cause, target);
    throw new InputError([
      `${path}: the gzip file is cut off or damaged (${messageOf(cause)}); copy or download it again`,
    ]);
  }
  return { path: target, name: basename(path).replace(/\.gz$/i, '') };
}

async function unpackZip(path: string, folder: string): Promise<PlainFile> {
  const members = await listZip(path);
  const [member] = members;
  if (member === undefined) throw new InputError([`${path}: the zip archive holds no file`]);
  if (members.length > 1) {
    const names = members.slice(0, 3).map(({ name }) => name);
    const rest = members.length > 3 ? ', ...' : '';
    throw new InputError([
      `${path}: the zip archive holds ${members.length} files (${names.join(', ')}${rest}) where one is expected; unpack it and give one of them`,
    ]);
  }
  const target = join(folder, 'unpacked');
  await extractZipMember(path, member, target);
  return { path: target, name: basename(member.name) };
}

async function checked(path: string, plain: PlainFile): Promise<PlainFile> {
  const head = await readHead(plain.path, 4);
  if (head.length === 0) throw new InputError([`${path}: the file inside is empty`]);
  if (isGzip(head) || isZip(head))
    throw new InputError([`${path}: is packed twice; unpack it once and give the file inside`]);
  return plain;
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Either an entry comes first, or, in an empty archive, the end record. */
function isZip(head: Uint8Array): boolean {
  return (
    head[0] === 0x50 &&
    head[1] === 0x4b &&
    ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6))
  );
}
