import { JournalError } from '@bowline/ports';
import { corrupt } from './failures.js';
import { shardOf } from './keys.js';
import type { Keys } from './keys.js';

/** The store as one process has taken it over. */
export class Opening {
  /**
   * @param what for messages: the store, and where it is
   * @param owner random: it tells this opening from another one of the same epoch, which a server may give again that
   *   has lost what it had confirmed
   */
  constructor(
    readonly what: string,
    readonly keys: Keys,
    readonly owner: string,
    readonly epoch: number,
  ) {}

  /** Throws where a script of this opening has changed nothing, because the store is not as this opening has left it. */
  expectOk(reply: unknown): void {
    const [outcome, number, field = '', sequence] = reply as readonly string[];
    if (outcome === 'ok') return;
    if (outcome === 'conflict') {
      throw corrupt(
        this.what,
        `record ${sequence} of ${shardOf(field)} does not fit, the last one there is ${number}: Redis has lost what it` +
          ' had confirmed, or somebody else writes there',
      );
    }
    if (Number(number) >= this.epoch) {
      throw new JournalError(
        'closed',
        `${this.what}: epoch ${number} has taken the journals over from epoch ${this.epoch}.`,
      );
    }
    throw corrupt(
      this.what,
      `Redis knows epoch ${number} as the last one, and this is ${this.epoch}: it has lost what it had confirmed`,
    );
  }
}
