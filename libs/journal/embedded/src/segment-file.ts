import { constants, write } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './durable-file.js';
import { corrupt } from './failures.js';
import { decodeSegmentHeader, encodeSegmentHeader, SEGMENT_HEADER } from './layout.js';
import type { SegmentHeader } from './layout.js';

export function segmentPath(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(6, '0')}.log`);
}

/** The number of the segment that has this name; null where the name is not one of a segment. */
export function segmentNumber(name: string): number | null {
  const digits = /^(\d{6,})\.log$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/**
 * So far ahead zeros are written where nothing stands yet: the disk then has the blocks, and a write that makes its
 * bytes durable need not make durable as well where they are.
 */
const AHEAD = 128 * 1024;
const ZEROS = Buffer.alloc(AHEAD);

/** The segment that is written to. */
export class ActiveSegment {
  /** Where the zeros end. */
  private laid = SEGMENT_HEADER;
  private laying: Promise<void> | null = null;

  private constructor(
    readonly number: number,
    private readonly file: FileHandle,
    private readonly capacity: number,
    /** Where the next batch goes; everything before it is durable. */
    public position: number,
  ) {}

  /**
   * Makes the file durable in its full size. A write then changes neither the size nor, mostly, where the blocks are,
   * so that the disk has one thing to flush and not two; and a file that was cut is told by its size.
   */
  static async create(folder: string, header: SegmentHeader): Promise<ActiveSegment> {
    const path = segmentPath(folder, header.number);
    const { O_CREAT, O_DSYNC, O_RDWR, O_TRUNC } = constants;
    const file = await open(path, O_RDWR | O_CREAT | O_TRUNC | O_DSYNC, 0o644);
    try {
      await file.truncate(header.capacity);
      await writeAll(file.fd, encodeSegmentHeader(header), 0);
      await file.sync();
      await syncFolder(folder);
      return new ActiveSegment(header.number, file, header.capacity, SEGMENT_HEADER);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get isEmpty(): boolean {
    return this.position === SEGMENT_HEADER;
  }

  hasRoomFor(length: number): boolean {
    return this.position + length <= this.capacity;
  }

  /** Resolves once the bytes are durable at the position: the file waits for the disk with each write. */
  async write(bytes: Buffer): Promise<void> {
    const end = this.position + bytes.length;
    // Zeros that are on their way would land on it.
    if (end > this.laid) await this.laying;
    await writeAll(this.file.fd, bytes, this.position);
    this.position = end;
    this.laid = Math.max(this.laid, end);
    if (this.laid - end < AHEAD / 2) this.layOut();
  }

  /** Gives back what was laid out and not used. Only once the manifest knows the length. */
  async cut(): Promise<void> {
    await this.laying;
    await this.file.truncate(this.position);
  }

  async close(): Promise<void> {
    await this.laying;
    await this.file.close();
  }

  private layOut(): void {
    const length = Math.min(AHEAD, this.capacity - this.laid);
    if (this.laying !== null || length === 0) return;
    const from = this.laid;
    this.laying = writeAll(this.file.fd, ZEROS.subarray(0, length), from).then(
      () => {
        this.laid = from + length;
        this.laying = null;
      },
      () => {
        // Nothing is lost by it: a disk that is full or broken refuses the next records as well.
        this.laying = null;
      },
    );
  }
}

/** The header of a segment, if it is the one that the manifest speaks of. */
export async function readHeader(
  file: FileHandle,
  path: string,
  expected: { readonly storeId: string; readonly number: number },
): Promise<SegmentHeader> {
  const bytes = Buffer.alloc(SEGMENT_HEADER);
  await file.read(bytes, 0, SEGMENT_HEADER, 0);
  const header = decodeSegmentHeader(bytes);
  if (header === null) throw corrupt(path, 'offset 0: it has no header of a segment, or one that is damaged');
  if (header.storeId !== expected.storeId) {
    throw corrupt(path, `it belongs to another store, ${header.storeId} and not ${expected.storeId}`);
  }
  if (header.number !== expected.number)
    throw corrupt(path, `it is segment ${header.number} under a wrong name`);
  return header;
}

/** The callback form of `write` costs less than the promised one, which counts for a lone record. */
function writeAll(fd: number, bytes: Buffer, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const step = (from: number): void =>
      write(fd, bytes, from, bytes.length - from, position + from, (error, written) => {
        if (error !== null) reject(error);
        // A disk that becomes full takes a part, and has the error for the rest.
        else if (from + written < bytes.length) step(from + written);
        else resolve();
      });
    step(0);
  });
}
