/** Sees to it that what has a name is done by one process at a time, on however many it is started. */
export interface Leases {
  /**
   * Waits until the lease can be had: until its holder has given it back, or its time has run out because nobody renews
   * it any more. Trouble on the way is waited out. Rejects with the signal's reason once that aborts, and with a
   * `LeaseError` of kind `closed` where the leases are closed.
   *
   * @param name of what is held, `execution-gateway/ikenna.binance-usdm`
   */
  acquire(name: string, options?: { readonly signal?: AbortSignal }): Promise<Lease>;
  /** Gives back what is still held, and ends every wait. */
  close(): Promise<void>;
}

/** Held until it is given back, or lost. It is renewed by itself. */
export interface Lease {
  readonly name: string;
  /** Higher than that of every acquisition of the name before, over restarts of everybody. From 1. */
  readonly epoch: number;
  /**
   * How long after this acquisition the holder before may still have acted under its own, in milliseconds: its full
   * time, where it did not give it back. 0: it did, or has certainly ended, or there was none.
   */
  readonly formerMs: number;
  /**
   * How long nobody else can get it, whatever happens, in milliseconds by a monotonic clock: it does not matter where
   * the machine's clock is set to, nor how long the process has slept. 0 once it is lost or given back: never more again.
   */
  remainingMs(): number;
  /** Resolves once it is lost. Whoever is about to act asks `remainingMs`: a process that has slept learns it late. */
  readonly lost: Promise<void>;
  /** Gives it back, so that the next one need not wait. Whoever calls this does nothing under it any more. */
  release(): Promise<void>;
}

/**
 * - `lost`: it was not renewed in time, or somebody else has it
 * - `short`: what is left of it is not enough for what was to be done
 * - `stale`: a shard has run under a higher epoch already
 * - `closed`: leases were asked for after they were closed
 * - `failed`: the place where they are kept cannot be used
 */
export type LeaseErrorKind = 'lost' | 'short' | 'stale' | 'closed' | 'failed';

/** What may not be done without the lease. The message says why, and what to do. */
export class LeaseError extends Error {
  constructor(
    readonly kind: LeaseErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'LeaseError';
  }
}
