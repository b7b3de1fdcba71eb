import { access, constants, open, stat } from 'node:fs/promises';
import { InputError } from '@bowline/contracts';

/** Size of a readable, ordinary, non-empty file in bytes. Throws an InputError that says what is wrong otherwise. */
export async function checkFile(path: string): Promise<number> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new InputError([`${path}: ${isMissing(cause) ? 'there is no such file' : messageOf(cause)}`]);
  });
  if (info.isDirectory()) throw new InputError([`${path}: this is a folder; give the path of a file in it`]);
  if (!info.isFile()) throw new InputError([`${path}: this is not an ordinary file`]);
  await access(path, constants.R_OK).catch(() => {
    throw new InputError([`${path}: the file cannot be read; check its permissions`]);
  });
  if (info.size === 0) throw new InputError([`${path}: the file is empty`]);
  return info.size;
}

/** The first `length` bytes of a file, fewer where it is shorter. */
export async function readHead(path: string, length: number): Promise<Uint8Array> {
  return readSlice(path, 0, length);
}

/** Up to `length` bytes from `offset` on. */
export async function readSlice(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await file.close();
  }
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Whether the disk refused what was written, a full one say, rather than that what was read is wrong. */
export function isWriteFailure(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause && cause.syscall === 'write';
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR');
}
