import type { TimeMs } from '@bowline/domain';
import type { Clock, Lease } from '@bowline/ports';

export interface ManualLeaseOptions {
  readonly name?: string;
  readonly epoch?: number;
  readonly formerMs?: number;
  readonly ttlMs?: number;
}

/** A lease in the hands of a spec: it lasts by the spec's clock, and is renewed, lost, and told so by hand. */
export class ManualLease implements Lease {
  readonly name: string;
  readonly epoch: number;
  readonly formerMs: number;
  readonly lost: Promise<void>;
  private readonly ttlMs: number;
  private endsAt: TimeMs;
  private tellLost!: () => void;

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    { epoch = 1, formerMs = 0, name = 'lease', ttlMs = 15_000 }: ManualLeaseOptions = {},
  ) {
    this.name = name;
    this.epoch = epoch;
    this.formerMs = formerMs;
    this.ttlMs = ttlMs;
    this.endsAt = clock.now() + ttlMs;
    this.lost = new Promise((resolve) => {
      this.tellLost = resolve;
    });
  }

  remainingMs(): number {
    return Math.max(0, this.endsAt - this.clock.now());
  }

  /** Without effect once its time is over. */
  renew(): void {
    if (this.remainingMs() > 0) this.endsAt = this.clock.now() + this.ttlMs;
  }

  /** It is over, and its holder is told: not so one that is asleep, which finds out by itself. */
  lose(): void {
    this.endsAt = this.clock.now();
    this.tellLost();
  }

  release(): Promise<void> {
    this.endsAt = this.clock.now();
    return Promise.resolve();
  }
}
