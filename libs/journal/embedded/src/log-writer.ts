import type { JournalError } from '@bowline/ports';
import { Batch } from './batch.js';
import { asJournalError } from './failures.js';
import type { ShardLog } from './shard-log.js';

/** Where batches become durable. */
export interface BatchSink {
  /** Resolves once the batch is durable, and its records can be read. */
  write(batch: Batch): Promise<void>;
}

const SMALL = 64 * 1024;
/** More than this is not gathered in one write. */
const LARGE = 1024 * 1024;

/**
 * Group commit: while one write is on its way to the disk, what all shards append is gathered for the next one. So the
 * log takes as many records as there come, and a lone one waits for one write.
 */
export class LogWriter {
  private filling = new Batch(Buffer.allocUnsafe(SMALL));
  /** Full ones that wait for the disk, oldest first. */
  private readonly full: Batch[] = [];
  /** The one that is on its way. */
  private current: Batch | null = null;
  private spare: Buffer | null = null;
  private writing = false;
  private failure: JournalError | null = null;

  constructor(private readonly sink: BatchSink) {}

  /** Resolves once the record is durable. All that go into one write share the promise. */
  append(log: ShardLog, sequence: number, record: string): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const batch = this.filling;
    batch.add(log, sequence, record);
    if (batch.length >= LARGE) {
      this.full.push(batch);
      this.filling = this.newBatch();
    }
    if (!this.writing) {
      this.writing = true;
      // What is appended in the same turn goes into the same write.
      queueMicrotask(() => void this.writeAll());
    }
    return batch.durable;
  }

  /** Resolves once everything that was appended is durable. */
  async flush(): Promise<void> {
    if (this.failure !== null) throw this.failure;
    const last = this.filling.isEmpty ? (this.full.at(-1) ?? this.current) : this.filling;
    await last?.durable;
  }

  private async writeAll(): Promise<void> {
    try {
      for (let batch = this.next(); batch !== null; batch = this.next()) {
        this.current = batch;
        await this.sink.write(batch);
        this.current = null;
        if (batch.buffer.length <= 2 * LARGE) this.spare = batch.buffer;
        batch.resolve();
      }
    } catch (error) {
      this.fail(asJournalError(error, 'Writing the log'));
    } finally {
      this.writing = false;
    }
  }

  private next(): Batch | null {
    const full = this.full.shift();
    if (full !== undefined) return full;
    if (this.filling.isEmpty) return null;
    const batch = this.filling;
    this.filling = this.newBatch();
    return batch;
  }

  private newBatch(): Batch {
    const batch = new Batch(this.spare ?? Buffer.allocUnsafe(SMALL));
    this.spare = null;
    return batch;
  }

  /** After an error nobody knows what the disk has: what was appended is refused, and so is all that comes. */
  private fail(failure: JournalError): void {
    this.failure = failure;
    for (const batch of [this.current, ...this.full, this.filling]) {
      if (batch !== null && !batch.isEmpty) batch.reject(failure);
    }
  }
}
