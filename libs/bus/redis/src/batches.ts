export interface BatchesOptions<T> {
  /** The most that goes out at once. */
  readonly max: number;
  /** Resolves when it is worth a try. */
  readonly ready: () => Promise<void>;
  /** Resolves once the batch is dealt with. Rejects: it goes out again, with what has come after it. */
  readonly send: (batch: readonly T[]) => Promise<void>;
  /** Resolves after a pause. */
  readonly failed: (error: unknown, tries: number) => Promise<void>;
  /** The batch has gone through, and does not count any more. */
  readonly done: (batch: readonly T[]) => void;
}

/** Of the connection, for whatever goes over it. */
export type Retries = Pick<BatchesOptions<never>, 'ready' | 'failed'>;

/**
 * Sends what is added in order, one batch at a time, and each again until it has gone through. While one is on its way
 * the next one gathers, so that a busy sender needs few turns and a quiet one does not wait.
 */
export class Batches<T> {
  private readonly items: T[] = [];
  private running = false;
  private stopped = false;

  constructor(private readonly options: BatchesOptions<T>) {}

  /** What was added and has not gone through. */
  get size(): number {
    return this.items.length;
  }

  add(item: T): void {
    if (this.stopped) return;
    this.items.push(item);
    if (this.running) return;
    this.running = true;
    queueMicrotask(() => void this.run());
  }

  /** Sends no more, and gives back what has not gone through; the first of it may be on its way. */
  stop(): readonly T[] {
    this.stopped = true;
    return this.items.splice(0);
  }

  private async run(): Promise<void> {
    const { done, failed, max, ready, send } = this.options;
    let tries = 0;
    while (this.items.length > 0) {
      await ready();
      const batch = this.items.slice(0, max);
      if (batch.length === 0) break;
      try {
        await send(batch);
      } catch (error) {
        tries += 1;
        if (!this.stopped) await failed(error, tries);
        continue;
      }
      tries = 0;
      this.items.splice(0, batch.length);
      done(batch);
    }
    this.running = false;
  }
}
