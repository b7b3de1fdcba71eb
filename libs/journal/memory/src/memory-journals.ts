import { compareCodePoints } from '@bowline/domain';
import { JournalError } from '@bowline/ports';
import type { Journal, JournalStore } from '@bowline/ports';
import { MemoryJournal } from './memory-journal.js';
import type { ShardContent } from './memory-journal.js';

/** Journals that live as long as the process, and that can be opened again as after a crash. */
export interface MemoryJournals extends JournalStore {
  /**
   * What a process finds that starts after this one has died here: everything that was acknowledged, under the next
   * epoch. This store is fenced by it: what it has not acknowledged yet is lost, and every later call fails with
   * `closed`.
   */
  reopen(): MemoryJournals;
}

/** Opens an empty store. Nothing touches a disk: an append is durable one microtask after it was called. */
export function openMemoryJournals(): MemoryJournals {
  return new Store({ epoch: 0, shards: new Map() });
}

/** What outlives a store: what a disk would have. */
interface Content {
  epoch: number;
  readonly shards: Map<string, ShardContent>;
}

class Store implements MemoryJournals {
  readonly epoch: number;
  private readonly opened = new Set<string>();
  private waiting: (() => void)[] = [];
  private settling: Promise<void> | null = null;
  private closed = false;

  constructor(private readonly content: Content) {
    content.epoch += 1;
    this.epoch = content.epoch;
  }

  journal(shard: string): Journal {
    this.expectOpen();
    if (this.opened.has(shard)) {
      throw new JournalError('conflict', `The journal of ${shard} is open already: it has one writer.`);
    }
    this.opened.add(shard);
    let content = this.content.shards.get(shard);
    if (content === undefined) {
      content = { forgotten: 0, records: [], snapshot: null };
      this.content.shards.set(shard, content);
    }
    return new MemoryJournal(shard, content, this);
  }

  shards(): readonly string[] {
    this.expectOpen();
    return [...this.content.shards]
      .filter(([, { forgotten, records, snapshot }]) => forgotten + records.length > 0 || snapshot !== null)
      .map(([shard]) => shard)
      .sort(compareCodePoints);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.settling;
  }

  reopen(): MemoryJournals {
    return new Store(this.content);
  }

  refusal(): JournalError | null {
    return this.fence() ?? (this.closed ? new JournalError('closed', 'The journals were closed.') : null);
  }

  write(effect: () => void): Promise<void> {
    this.waiting.push(effect);
    this.settling ??= Promise.resolve().then(() => this.settle());
    return this.settling;
  }

  private settle(): void {
    const effects = this.waiting;
    this.waiting = [];
    this.settling = null;
    const fence = this.fence();
    if (fence !== null) throw fence;
    for (const effect of effects) effect();
  }

  private fence(): JournalError | null {
    const { epoch } = this.content;
    if (epoch === this.epoch) return null;
    return new JournalError('closed', `Epoch ${epoch} has taken the journals over from epoch ${this.epoch}.`);
  }

  private expectOpen(): void {
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
  }
}
