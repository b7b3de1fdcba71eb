import type { FileHandle } from 'node:fs/promises';

/** The part of a file that is in memory. */
export class FileWindow {
  bytes: Buffer = Buffer.alloc(0);
  /** Where in the file `bytes` begins. */
  start = 0;
  private buffer: Buffer = Buffer.alloc(0);

  constructor(private readonly file: FileHandle) {}

  has(position: number, length: number): boolean {
    return position >= this.start && position + length <= this.start + this.bytes.length;
  }

  /** Fewer bytes where the file ends before. What was in memory is overwritten. */
  async load(position: number, length: number): Promise<void> {
    if (this.buffer.length < length) this.buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.file.read(this.buffer, filled, length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.bytes = this.buffer.subarray(0, filled);
    this.start = position;
  }
}
