import { LeaseError, type Lease, type Leases } from '@bowline/ports';
import type { HeldLease } from './held-lease.js';
import { pause } from './pause.js';

/** Leases that whoever wants one asks for again and again, wherever they are kept. */
export abstract class WaitedLeases implements Leases {
  protected readonly closing = new AbortController();
  private readonly held = new Set<HeldLease>();

  /** @param pollMs how often whoever waits asks */
  constructor(private readonly pollMs: number) {}

  /** Asks for one lease, as often as it is called: null where it cannot be had now. */
  protected abstract attempt(name: string): () => Promise<HeldLease | null>;

  async acquire(name: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Lease> {
    const end = AbortSignal.any([this.closing.signal, ...(signal === undefined ? [] : [signal])]);
    const take = this.attempt(name);
    for (;;) {
      end.throwIfAborted();
      const lease = await take();
      if (lease !== null && !end.aborted) return lease;
      await lease?.release();
      await pause(this.pollMs, end);
    }
  }

  async close(): Promise<void> {
    this.closing.abort(new LeaseError('closed', 'the leases were closed'));
    await Promise.all([...this.held].map((lease) => lease.release()));
  }

  /** It is given back with the others, unless it is given back or lost before. */
  protected keep(lease: HeldLease): HeldLease {
    void lease.lost.then(() => this.held.delete(lease));
    this.held.add(lease);
    return lease;
  }

  protected forget(lease: HeldLease): void {
    this.held.delete(lease);
  }
}
