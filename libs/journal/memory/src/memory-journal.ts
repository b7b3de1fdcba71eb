import { JournalError } from '@bowline/ports';
import type { Journal, StoredRecord, StoredSnapshot } from '@bowline/ports';

/** What is durable of one shard. The record at index 0 is number `forgotten + 1`. */
export interface ShardContent {
  forgotten: number;
  records: string[];
  snapshot: StoredSnapshot | null;
}

/** What a journal needs of its store. */
interface Store {
  /** Why nothing is taken any more; null as long as it is. */
  refusal(): JournalError | null;
  /** Has the effect in the next microtask, after those that were asked for before. */
  write(effect: () => void): Promise<void>;
}

export class MemoryJournal implements Journal {
  sequence: number;
  private newestSnapshot: number;

  constructor(
    readonly shard: string,
    private readonly content: ShardContent,
    private readonly store: Store,
  ) {
    this.sequence = content.forgotten + content.records.length;
    this.newestSnapshot = content.snapshot?.sequence ?? 0;
  }

  append(expected: number, record: string): Promise<void> {
    const refusal = this.store.refusal() ?? this.conflictOf(expected);
    if (refusal !== null) return Promise.reject(refusal);
    this.sequence = expected;
    return this.store.write(() => this.content.records.push(record));
  }

  async saveSnapshot(sequence: number, snapshot: string, forgetTo: number): Promise<void> {
    this.expectOpen();
    if (!(sequence >= this.newestSnapshot && sequence <= this.sequence && forgetTo <= sequence)) {
      throw new RangeError(
        `${this.shard}: a snapshot at record ${sequence} that forgets up to ${forgetTo} does not fit: the last record` +
          ` is ${this.sequence}, the last snapshot at ${this.newestSnapshot}`,
      );
    }
    this.newestSnapshot = sequence;
    return this.store.write(() => {
      const { content } = this;
      content.snapshot = { sequence, snapshot };
      if (forgetTo <= content.forgotten) return;
      content.records = content.records.slice(forgetTo - content.forgotten);
      content.forgotten = forgetTo;
    });
  }

  async loadSnapshot(): Promise<StoredSnapshot | null> {
    this.expectOpen();
    return Promise.resolve(this.content.snapshot);
  }

  async *readAfter(sequence: number): AsyncIterable<StoredRecord> {
    const { content } = this;
    for (let at = Math.max(sequence, content.forgotten) + 1; ; at += 1) {
      // Between two records the reader may have awaited anything.
      this.expectOpen();
      const index = at - content.forgotten - 1;
      if (index >= content.records.length) return;
      const record = content.records[index];
      if (record === undefined) {
        throw new JournalError('failed', `${this.shard}: record ${at} was forgotten while it was read.`);
      }
      yield { sequence: at, record };
    }
  }

  private conflictOf(expected: number): JournalError | null {
    const next = this.sequence + 1;
    if (expected === next) return null;
    return new JournalError(
      'conflict',
      `${this.shard}: the next record is number ${next}, not ${expected}: somebody else writes this journal too.`,
    );
  }

  private expectOpen(): void {
    const refusal = this.store.refusal();
    if (refusal !== null) throw refusal;
  }
}
