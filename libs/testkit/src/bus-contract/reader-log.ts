import type { Delivery, SubscribeOptions } from '@bowline/ports';
import { busReader } from './harness.js';

/** What happened, to be waited for. */
export class Log<T> {
  readonly items: T[] = [];
  private waits: (() => void)[] = [];

  add(item: T): void {
    this.items.push(item);
    const { waits } = this;
    this.waits = [];
    for (const look of waits) look();
  }

  /** Resolves once there are as many items that match. */
  async until(count: number, matches: (item: T) => boolean = () => true): Promise<void> {
    while (this.items.filter(matches).length < count) {
      await new Promise<void>((resolve) => {
        this.waits.push(resolve);
      });
    }
  }
}

/** A reader whose log can be waited for. It handles a message once `handle` resolves. */
export class ReaderLog extends Log<string> {
  readonly attempts: number[] = [];

  constructor(private readonly handle: (delivery: Delivery) => Promise<void> = async () => undefined) {
    super();
  }

  readonly options = (fields: Partial<SubscribeOptions> = {}): SubscribeOptions =>
    busReader((delivery) => {
      this.attempts.push(delivery.attempt);
      this.add(delivery.message.id);
      return this.handle(delivery);
    }, fields);
}
