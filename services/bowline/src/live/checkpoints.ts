import type { AnyRunner } from '@bowline/engine';

/**
 * Records of all shards between two checkpoints. A record takes a kilobyte, about: the journals' folder keeps two or
 * three segments of 64 MiB, and a start reads a tenth of a second. The snapshots are a twentieth of what is written.
 */
const EVERY = 50_000;

/**
 * Lets every shard leave a snapshot now and then. Their records lie in one log, which gives space back from its old end:
 * without that a shard that rests would keep everything that the others have written since.
 */
export class Checkpoints {
  private appended = 0;
  private running: Promise<void> | null = null;

  constructor(
    private readonly runners: () => readonly Pick<AnyRunner, 'checkpoint'>[],
    private readonly every: number = EVERY,
  ) {}

  /** Told of each record. */
  onAppended(): void {
    this.appended += 1;
    if (this.appended < this.every || this.running !== null) return;
    this.appended = 0;
    this.running = this.run().finally(() => {
      this.running = null;
    });
  }

  private async run(): Promise<void> {
    // One after the other: the desk goes on beside it.
    for (const runner of this.runners()) await runner.checkpoint();
  }
}
