import type { Lease } from '@bowline/ports';
import { monotonicMs } from './monotonic.js';

/** How a lease is kept where it is kept. */
export interface Keeping {
  /** Between two renewals, in milliseconds. */
  readonly everyMs: number;
  /** Before a renewal that failed is tried again. */
  readonly retryMs: number;
  /** Resolves to when it ends from now on, by `monotonicMs`; null: somebody else has it. */
  renew(): Promise<number | null>;
  release(): Promise<void>;
  onTrouble(error: Error): void;
}

/** A lease as its holder has it: renewed again and again, until that does not succeed before its end. */
export class HeldLease implements Lease {
  readonly lost: Promise<void>;
  private tellLost!: () => void;
  private isOver = false;
  private renewing: Promise<void> = Promise.resolve();
  private renewTimer: NodeJS.Timeout | undefined;
  private endTimer: NodeJS.Timeout | undefined;

  constructor(
    readonly name: string,
    readonly epoch: number,
    readonly formerMs: number,
    private endsAt: number,
    private readonly keeping: Keeping,
  ) {
    this.lost = new Promise((resolve) => {
      this.tellLost = resolve;
    });
    this.renewAfter(keeping.everyMs);
    this.watchEnd();
  }

  remainingMs(): number {
    return this.isOver ? 0 : Math.max(0, this.endsAt - monotonicMs());
  }

  async release(): Promise<void> {
    if (this.isOver) return;
    if (this.remainingMs() === 0) return this.lose();
    this.end();
    await this.renewing;
    await this.keeping.release();
  }

  private renewAfter(ms: number): void {
    this.renewTimer = setTimeout(() => {
      this.renewing = this.renew();
    }, ms).unref();
  }

  private async renew(): Promise<void> {
    if (this.remainingMs() === 0) return this.lose();
    let nextMs = this.keeping.retryMs;
    try {
      const endsAt = await this.keeping.renew();
      if (this.isOver) return;
      // Renewed after its end it may have been somebody else's in between, and whoever asked has been told that it is over.
      if (endsAt === null || this.remainingMs() === 0) return this.lose();
      this.endsAt = endsAt;
      nextMs = this.keeping.everyMs;
    } catch (error) {
      this.keeping.onTrouble(error instanceof Error ? error : new Error(String(error)));
    }
    if (this.isOver) return;
    this.renewAfter(nextMs);
    this.watchEnd();
  }

  private watchEnd(): void {
    clearTimeout(this.endTimer);
    this.endTimer = setTimeout(() => {
      if (this.remainingMs() === 0) this.lose();
      // Timers may come a little early.
      else this.watchEnd();
    }, this.remainingMs()).unref();
  }

  private lose(): void {
    if (this.isOver) return;
    this.end();
    this.tellLost();
  }

  private end(): void {
    this.isOver = true;
    clearTimeout(this.renewTimer);
    clearTimeout(this.endTimer);
  }
}
