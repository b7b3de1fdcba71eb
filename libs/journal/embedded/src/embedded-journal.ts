import { JournalError } from '@bowline/ports';
import type { Journal, StoredRecord, StoredSnapshot } from '@bowline/ports';
import { asJournalError } from './failures.js';
import type { LogWriter } from './log-writer.js';
import { readRecords } from './read-records.js';
import type { SegmentedLog } from './segmented-log.js';
import type { ShardLog } from './shard-log.js';
import { readSnapshot, writeSnapshot } from './snapshot-file.js';

export class EmbeddedJournal implements Journal {
  readonly shard: string;
  sequence: number;
  /** What is done with snapshots is done one after the other. */
  private snapshots: Promise<unknown> = Promise.resolve();

  /** @param refusal why nothing is taken any more; null as long as it is */
  constructor(
    private readonly log: SegmentedLog,
    private readonly records: ShardLog,
    private snapshotAt: number | null,
    private readonly writer: LogWriter,
    private readonly refusal: () => JournalError | null,
  ) {
    this.shard = records.name;
    this.sequence = records.last;
  }

  get hasSnapshot(): boolean {
    return this.snapshotAt !== null;
  }

  append(expected: number, record: string): Promise<void> {
    const refusal = this.refusal() ?? this.conflictOf(expected);
    if (refusal !== null) return Promise.reject(refusal);
    this.sequence = expected;
    return this.writer.append(this.records, expected, record);
  }

  async saveSnapshot(sequence: number, snapshot: string, forgetTo: number): Promise<void> {
    return this.afterOthers(async () => {
      const before = this.snapshotAt ?? 0;
      if (!(sequence >= before && sequence <= this.sequence && forgetTo <= sequence)) {
        throw new RangeError(
          `${this.shard}: a snapshot at record ${sequence} that forgets up to ${forgetTo} does not fit: the last` +
            ` record is ${this.sequence}, the last snapshot at ${before}`,
        );
      }
      // A snapshot of what is not in the log yet would, after a crash, know more than the log.
      await this.writer.flush();
      const { folder, storeId } = this.log;
      await writeSnapshot(folder, { storeId, shard: this.shard, sequence, snapshot, forgetTo });
      this.snapshotAt = sequence;
      this.records.forget(forgetTo);
      await this.log.dropForgotten();
    }, 'Saving a snapshot');
  }

  async loadSnapshot(): Promise<StoredSnapshot | null> {
    return this.afterOthers(async () => {
      if (this.snapshotAt === null) return null;
      const { sequence, snapshot } = await readSnapshot(this.log.folder, this.shard, this.snapshotAt);
      return { sequence, snapshot };
    }, 'Loading the snapshot');
  }

  readAfter(sequence: number): AsyncIterable<StoredRecord> {
    return readRecords(this.log.folder, this.records, sequence, this.refusal);
  }

  /** Resolves once no snapshot is on its way to or from the disk. */
  async settled(): Promise<void> {
    await this.snapshots;
  }

  private async afterOthers<T>(action: () => Promise<T>, doing: string): Promise<T> {
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
    const result = this.snapshots.then(action).catch((error: unknown) => {
      throw error instanceof RangeError ? error : asJournalError(error, `${doing} of ${this.shard}`);
    });
    this.snapshots = result.catch(() => undefined);
    return result;
  }

  private conflictOf(expected: number): JournalError | null {
    const next = this.sequence + 1;
    if (expected === next) return null;
    return new JournalError(
      'conflict',
      `${this.shard}: the next record is number ${next}, not ${expected}: somebody else writes this journal too.`,
    );
  }
}
