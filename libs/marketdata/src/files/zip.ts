import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { InputError, withPath } from '@bowline/contracts';
import { isWriteFailure, messageOf, readSlice } from './check-file.js';

/**
 * One file inside a zip, as the archive's central directory lists it. Layout and signatures: PKWARE's
 * APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. Read here rather than by a library because a price with a
 * flipped bit must not pass: the checksum is compared, and the bytes stream through zlib without being held.
 */
export interface ZipMember {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_SIZE = 22;
const LOCAL_SIZE = 30;
const LONGEST_COMMENT = 0xffff;
const ZIP64 = 0xffffffff;

/** Files of a zip, without folders and without what macOS adds. Throws an InputError where the archive is cut off. */
export async function listZip(path: string): Promise<readonly ZipMember[]> {
  const { size } = await stat(path);
  const tailOffset = Math.max(0, size - END_SIZE - LONGEST_COMMENT);
  const tail = viewOf(await readSlice(path, tailOffset, size - tailOffset));
  const end = findEnd(tail);
  if (end === null) throw damaged(path, 'its list of files is missing');
  const directorySize = tail.getUint32(end + 12, true);
  const directoryOffset = tail.getUint32(end + 16, true);
  if (directoryOffset === ZIP64) throw tooLarge(path);
  if (directoryOffset + directorySize > tailOffset + end) throw damaged(path, 'its list of files is cut off');
  const members = parseDirectory(path, viewOf(await readSlice(path, directoryOffset, directorySize)));
  return members.filter(({ name }) => !name.endsWith('/') && !name.startsWith('__MACOSX/'));
}

/** Unpacks one member to `target`, checking its size and checksum. */
export async function extractZipMember(path: string, member: ZipMember, target: string): Promise<void> {
  if (member.encrypted)
    throw new InputError([`${path}: ${member.name} is encrypted; unpack it and give the file itself`]);
  if (member.method !== 0 && member.method !== 8) {
    throw new InputError([
      `${path}: ${member.name} is packed with method ${member.method}; unpack it and give the file itself`,
    ]);
  }
  const header = viewOf(await readSlice(path, member.headerOffset, LOCAL_SIZE));
  if (header.byteLength < LOCAL_SIZE || header.getUint32(0, true) !== LOCAL_SIGNATURE) {
    throw damaged(path, `the entry of ${member.name} is not where the list of files says`);
  }
  const start = member.headerOffset + LOCAL_SIZE + header.getUint16(26, true) + header.getUint16(28, true);
  const check = new ChecksumOf();
  const packed =
    member.packedSize === 0
      ? Readable.from([])
      : createReadStream(path, { start, end: start + member.packedSize - 1 });
  const unpack = member.method === 8 ? createInflateRaw() : new PassThrough();
  try {
    await pipeline(packed, unpack, check, createWriteStream(target));
  } catch (cause) {
    if (isWriteFailure(cause)) throw withPath(cause, target);
    throw damaged(path, `${member.name}: ${messageOf(cause)}`);
  }
  if (check.size !== member.size || check.value !== member.crc) {
    throw damaged(path, `${member.name} does not match its checksum`);
  }
}

/** Passes bytes on, counting and summing them. */
class ChecksumOf extends Transform {
  size = 0;
  value = 0;

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error: null, data: Buffer) => void,
  ): void {
    this.size += chunk.length;
    this.value = crc32(chunk, this.value);
    done(null, chunk);
  }
}

function findEnd(tail: DataView): number | null {
  for (let at = tail.byteLength - END_SIZE; at >= 0; at--) {
    // The comment's length must reach the end of the file exactly, or the signature was part of other bytes.
    const ends =
      tail.getUint32(at, true) === END_SIGNATURE &&
      at + END_SIZE + tail.getUint16(at + 20, true) === tail.byteLength;
    if (ends) return at;
  }
  return null;
}

function parseDirectory(path: string, directory: DataView): ZipMember[] {
  const members: ZipMember[] = [];
  const text = new TextDecoder();
  for (let at = 0; at + 46 <= directory.byteLength;) {
    if (directory.getUint32(at, true) !== ENTRY_SIGNATURE)
      throw damaged(path, 'its list of files is damaged');
    const nameLength = directory.getUint16(at + 28, true);
    const packedSize = directory.getUint32(at + 20, true);
    const size = directory.getUint32(at + 24, true);
    const headerOffset = directory.getUint32(at + 42, true);
    if (packedSize === ZIP64 || size === ZIP64 || headerOffset === ZIP64) throw tooLarge(path);
    members.push({
      name: text.decode(new Uint8Array(directory.buffer, directory.byteOffset + at + 46, nameLength)),
      method: directory.getUint16(at + 10, true),
      encrypted: (directory.getUint16(at + 8, true) & 1) === 1,
      crc: directory.getUint32(at + 16, true),
      packedSize,
      size,
      headerOffset,
    });
    at += 46 + nameLength + directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true);
  }
  return members;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(path: string, what: string): InputError {
  return new InputError([
    `${path}: the zip archive is cut off or damaged (${what}); copy or download it again`,
  ]);
}

function tooLarge(path: string): InputError {
  return new InputError([
    `${path}: zip archives beyond 4 GB are not read; unpack it and give the file itself`,
  ]);
}
