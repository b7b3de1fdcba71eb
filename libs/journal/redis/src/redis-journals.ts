import { compareCodePoints } from '@bowline/domain';
import { JournalError } from '@bowline/ports';
import type { Journal, JournalStore } from '@bowline/ports';
import { RedisJournal } from './redis-journal.js';
import type { ShardHead } from './redis-journal.js';
import type { StoreLine } from './store-line.js';

/** A store in Redis, as long as this process has it, and nobody else takes it over. */
export class RedisJournals implements JournalStore {
  private readonly opened = new Map<string, RedisJournal>();
  private closing: Promise<void> | null = null;

  constructor(
    private readonly line: StoreLine,
    private readonly heads: ReadonlyMap<string, ShardHead>,
  ) {}

  get epoch(): number {
    return this.line.opening.epoch;
  }

  journal(shard: string): Journal {
    this.expectOpen();
    if (this.opened.has(shard)) {
      throw new JournalError('conflict', `The journal of ${shard} is open already: it has one writer.`);
    }
    const head = this.heads.get(shard) ?? { shard, sequence: 0, snapshotAt: null, forgotten: 0 };
    const journal = new RedisJournal(head, this.line);
    this.opened.set(shard, journal);
    return journal;
  }

  shards(): readonly string[] {
    this.expectOpen();
    const written = [...this.opened.values()].filter(({ isWritten }) => isWritten).map(({ shard }) => shard);
    return [...new Set([...this.heads.keys(), ...written])].sort(compareCodePoints);
  }

  close(): Promise<void> {
    this.closing ??= this.line.close();
    return this.closing;
  }

  private expectOpen(): void {
    const refusal = this.line.refusal();
    if (refusal !== null) throw refusal;
  }
}
