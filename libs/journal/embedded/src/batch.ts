import { BATCH_HEADER, BATCH_TRAILER, FRAME_HEADER, sealBatch, sealFrame } from './layout.js';
import type { ShardLog } from './shard-log.js';
import { encodingOf, ENCODINGS, mostBytes } from './text.js';

/** Records that are written together: one write, one wait for the disk. */
export class Batch {
  /** For everybody whose record is in here: resolves once all are durable. */
  readonly durable: Promise<void>;
  resolve!: () => void;
  reject!: (error: Error) => void;
  private readonly logs: ShardLog[] = [];
  private readonly starts: number[] = [];
  private end = BATCH_HEADER;

  /** @param bytes to begin with; replaced by larger ones where they are not enough */
  constructor(private bytes: Buffer) {
    this.durable = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  get isEmpty(): boolean {
    return this.logs.length === 0;
  }

  /** Bytes on the disk. */
  get length(): number {
    return this.end + BATCH_TRAILER;
  }

  /** What the batch was written in, for the next one. */
  get buffer(): Buffer {
    return this.bytes;
  }

  add(log: ShardLog, sequence: number, record: string): void {
    const start = this.end;
    this.reserve(start + FRAME_HEADER + mostBytes(record) + BATCH_TRAILER);
    const encoding = encodingOf(record);
    const length = FRAME_HEADER + this.bytes.write(record, start + FRAME_HEADER, ENCODINGS[encoding]);
    sealFrame(this.bytes, start, { encoding, length, sequence, shard: log.number });
    this.logs.push(log);
    this.starts.push(start);
    this.end += length;
  }

  /** The bytes to be written to `position` of a segment. */
  seal(position: number): Buffer {
    const bytes = this.bytes.subarray(0, this.length);
    sealBatch(bytes, position, this.logs.length);
    return bytes;
  }

  /** Tells the shards where their records are, now that the batch is durable at `position` of the segment. */
  index(segment: number, position: number): void {
    this.logs.forEach((log, at) => {
      const start = this.starts[at]!;
      log.add(segment, position + start, (this.starts[at + 1] ?? this.end) - start);
    });
  }

  private reserve(length: number): void {
    if (length <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(length, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }
}
