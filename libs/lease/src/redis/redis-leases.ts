import { randomUUID } from 'node:crypto';
import { connect, type Connection } from './connection.js';
import { HeldLease } from '../held-lease.js';
import { monotonicMs } from '../monotonic.js';
import { WaitedLeases } from '../waited-leases.js';

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
export class RedisLeases extends WaitedLeases {
  private readonly settings: Required<RedisLeasesOptions>;
  private readonly connection: Connection;

  constructor(options: RedisLeasesOptions) {
    const { ttlMs = 15_000 } = options;
    // After a renewal without an answer there is time for another one, with enough left of the lease to work under it.
    const timing = { marginMs: ttlMs / 20, timeoutMs: ttlMs / 6, pollMs: 200 };
    const settings = { prefix: 'bowline:', ttlMs, ...timing, onTrouble: warn, ...options };
    super(settings.pollMs);
    this.settings = settings;
    this.connection = connect(options.url, this.settings.timeoutMs, (error) => this.trouble(error));
  }

  override async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    await super.close();
    this.connection.disconnect();
  }

  protected attempt(name: string): () => Promise<HeldLease | null> {
    // One for all tries: where an answer was lost, the lease may be had already.
    const token = randomUUID();
    return () => this.take(name, token);
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
        this.forget(lease);
        await this.tried(() => connection.leaseRelease(key, memory, token, epoch));
      },
      onTrouble: (error) => this.trouble(error),
    });
    return this.keep(lease);
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
