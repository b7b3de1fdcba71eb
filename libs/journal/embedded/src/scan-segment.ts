import type { FileHandle } from 'node:fs/promises';
import { corrupt } from './failures.js';
import { FileWindow } from './file-window.js';
import {
  BATCH_HEADER,
  BATCH_TRAILER,
  batchLength,
  isWholeBatch,
  readFrame,
  SEGMENT_HEADER,
} from './layout.js';
import type { Frame } from './layout.js';

const CHUNK = 1024 * 1024;

export interface ScannedFile {
  readonly file: FileHandle;
  readonly path: string;
  /** Where to stop: its length, or for one that was written to until the end its capacity. */
  readonly end: number;
}

/**
 * Goes through the batches of a segment from the first one on, checks each, and gives its frames and their offsets.
 *
 * @returns where the first batch would be that is not there whole
 */
export async function scanSegment(
  { end, file, path }: ScannedFile,
  visit: (frame: Frame, offset: number) => void,
): Promise<number> {
  const window = new FileWindow(file);
  let position = SEGMENT_HEADER;
  while (position + BATCH_HEADER + BATCH_TRAILER <= end) {
    if (!window.has(position, BATCH_HEADER)) await window.load(position, Math.min(CHUNK, end - position));
    const length = batchLength(window.bytes, position - window.start, position);
    if (length === null || length > end - position) return position;
    if (!window.has(position, length)) {
      await window.load(position, Math.min(Math.max(CHUNK, length), end - position));
    }
    const at = position - window.start;
    if (!isWholeBatch(window.bytes, at, length)) return position;
    visitFrames(window, position, position + length - BATCH_TRAILER, path, visit);
    position += length;
  }
  return position;
}

function visitFrames(
  { bytes, start }: FileWindow,
  position: number,
  end: number,
  path: string,
  visit: (frame: Frame, offset: number) => void,
): void {
  let offset = position + BATCH_HEADER;
  while (offset < end) {
    const frame = readFrame(bytes, offset - start);
    visit(frame, offset);
    offset += frame.length;
  }
  if (offset !== end) throw corrupt(path, `offset ${position}: the records of a batch do not fill it`);
}
