import { compareCodePoints } from '@bowline/domain';
import { JournalError } from '@bowline/ports';
import type { Journal, JournalStore } from '@bowline/ports';
import { EmbeddedJournal } from './embedded-journal.js';
import { asJournalError } from './failures.js';
import { LogWriter } from './log-writer.js';
import type { SegmentedLog } from './segmented-log.js';
import type { ShardSnapshot } from './snapshot-file.js';

/** The store of one folder, as long as this process holds it. */
export class EmbeddedJournals implements JournalStore {
  readonly epoch: number;
  private readonly writer: LogWriter;
  private readonly opened = new Map<string, EmbeddedJournal>();
  private closing: Promise<void> | null = null;

  constructor(
    private readonly log: SegmentedLog,
    private readonly found: ReadonlyMap<string, Pick<ShardSnapshot, 'sequence'>>,
    private readonly unlock: () => Promise<void>,
  ) {
    this.epoch = log.epoch;
    this.writer = new LogWriter(log);
  }

  journal(shard: string): Journal {
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
    if (this.opened.has(shard)) {
      throw new JournalError('conflict', `The journal of ${shard} is open already: it has one writer.`);
    }
    const snapshotAt = this.found.get(shard)?.sequence ?? null;
    const journal = new EmbeddedJournal(this.log, this.log.shard(shard), snapshotAt, this.writer, () =>
      this.refusal(),
    );
    this.opened.set(shard, journal);
    return journal;
  }

  shards(): readonly string[] {
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
    const saved = [...this.opened.values()]
      .filter(({ hasSnapshot }) => hasSnapshot)
      .map(({ shard }) => shard);
    return [...new Set([...this.log.written(), ...this.found.keys(), ...saved])].sort(compareCodePoints);
  }

  close(): Promise<void> {
    this.closing ??= this.settle();
    return this.closing;
  }

  private async settle(): Promise<void> {
    try {
      const [written] = await Promise.allSettled([
        this.writer.flush(),
        ...[...this.opened.values()].map((journal) => journal.settled()),
      ]);
      // After a failed write nobody knows where the log ends: that is for the next one to find out, as after a crash.
      if (written.status === 'fulfilled') await this.log.seal();
    } catch (error) {
      throw asJournalError(error, `Closing the journals in ${this.log.folder}`);
    } finally {
      await this.log.close();
      await this.unlock();
    }
  }

  private refusal(): JournalError | null {
    if (this.closing === null) return null;
    return new JournalError('closed', `The journals in ${this.log.folder} were closed.`);
  }
}
