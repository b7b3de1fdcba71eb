import { FileWindow } from './file-window.js';
import { BATCH_HEADER, batchLength, nextBatchCandidate } from './layout.js';
import type { ScannedFile } from './scan-segment.js';

const CHUNK = 1024 * 1024;
const ZEROS = Buffer.alloc(CHUNK);
/** What a disk writes whole or not at all. */
const SECTOR = 512;

/**
 * What lies where the next batch would be, in a segment that nobody has closed:
 * - `nothing`: zeros
 * - `torn`: a write that a crash has cut off before it was acknowledged
 * - `damaged`: what no crash of ours can leave: something was acknowledged, and is not as it was
 */
export type Tail =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'torn'; readonly bytes: number }
  | { readonly kind: 'damaged'; readonly problem: string };

/**
 * A batch is acknowledged when all of it has reached the disk, and only then the next one is written. So what was cut
 * off lacks its end, or a sector on the way, which is all zeros in a segment that was laid out empty; and nothing that
 * was written later lies behind it.
 */
export async function judgeTail({ end, file }: ScannedFile, position: number): Promise<Tail> {
  const window = new FileWindow(file);
  const used = await endOfData(window, position, end);
  if (used === position) return { kind: 'nothing' };
  await window.load(position, used - position);
  const { bytes } = window;
  const later = laterBatch(bytes, position);
  if (later !== null) {
    return {
      kind: 'damaged',
      problem: `a batch is damaged or missing: there is another one at offset ${later}`,
    };
  }
  const length = batchLength(bytes, 0, position) ?? BATCH_HEADER;
  if (!hasHole(bytes, position, length)) {
    return { kind: 'damaged', problem: 'the checksum of a batch that was written whole does not fit' };
  }
  return { kind: 'torn', bytes: used - position };
}

/** The offset behind the last byte that is not zero; `position` where all are. */
async function endOfData(window: FileWindow, position: number, end: number): Promise<number> {
  let used = position;
  for (let from = position; from < end; from += CHUNK) {
    await window.load(from, Math.min(CHUNK, end - from));
    const { bytes } = window;
    if (isZeros(bytes)) continue;
    let last = bytes.length - 1;
    while (bytes[last] === 0) last -= 1;
    used = from + last + 1;
  }
  return used;
}

/** The offset of a batch that was written after the one at `position`; null where there is none. */
function laterBatch(bytes: Buffer, position: number): number | null {
  for (let at = nextBatchCandidate(bytes, 1); at !== -1; at = nextBatchCandidate(bytes, at + 1)) {
    if (batchLength(bytes, at, position + at) !== null) return position + at;
  }
  return null;
}

/** Whether the end of the first `length` bytes, or a whole sector among them, was never written. */
function hasHole(bytes: Buffer, position: number, length: number): boolean {
  // What was loaded ends with the last byte that is not zero, and so do a header and a batch.
  if (length > bytes.length) return true;
  for (let from = 0; from < length;) {
    const to = Math.min(length, from + SECTOR - ((position + from) % SECTOR));
    if (isZeros(bytes.subarray(from, to))) return true;
    from = to;
  }
  return false;
}

function isZeros(bytes: Buffer): boolean {
  return ZEROS.compare(bytes, 0, bytes.length, 0, bytes.length) === 0;
}
