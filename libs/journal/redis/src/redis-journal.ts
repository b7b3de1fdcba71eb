import { JournalError } from '@bowline/ports';
import type { Journal, StoredRecord, StoredSnapshot } from '@bowline/ports';
import { keep, takeOut } from './entry.js';
import { corrupt } from './failures.js';
import { fieldOf } from './keys.js';
import { readPages } from './read-pages.js';
import { SCRIPTS } from './scripts.js';
import type { StoreLine } from './store-line.js';

/** What Redis keeps of a shard. */
export interface ShardHead {
  readonly shard: string;
  readonly sequence: number;
  /** Null: there is none. */
  readonly snapshotAt: number | null;
  readonly forgotten: number;
}

export class RedisJournal implements Journal {
  readonly shard: string;
  sequence: number;
  /** Records up to here may be gone. */
  private forgotten: number;
  private snapshotAt: number | null;
  private readonly field: string;

  constructor(
    { forgotten, sequence, shard, snapshotAt }: ShardHead,
    private readonly line: StoreLine,
  ) {
    this.shard = shard;
    this.field = fieldOf(shard);
    this.sequence = sequence;
    this.snapshotAt = snapshotAt;
    this.forgotten = forgotten;
  }

  get isWritten(): boolean {
    return this.sequence > 0 || this.snapshotAt !== null;
  }

  append(expected: number, record: string): Promise<void> {
    const refusal = this.line.refusal() ?? this.conflictOf(expected);
    if (refusal !== null) return Promise.reject(refusal);
    this.sequence = expected;
    return this.line.append(this.shard, expected, record);
  }

  async saveSnapshot(sequence: number, snapshot: string, forgetTo: number): Promise<void> {
    this.expectOpen();
    const before = this.snapshotAt ?? 0;
    if (!(sequence >= before && sequence <= this.sequence && forgetTo <= sequence)) {
      throw new RangeError(
        `${this.shard}: a snapshot at record ${sequence} that forgets up to ${forgetTo} does not fit: the last record` +
          ` is ${this.sequence}, the last snapshot at ${before}`,
      );
    }
    this.snapshotAt = sequence;
    this.forgotten = Math.max(this.forgotten, forgetTo);
    const { keys, owner, epoch } = this.line.opening;
    const { bytes, check } = keep(snapshotName(this.shard, sequence), snapshot);
    const logAndSnapshot = [keys.log(this.field), keys.snapshot(this.field)];
    const args = [owner, epoch, this.field, this.line.nextOrdinal(), sequence, forgetTo, check, bytes];
    await this.line.commands.ask(async (connection) => {
      const { sha } = SCRIPTS.snapshot;
      const reply = await connection.evalsha(sha, 4, keys.store, keys.heads, ...logAndSnapshot, ...args);
      this.line.opening.expectOk(reply);
    });
  }

  async loadSnapshot(): Promise<StoredSnapshot | null> {
    this.expectOpen();
    const { keys, what } = this.line.opening;
    const key = keys.snapshot(this.field);
    const [number, check, bytes] = await this.line.commands.ask((connection) =>
      connection.hmgetBuffer(key, 'sequence', 'check', 'text'),
    );
    if (!number || !check || !bytes) {
      if (this.snapshotAt === null) return null;
      throw corrupt(what, `the snapshot of ${this.shard} is gone`);
    }
    const sequence = Number(number.toString());
    const snapshot = takeOut(snapshotName(this.shard, sequence), { bytes, check: check.toString() });
    if (snapshot === null) throw corrupt(what, `the snapshot of ${this.shard} is damaged`);
    return { sequence, snapshot };
  }

  readAfter(sequence: number): AsyncIterable<StoredRecord> {
    return readPages(this.line, this.shard, sequence, () => ({
      forgotten: this.forgotten,
      refusal: this.line.refusal(),
    }));
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
    const refusal = this.line.refusal();
    if (refusal !== null) throw refusal;
  }
}

/** What the checksum of a snapshot covers beside its text. */
function snapshotName(shard: string, sequence: number): string {
  return `snapshot of ${shard} at ${sequence}`;
}
