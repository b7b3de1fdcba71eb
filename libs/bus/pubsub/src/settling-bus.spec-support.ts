import type { Bus, BusBacklog, BusMessage, Delivery, SubscribeOptions, Subscription } from '@bowline/ports';
import type { PubSubTopic } from './init.js';

/** What a group has yet to see. */
class Outstanding {
  readonly unseen = new Set<string>();
  /** Handed over, to be acknowledged later. */
  readonly taken = new Set<string>();
  isRead = false;
}

/**
 * A bus that knows when nothing is left to do: no message of the bus under test says so, for what still waits in
 * Pub/Sub cannot be asked for. Publishes each id of a topic once.
 */
export class SettlingBus implements Bus {
  private readonly groups = new Map<string, Outstanding>();
  private readonly published = new Set<Promise<void>>();
  private waits: (() => void)[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly topics: readonly PubSubTopic[],
  ) {}

  publish(message: BusMessage): Promise<void> {
    const groups = this.topics.find(({ topic }) => topic === message.topic)?.groups ?? [];
    for (const group of groups) this.of(message.topic, group).unseen.add(message.id);
    const published = this.bus.publish(message);
    const over: Promise<void> = published.then(
      () => this.forget(over),
      () => this.forget(over),
    );
    this.published.add(over);
    return published;
  }

  subscribe(options: SubscribeOptions): Subscription {
    const { accepts, acknowledge, group, handle, topic } = options;
    const subscription = this.bus.subscribe({
      ...options,
      ...(accepts === undefined
        ? {}
        : { accepts: (message) => accepts(message) || this.seen(message, group) }),
      handle: async (delivery) => {
        const { taken } = this.of(topic, group);
        if (acknowledge === 'later') taken.add(delivery.message.id);
        try {
          await handle(this.watched(delivery));
        } catch (error) {
          taken.delete(delivery.message.id);
          throw error;
        }
        this.seen(delivery.message, group);
      },
    });
    const outstanding = this.of(topic, group);
    outstanding.isRead = true;
    return {
      close: async () => {
        await subscription.close();
        outstanding.isRead = false;
        for (const id of outstanding.taken) outstanding.unseen.add(id);
        outstanding.taken.clear();
      },
    };
  }

  backlog(): readonly BusBacklog[] {
    return this.bus.backlog();
  }

  close(): Promise<void> {
    return this.bus.close();
  }

  /** Resolves once everything is confirmed, and whoever reads has seen everything. */
  async settle(): Promise<void> {
    do {
      await Promise.all(this.published);
      while (!this.isSettled()) {
        await new Promise<void>((resolve) => {
          this.waits.push(resolve);
        });
      }
      // Who awaited something goes on first, and may publish again.
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    } while (this.published.size > 0 || !this.isSettled());
  }

  private watched(delivery: Delivery): Delivery {
    const { group, message } = delivery;
    return {
      ...delivery,
      ack: () => {
        this.of(message.topic, group).taken.delete(message.id);
        delivery.ack();
      },
    };
  }

  private seen({ id, topic }: BusMessage, group: string): false {
    this.of(topic, group).unseen.delete(id);
    this.tell();
    return false;
  }

  private isSettled(): boolean {
    return [...this.groups.values()].every(({ isRead, unseen }) => !isRead || unseen.size === 0);
  }

  private of(topic: string, group: string): Outstanding {
    const name = `${topic}\n${group}`;
    const outstanding = this.groups.get(name) ?? new Outstanding();
    this.groups.set(name, outstanding);
    return outstanding;
  }

  private forget(over: Promise<void>): void {
    this.published.delete(over);
    this.tell();
  }

  private tell(): void {
    const { waits } = this;
    this.waits = [];
    for (const look of waits) look();
  }
}
