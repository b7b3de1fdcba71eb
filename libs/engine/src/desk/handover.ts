import type { Clock, Lease } from '@bowline/ports';

/**
 * The time after a lease was taken over from somebody who has not given it back: whoever that is may still send until its
 * lease has run out, and what it sent may be executed for the exchange's window after that. Until then nothing is done.
 */
export class Handover {
  /** Resolves once the shard is reconciled; rejects where it is closed before. */
  readonly done: Promise<void>;
  private finish!: () => void;
  private giveUp!: (error: Error) => void;
  private readonly waited: Promise<void>;
  private takeBack: () => void = () => undefined;

  constructor(
    private readonly shard: string,
    { formerMs }: Pick<Lease, 'formerMs'>,
    recvWindowMs: number,
    clock: Clock,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.finish = resolve;
      this.giveUp = reject;
    });
    // Whoever waits for it hears of it; nobody need wait.
    this.done.catch(() => undefined);
    this.waited = new Promise((resolve) => {
      this.takeBack = clock.callAt(clock.now() + formerMs + recvWindowMs, resolve);
    });
  }

  /** Resolves once the holder before cannot do anything any more. Rejects where the shard is closed before. */
  wait(): Promise<void> {
    return Promise.race([this.waited, this.done]);
  }

  complete(): void {
    this.finish();
  }

  close(): void {
    this.takeBack();
    this.giveUp(new Error(`${this.shard} was closed before it had taken over from whoever had its lease`));
  }
}
