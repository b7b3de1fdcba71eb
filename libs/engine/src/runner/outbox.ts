import type { Bus, BusMessage } from '@bowline/ports';

/**
 * What the shard has to tell and has not been taken for good. Messages go out in the order of their records; a record
 * is settled once the bus answers for all of its messages, and everything up to `settled` need never be told again.
 */
export class Outbox {
  settled: number;
  /** Records with messages that are not settled, by number, oldest first. */
  private readonly open = new Map<number, number>();
  private last: number;

  constructor(
    private readonly bus: Pick<Bus, 'publish'>,
    settled: number,
    private readonly onRefused: (message: BusMessage, error: unknown) => void,
  ) {
    this.settled = settled;
    this.last = settled;
  }

  /** Tells what a record has to tell. Called once the record is durable, in the order of the records. */
  publish(sequence: number, messages: readonly BusMessage[]): void {
    this.last = sequence;
    if (messages.length > 0) this.open.set(sequence, messages.length);
    for (const message of messages) {
      this.bus.publish(message).then(
        () => this.took(sequence),
        // It stays unsettled: the next start tells it again.
        (error: unknown) => this.onRefused(message, error),
      );
    }
    this.advance();
  }

  private took(sequence: number): void {
    const left = (this.open.get(sequence) ?? 1) - 1;
    if (left > 0) this.open.set(sequence, left);
    else this.open.delete(sequence);
    this.advance();
  }

  private advance(): void {
    const oldest = this.open.keys().next();
    this.settled = oldest.done === true ? this.last : oldest.value - 1;
  }
}
