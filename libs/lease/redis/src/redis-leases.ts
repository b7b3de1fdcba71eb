import { randomUUID } from 'node:crypto';
import { LeaseError, type Lease, type Leases } from '@bowline/ports';
import { connect, type Connection } from './connection.js';
import { HeldLease } from './held-lease.js';
import { monotonicMs } from './monotonic.js';
import { pause } from './pause.js';

export interface RedisLeasesOptions {
  /** `redis://user:password@host:6379`, `rediss://` over TLS. A single server or what stands for one; no cluster. */
  readonly url: string;
  /** Stands before the names of keys; `bowline:`. */
  readonly prefix?: string;
  /** How long a lease lasts that is not renewed any more; 15,000. It is renewed three times as often. */
  readonly ttlMs?: number;
  /** How much earlier than Redis the holder takes it for lost, since no two clocks run alike; a twentieth of `ttlMs`. */
  readonly marginMs?: number;
  /** After so long without an answer the connection is given up for a new one; a sixth of `ttlMs`. */
  readonly timeoutMs?: number;
  /** How often whoever waits asks whether it is free, and how soon what failed is tried again; 200. */
  readonly pollMs?: number;
  /** Told of what goes wrong on the way to Redis; it is tried again. Absent: a warning of the process. */
  readonly onTrouble?: (error: Error) => void;
}

/** Leases between machines, in Redis. */
export class RedisLeases implements Leases {
  private readonly settings: Required<RedisLeasesOptions>;
  private readonly connection: Connection;
  private readonly held = new Set<HeldLease>();
  private readonly closing = new AbortController();

  constructor(options: RedisLeasesOptions) {
    const { ttlMs = 15_000 } = options;
    // After a renewal without an answer there is time for another one, with enough left of the lease to work under it.
    const timing = { marginMs: ttlMs / 20, timeoutMs: ttlMs / 6, pollMs: 200 };
    this.settings = { prefix: 'bowline:', ttlMs, ...timing, onTrouble: warn, ...options };
    this.connection = connect(options.url, this.settings.timeoutMs, (error) => this.trouble(error));
  }

  async acquire(name: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Lease> {
    const end = AbortSignal.any([this.closing.signal, ...(signal === undefined ? [] : [signal])]);
    // One for all tries: where an answer was lost, the lease may be had already.
    const token = randomUUID();
    for (;;) {
      end.throwIfAborted();
      const lease = await this.take(name, token);
      if (lease !== null && !end.aborted) return lease;
      await lease?.release();
      await pause(this.settings.pollMs, end);
    }
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort(new LeaseError('closed', 'the leases were closed'));
    await Promise.all([...this.held].map((lease) => lease.release()));
    this.connection.disconnect();
  }

  private async take(name: string, token: string): Promise<HeldLease | null> {
    const { connection } = this;
    const { marginMs, pollMs, prefix, ttlMs } = this.settings;
    const [key, memory] = [`${prefix}lease:${name}`, `${prefix}lease-memory:${name}`];
    const endFrom = (sentAt: number): number => sentAt + ttlMs - marginMs;
    const sentAt = monotonicMs();
    const taken = await this.tried(() => connection.leaseTake(key, memory, token, ttlMs));
    if (taken === null) return null;
    const [epoch, formerMs] = taken;
    if (epoch === 0) return null;
    const lease = new HeldLease(name, epoch, formerMs, endFrom(sentAt), {
      everyMs: ttlMs / 3,
      retryMs: pollMs,
      renew: async () => {
        const renewedAt = monotonicMs();
        const renewed = await connection.leaseRenew(key, memory, token, ttlMs, epoch);
        return renewed === 1 ? endFrom(renewedAt) : null;
      },
      release: async () => {
        this.held.delete(lease);
        await this.tried(() => connection.leaseRelease(key, memory, token, epoch));
      },
      onTrouble: (error) => this.trouble(error),
    });
    void lease.lost.then(() => this.held.delete(lease));
    this.held.add(lease);
    return lease;
  }

  /** Null where it failed: it may have been carried out. */
  private async tried<T>(command: () => Promise<T>): Promise<T | null> {
    try {
      return await command();
    } catch (error) {
      this.trouble(error instanceof Error ? error : new Error(String(error)));
      return null;
    }
  }

  private trouble(error: Error): void {
    if (!this.closing.signal.aborted) this.settings.onTrouble(error);
  }
}

function warn(error: Error): void {
  process.emitWarning(`lease in Redis: ${error.message}`, 'LeaseWarning');
}
