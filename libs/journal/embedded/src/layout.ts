import { crc32 } from 'node:zlib';

/**
 * The bytes of a segment, all numbers little-endian:
 *
 *     segment  header, batches one after the other, zeros up to its capacity
 *     header   magic (8), store id (16), number, capacity, CRC-32 of the 32 bytes before
 *     batch    mark, length, position, records, CRC-32 of the 16 bytes before, mark; frames; CRC-32 of the frames, mark
 *     frame    CRC-32 of all that follows, length of the text, shard, encoding, sequence (double); the text
 *
 * A batch is what one write makes durable, and the next is only written after it: a batch at some position says that
 * everything before it was durable. No byte of a mark is zero: a header or a batch that begins or ends with a zero was
 * not written whole.
 */

export const SEGMENT_HEADER = 36;
export const BATCH_HEADER = 24;
export const BATCH_TRAILER = 8;
export const FRAME_HEADER = 24;

const MAGIC = Buffer.from('BOWLJNL1', 'latin1');
const BATCH_MARK = 0xb07c_4ed1;
const FRAMES_MARK = 0xf2a3_5e59;
const END_MARK = 0xe4db_a7c5;

export interface SegmentHeader {
  /** 32 hex digits. */
  readonly storeId: string;
  readonly number: number;
  /** Bytes of the whole file as long as it is written to. */
  readonly capacity: number;
}

export function encodeSegmentHeader({ capacity, number, storeId }: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER);
  MAGIC.copy(bytes);
  bytes.write(storeId, 8, 'hex');
  bytes.writeUInt32LE(number, 24);
  bytes.writeUInt32LE(capacity, 28);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 32)), 32);
  return bytes;
}

/** Null where these are not the bytes of a header. */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | null {
  if (bytes.length < SEGMENT_HEADER || !bytes.subarray(0, 8).equals(MAGIC)) return null;
  if (bytes.readUInt32LE(32) !== crc32(bytes.subarray(0, 32))) return null;
  return {
    storeId: bytes.toString('hex', 8, 24),
    number: bytes.readUInt32LE(24),
    capacity: bytes.readUInt32LE(28),
  };
}

/** Closes a batch whose frames lie between its header and its last 8 bytes. */
export function sealBatch(bytes: Buffer, position: number, records: number): void {
  const end = bytes.length - BATCH_TRAILER;
  bytes.writeUInt32LE(BATCH_MARK, 0);
  bytes.writeUInt32LE(bytes.length, 4);
  bytes.writeUInt32LE(position, 8);
  bytes.writeUInt32LE(records, 12);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 16)), 16);
  bytes.writeUInt32LE(FRAMES_MARK, 20);
  bytes.writeUInt32LE(crc32(bytes.subarray(BATCH_HEADER, end)), end);
  bytes.writeUInt32LE(END_MARK, end + 4);
}

/** The length of the batch whose header lies at `at`; null where none does that was written to `position`. */
export function batchLength(bytes: Buffer, at: number, position: number): number | null {
  if (at + BATCH_HEADER > bytes.length || bytes.readUInt32LE(at) !== BATCH_MARK) return null;
  if (bytes.readUInt32LE(at + 20) !== FRAMES_MARK) return null;
  if (bytes.readUInt32LE(at + 16) !== crc32(bytes.subarray(at, at + 16))) return null;
  return bytes.readUInt32LE(at + 8) === position ? bytes.readUInt32LE(at + 4) : null;
}

/** Whether the batch at `at`, whose header is good, is the one that was written. */
export function isWholeBatch(bytes: Buffer, at: number, length: number): boolean {
  const end = at + length - BATCH_TRAILER;
  return (
    bytes.readUInt32LE(end + 4) === END_MARK &&
    bytes.readUInt32LE(end) === crc32(bytes.subarray(at + BATCH_HEADER, end))
  );
}

/** Where a batch may begin in the bytes from `from` on; -1 where none can. */
export function nextBatchCandidate(bytes: Buffer, from: number): number {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(BATCH_MARK);
  return bytes.indexOf(mark, from);
}

/** What a frame says of its record. */
export interface Frame {
  readonly shard: number;
  readonly encoding: number;
  readonly sequence: number;
  /** Bytes of header and text. */
  readonly length: number;
}

export function readFrame(bytes: Buffer, at: number): Frame {
  return {
    length: FRAME_HEADER + bytes.readUInt32LE(at + 4),
    shard: bytes.readUInt32LE(at + 8),
    encoding: bytes.readUInt32LE(at + 12),
    sequence: bytes.readDoubleLE(at + 16),
  };
}

/** Completes the frame around a text of `length` bytes that lies behind its header. */
export function sealFrame(bytes: Buffer, at: number, { encoding, length, sequence, shard }: Frame): void {
  bytes.writeUInt32LE(length - FRAME_HEADER, at + 4);
  bytes.writeUInt32LE(shard, at + 8);
  bytes.writeUInt32LE(encoding, at + 12);
  bytes.writeDoubleLE(sequence, at + 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(at + 4, at + length)), at);
}

export function isWholeFrame(bytes: Buffer, at: number, length: number): boolean {
  return bytes.readUInt32LE(at) === crc32(bytes.subarray(at + 4, at + length));
}
