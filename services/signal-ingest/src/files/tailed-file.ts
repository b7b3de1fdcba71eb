import { createHash } from 'node:crypto';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isUtf8 } from 'node:buffer';
import type { FilePosition } from './file-position.js';

/** A line that is whole. */
export interface TailedLine {
  /** From 1. */
  readonly number: number;
  /** Null: it is no text, or too long. */
  readonly text: string | null;
  /** What is wrong where there is no text. */
  readonly fault: string | null;
}

/** What happened to the file, beside growing. */
export type TailEvent = 'rotated' | 'truncated' | 'replaced';

const CHUNK_BYTES = 65_536;
const HEAD_BYTES = 256;
const NEWLINE = 0x0a;

/**
 * Follows a file that others append lines to: through rotation by renaming (the old file is read to its end first, also
 * where it was renamed while nobody looked) and by truncation. A last line without its end is waited for.
 */
export class TailedFile {
  private handle: FileHandle | null = null;
  private at: FilePosition | null;

  /**
   * @param position where it was left; null: at its beginning
   * @param hasHeader its first line is kept: it has the names of the columns
   */
  constructor(
    private readonly path: string,
    position: FilePosition | null,
    private readonly hasHeader: boolean,
    private readonly onEvent: (event: TailEvent) => void,
  ) {
    this.at = position;
  }

  /** Behind what `next` has returned last; null before there was anything. */
  get position(): FilePosition | null {
    return this.at;
  }

  /** The lines that follow, some at a time; none: there are no more for now. */
  async next(): Promise<readonly TailedLine[]> {
    for (;;) {
      if (this.handle === null && !(await this.begin())) return [];
      const handle = this.handle!;
      await this.checkContent(handle);
      const before = this.at!;
      const lines = await this.readLines(handle);
      if (lines.length > 0) return lines;
      // A part of a line that is skipped.
      if (this.at!.offset > before.offset) continue;
      const there = await fileIdAt(this.path);
      if (there === null || there === before.file) return [];
      // Nobody appends to it any more, but perhaps somebody did since.
      const last = await this.readLines(handle, true);
      if (last.length > 0) return last;
      if (this.at!.offset > before.offset) continue;
      this.onEvent('rotated');
      await this.close();
      this.at = null;
    }
  }

  /** What was returned since then is returned again. */
  async goBack(position: FilePosition | null): Promise<void> {
    await this.close();
    this.at = position;
  }

  async close(): Promise<void> {
    const { handle } = this;
    this.handle = null;
    await handle?.close();
  }

  /** Opens the file, or the one that it was when it was last read; false: there is none. */
  private async begin(): Promise<boolean> {
    const left = this.at;
    const current = await fileIdAt(this.path);
    const path =
      left === null || left.file === current ? this.path : await renamed(this.path, left.file, current);
    const handle = await openedOrNull(path ?? this.path);
    if (handle === null) return false;
    this.handle = handle;
    const { dev, ino } = await handle.stat();
    const file = `${dev}:${ino}`;
    if (left !== null && left.file === file) return true;
    if (left !== null) this.onEvent('replaced');
    this.at = beginningOf(file);
    return true;
  }

  /** Back to the beginning where the content is not what was read. */
  private async checkContent(handle: FileHandle): Promise<void> {
    const { file, head, offset } = this.at!;
    const { size } = await handle.stat();
    if (size >= offset && (await hashOf(handle, head.bytes)) === head.hash) return;
    this.onEvent('truncated');
    this.at = beginningOf(file);
  }

  /** @param isEnded nothing will be appended: what stands behind the last line break is a line, too */
  private async readLines(handle: FileHandle, isEnded = false): Promise<TailedLine[]> {
    const from = this.at!;
    const { buffer, bytesRead } = await handle.read(
      Buffer.allocUnsafe(CHUNK_BYTES),
      0,
      CHUNK_BYTES,
      from.offset,
    );
    const bytes = buffer.subarray(0, bytesRead);
    const lines: TailedLine[] = [];
    let { header, line, skipping } = from;
    let start = 0;
    const take = (end: number): void => {
      line += 1;
      const read = skipping ? TOO_LONG : lineOf(bytes.subarray(start, end), line === 1);
      skipping = false;
      if (line === 1 && this.hasHeader) header = read.text;
      lines.push({ number: line, ...read });
    };
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      take(end);
      start = end + 1;
    }
    if (start === 0 && bytes.length === CHUNK_BYTES) {
      skipping = true;
      start = bytes.length;
    } else if (isEnded && start < bytes.length) {
      take(bytes.length);
      start = bytes.length;
    }
    const offset = from.offset + start;
    this.at = { file: from.file, offset, line, skipping, header, head: await this.headFor(handle, offset) };
    return lines;
  }

  private async headFor(handle: FileHandle, offset: number): Promise<FilePosition['head']> {
    const bytes = Math.min(offset, HEAD_BYTES);
    const { head } = this.at!;
    return bytes === head.bytes ? head : { bytes, hash: await hashOf(handle, bytes) };
  }
}

const TOO_LONG = { text: null, fault: `longer than ${CHUNK_BYTES} bytes` } as const;

function lineOf(bytes: Buffer, isFirst: boolean): Pick<TailedLine, 'text' | 'fault'> {
  if (!isUtf8(bytes)) return { text: null, fault: 'not UTF-8' };
  const text = bytes.toString();
  return { text: (isFirst ? text.replace(/^\uFEFF/, '') : text).replace(/\r$/, ''), fault: null };
}

function beginningOf(file: string): FilePosition {
  const head = { bytes: 0, hash: hash(Buffer.alloc(0)) };
  return { file, offset: 0, line: 0, skipping: false, header: null, head };
}

async function hashOf(handle: FileHandle, bytes: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
  return hash(buffer.subarray(0, bytesRead));
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/** Where the file went that was read before; null: it is not in the folder. */
async function renamed(path: string, file: string, current: string | null): Promise<string | null> {
  const folder = dirname(path);
  if (current === null && (await fileIdAt(folder)) === null) return null;
  for (const name of await readdir(folder)) {
    if ((await fileIdAt(join(folder, name))) === file) return join(folder, name);
  }
  return null;
}

async function openedOrNull(path: string): Promise<FileHandle | null> {
  return unlessMissing(open(path, 'r'));
}

async function fileIdAt(path: string): Promise<string | null> {
  const found = await unlessMissing(stat(path));
  return found === null ? null : `${found.dev}:${found.ino}`;
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
