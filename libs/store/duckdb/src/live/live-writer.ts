import {
  LIVE_TABLE_NAMES,
  liveKey,
  type LiveRow,
  type LiveRows,
  type LiveTableName,
} from '@bowline/contracts';
import type { RefusedRow, RowsByTable } from './live-rows.js';
import type { LiveStore, SeenMessage } from './live-store.js';

export interface LiveWriterOptions {
  /** A batch is written at latest after this many milliseconds. Default 1,000. */
  readonly everyMs?: number;
  /** And at once when it has as many rows. Default 2,000. */
  readonly fullAt?: number;
  /** With as many rows waiting, `add` waits too. Default 20,000. */
  readonly mostWaiting?: number;
  /** Told of each failure to write; the batch is kept, and tried again. */
  readonly onFailure: (error: unknown) => void;
  /** Told of each row that was left out, because its table cannot hold it. */
  readonly onRefused: (refused: RefusedRow) => void;
}

/** What waits to be written. */
class Batch {
  readonly seen: SeenMessage[] = [];
  readonly written: (() => void)[] = [];
  size = 0;
  private readonly tables = new Map<LiveTableName, Map<string, LiveRow<LiveTableName>>>();

  /** Of several rows of one key only the last is written. */
  put(name: LiveTableName, rows: Iterable<LiveRow<LiveTableName>>): void {
    let table = this.tables.get(name);
    if (table === undefined) this.tables.set(name, (table = new Map<string, LiveRow<LiveTableName>>()));
    const before = table.size;
    for (const row of rows) table.set(liveKey(name, row), row);
    this.size += table.size - before;
  }

  /** Puts a later batch on top of this one. */
  take(later: Batch): void {
    for (const [name, rows] of later.tables) this.put(name, rows.values());
    this.seen.push(...later.seen);
    this.written.push(...later.written);
  }

  rows(): RowsByTable {
    return new Map([...this.tables].map(([name, rows]) => [name, [...rows.values()]]));
  }

  get isEmpty(): boolean {
    return this.size === 0 && this.written.length === 0 && this.seen.length === 0;
  }
}

/**
 * Writes to a live store in batches: rows one by one would cost a hundred times as much. What was added is told to be
 * written only once its batch is durable. A batch that could not be written is kept and tried again, with what has
 * come since.
 */
export class LiveWriter {
  private batch = new Batch();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> | null = null;
  private roomFor: (() => void)[] = [];
  private hurried = false;
  private stopped = false;
  private lastFailure: Error | null = null;

  constructor(
    private readonly store: Pick<LiveStore, 'commit'>,
    private readonly options: LiveWriterOptions,
  ) {}

  /** Why the last batch could not be written; null where it was. */
  get failure(): Error | null {
    return this.lastFailure;
  }

  /**
   * Adds what one message has changed, nothing perhaps; `written` is called once that, and all before it, is durable.
   * Resolves as soon as there is room for more.
   */
  async add(rows: LiveRows, seen: SeenMessage | null, written: () => void): Promise<void> {
    if (this.stopped) return;
    const { batch, options } = this;
    for (const name of LIVE_TABLE_NAMES) {
      const own = rows[name];
      if (own !== undefined && own.length > 0) batch.put(name, own);
    }
    if (seen !== null) batch.seen.push(seen);
    batch.written.push(written);
    if (this.hurried || batch.size >= (options.fullAt ?? 2_000)) this.start();
    else this.timer ??= setTimeout(() => this.start(), options.everyMs ?? 1_000);
    if (batch.size < (options.mostWaiting ?? 20_000)) return;
    await new Promise<void>((resolve) => {
      this.roomFor.push(resolve);
    });
  }

  /** From now on what is added is written at once: whoever closes waits for it. */
  hurry(): void {
    this.hurried = true;
    this.start();
  }

  /** Writes what waits. Rejects where that fails. */
  async flush(): Promise<void> {
    while (this.writing !== null || !this.batch.isEmpty) {
      this.start();
      await this.writing;
      if (this.lastFailure !== null) throw this.lastFailure;
    }
  }

  /** Takes nothing more. What waits and was not flushed is not written, and not told to be. */
  stop(): void {
    this.stopped = true;
    this.stopTimer();
  }

  private start(): void {
    if (this.writing !== null || this.batch.isEmpty) return;
    this.stopTimer();
    this.writing = this.write().finally(() => {
      this.writing = null;
      this.goOn();
    });
  }

  private async write(): Promise<void> {
    const { batch } = this;
    this.batch = new Batch();
    let refused: readonly RefusedRow[];
    try {
      refused = await this.store.commit(batch.rows(), batch.seen);
    } catch (error) {
      batch.take(this.batch);
      this.batch = batch;
      this.lastFailure = error instanceof Error ? error : new Error(String(error));
      this.options.onFailure(error);
      return;
    }
    this.lastFailure = null;
    for (const each of refused) this.options.onRefused(each);
    for (const written of batch.written) written();
    const waiting = this.roomFor;
    this.roomFor = [];
    for (const resolve of waiting) resolve();
  }

  private goOn(): void {
    if (this.stopped || this.batch.isEmpty) return;
    const { everyMs = 1_000, fullAt = 2_000 } = this.options;
    if (this.lastFailure === null && (this.hurried || this.batch.size >= fullAt)) this.start();
    else this.timer ??= setTimeout(() => this.start(), everyMs);
  }

  private stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
