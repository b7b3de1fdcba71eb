import { JournalError } from '@bowline/ports';
import { AppendBatch } from './append-batch.js';
import type { Opening } from './opening.js';
import type { OrderedCommands } from './ordered-commands.js';

/** The way of all shards of a store to Redis: what any of them writes arrives in the order of the calls. */
export class StoreLine {
  private filling: AppendBatch | null = null;
  private ordinal = 0;
  private isClosed = false;

  constructor(
    readonly opening: Opening,
    readonly commands: OrderedCommands,
  ) {}

  /** Why nothing is taken any more; null as long as it is. */
  refusal(): JournalError | null {
    if (this.isClosed) return new JournalError('closed', `${this.opening.what} was closed.`);
    return this.commands.failure;
  }

  append(shard: string, sequence: number, record: string): Promise<void> {
    let batch = this.filling;
    if (batch === null || !batch.isOpen) {
      batch = new AppendBatch(this.opening);
      this.filling = batch;
      this.commands.add(batch);
    }
    batch.add(shard, sequence, record);
    return batch.durable;
  }

  /** Numbers the snapshots, so that one which arrives twice never replaces a later one. */
  nextOrdinal(): number {
    this.ordinal += 1;
    return this.ordinal;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.commands.whenIdle();
    this.commands.disconnect();
  }
}
