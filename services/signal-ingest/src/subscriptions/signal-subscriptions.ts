import { putAside } from '@bowline/bus-guarded';
import { parseJsonBody } from '@bowline/contracts';
import type { IngestSubscription } from '@bowline/contracts';
import type { Bus, Delivery, Logger, Subscription } from '@bowline/ports';
import { reasonOf } from '../reason.js';
import type { SignalIngest } from '../signal-ingest.js';

/** Who reads the topics that others publish signals on. */
export const SIGNAL_INGEST_GROUP = 'signal-ingest';

export interface SignalSubscriptionsOptions {
  readonly subscriptions: readonly IngestSubscription[];
  readonly bus: Pick<Bus, 'subscribe' | 'publish'>;
  readonly ingest: Pick<SignalIngest, 'receive'>;
  readonly logger: Logger;
}

/**
 * Takes in signals that others publish on topics of the bus: bodies as `POST /v1/signals` has them. What is none becomes
 * a dead letter, and those behind it go on; what cannot be taken now comes again.
 */
export class SignalSubscriptions {
  private readonly open: readonly Subscription[];

  constructor(private readonly options: SignalSubscriptionsOptions) {
    const { bus, subscriptions } = options;
    this.open = subscriptions.map((each) =>
      bus.subscribe({
        topic: each.topic,
        group: SIGNAL_INGEST_GROUP,
        handle: (delivery) => this.take(each, delivery),
      }),
    );
  }

  /** Ends after the messages in hand. */
  async close(): Promise<void> {
    await Promise.all(this.open.map((subscription) => subscription.close()));
  }

  private async take({ strategies, topic }: IngestSubscription, delivery: Delivery): Promise<void> {
    const { data, id, time, traceparent } = delivery.message;
    const body = parseJsonBody(data);
    if (!body.ok) return this.setAside(delivery, body.message);
    const sender = {
      source: `topic ${topic}`,
      strategies,
      requestId: `${topic}/${id}`,
      recorded: { at: time },
      traceparent,
    };
    const receipt = await this.options.ingest.receive(sender, body.value);
    if (receipt.taken) return;
    const reason = reasonOf(receipt.problem);
    // The bus brings it again, after a while.
    if (receipt.problem.retryAfterS !== undefined) throw new Error(`${topic}: ${reason}`);
    await this.setAside(delivery, reason);
  }

  private async setAside(delivery: Delivery, reason: string): Promise<void> {
    const { id: messageId, topic } = delivery.message;
    await putAside(this.options.bus, delivery, reason);
    this.options.logger.warn({ topic, messageId, reason }, 'a message is no signal, and was set aside');
  }
}
