import type { Logger } from '@bowline/ports';

/** Who guesses at secrets shall not fill the disk. */
const EVERY_MS = 10_000;

/** Says now and then that requests are refused whose sender nobody knows. */
export class RefusalLog {
  private saidAt = -Infinity;
  private unsaid = 0;

  /** @param now milliseconds that never go back */
  constructor(
    private readonly logger: Logger,
    private readonly now: () => number = () => performance.now(),
  ) {}

  note(address: string, path: string, reason: string): void {
    const now = this.now();
    if (now - this.saidAt < EVERY_MS) {
      this.unsaid += 1;
      return;
    }
    const more = this.unsaid === 0 ? {} : { moreSinceLast: this.unsaid };
    this.logger.warn(
      { address, path, reason, ...more },
      'a request is refused: it is not known who sends it',
    );
    this.saidAt = now;
    this.unsaid = 0;
  }
}
