/** Opens the journals of one process. Whoever opens it holds it alone. */
export interface JournalStore {
  /**
   * The journal of one role and shard, `oco-manager/ikenna.binance-usdm.BTCUSDT`. It has one writer: asked for a second
   * time, it throws a `JournalError` of kind `conflict`.
   */
  journal(shard: string): Journal;
  /** Names of all shards that have a record or a snapshot, in code-point order. */
  shards(): readonly string[];
  /**
   * Raised by one each time the store is opened: the epoch of every lease that this process holds by holding the
   * store.
   */
  readonly epoch: number;
  /** Waits for what was appended, and gives the store up. */
  close(): Promise<void>;
}

/** The records of one shard, numbered from 1 without gaps. One writer. */
export interface Journal {
  readonly shard: string;
  /** The number of the last record, durable or on its way; 0: none. */
  readonly sequence: number;
  /**
   * Appends one record whole, or not at all. Resolves once it is durable, in the order of the calls; it need not be
   * awaited before the next one. `expected` is the record's number, `sequence + 1`; any other is a `JournalError` of
   * kind `conflict`, which changes nothing. When writing fails (`full`, `failed`) nobody knows what the disk has: what
   * was on its way is refused, and from then on every append of every shard.
   */
  append(expected: number, record: string): Promise<void>;
  /**
   * Keeps a state that holds everything up to and with record `sequence`. Resolves once it is durable. Records up to
   * `forgetTo` (at most `sequence`) may be dropped from then on. It is a bug, a `RangeError`, to save one of a record
   * that was not appended, or one that is older than the last.
   */
  saveSnapshot(sequence: number, snapshot: string, forgetTo: number): Promise<void>;
  /** The newest snapshot, null where there is none. */
  loadSnapshot(): Promise<StoredSnapshot | null>;
  /**
   * The records after `sequence` that are kept, oldest first, up to the last one that is durable when it is reached.
   * A reader that is overtaken by forgetting fails; it never leaves a record out.
   */
  readAfter(sequence: number): AsyncIterable<StoredRecord>;
}

export interface StoredSnapshot {
  readonly sequence: number;
  readonly snapshot: string;
}

export interface StoredRecord {
  readonly sequence: number;
  readonly record: string;
}

/**
 * - `conflict`: another record has this number: there is a second writer, or a bug
 * - `locked`: another process holds the store
 * - `corrupt`: a checksum or a number does not fit
 * - `full`: no space is left
 * - `failed`: reading or writing failed
 * - `closed`: it was used after it was closed
 */
export type JournalErrorKind = 'conflict' | 'locked' | 'corrupt' | 'full' | 'failed' | 'closed';

/** A journal that cannot be used. The message says what is wrong, in which file, and what to do. */
export class JournalError extends Error {
  constructor(
    readonly kind: JournalErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'JournalError';
  }
}
