import { Duration, SubscriptionCloseBehaviors } from '@google-cloud/pubsub';
import type { DebugMessage, Message, PubSub, SubscriberOptions, Subscription } from '@google-cloud/pubsub';
import type { BusBacklog, SubscribeOptions } from '@bowline/ports';
import { pause } from './connection.js';
import { Dispatcher } from './dispatcher.js';
import type { Envelope } from './dispatcher.js';
import { missingGroupError, NOT_FOUND, statusOf } from './errors.js';
import type { BusTroubleKind, PubSubBusSettings } from './options.js';
import type { RecentIds } from './recent-ids.js';
import { decodeMessage, HEARTBEAT } from './wire.js';

/** The longest that Pub/Sub keeps a message: so long its lease is renewed. */
const LONGEST = Duration.from({ hours: 31 * 24 });

export interface ReaderOptions {
  /** This reader's own, and closed by it. */
  readonly pubsub: PubSub;
  /** Of the group's subscription. */
  readonly name: string;
  readonly subscription: SubscribeOptions;
  readonly settings: PubSubBusSettings;
  /** What the group has acknowledged here. */
  readonly acknowledged: RecentIds;
}

interface Held extends Envelope {
  readonly id: string;
  /** When Pub/Sub took it. */
  readonly publishedMs: number;
  /** As often as Pub/Sub has delivered it: each has a lease of its own, which only an answer to it ends. */
  readonly leases: Message[];
}

/**
 * One subscription. Whatever Pub/Sub delivers is held here until it is handled, and its lease is renewed meanwhile. A
 * message that comes again while it is held, or after it was acknowledged, is the same one: Pub/Sub repeats all later
 * messages of a key with one that it repeats. A stream that breaks for good begins anew.
 */
export class Reader {
  /** By id, the oldest first. */
  private readonly open = new Map<string, Held>();
  private readonly dispatcher: Dispatcher<Held>;
  private readonly ending = new AbortController();
  private stream: Subscription | null = null;
  private closing: Promise<void> | null = null;
  private failures = 0;
  private heardAt = performance.now();

  constructor(private readonly options: ReaderOptions) {
    const { settings, subscription } = options;
    this.dispatcher = new Dispatcher({
      subscription,
      maxInFlight: settings.maxInFlight,
      retry: settings.retry,
      acknowledge: (held) => this.acknowledge(held),
      onFailure: settings.onFailure,
    });
    this.begin();
  }

  /** Messages that were received and are not handled. */
  get held(): number {
    return this.dispatcher.held;
  }

  backlog(): BusBacklog {
    const { group, topic } = this.options.subscription;
    const [oldest] = this.open.values();
    const oldestMs = oldest === undefined ? 0 : Math.max(0, Date.now() - oldest.publishedMs);
    return { topic, group, messages: this.open.size, oldestMs };
  }

  /** Milliseconds since something came. 0 while there is no room for anything. */
  silentMs(): number {
    return this.isFull() ? 0 : performance.now() - this.heardAt;
  }

  /** Waits for what is in hand; what is not acknowledged then goes to the next reader. */
  close(): Promise<void> {
    return (this.closing ??= this.letGo());
  }

  private begin(): void {
    const { name, pubsub } = this.options;
    const stream = pubsub.subscription(name, this.streamOptions());
    this.stream = stream;
    stream.on('error', (error: Error) => this.lose(stream, error));
    stream.on('close', () => this.lose(stream, new Error('the stream has ended')));
    stream.on('debug', (message: DebugMessage) => this.hear(message));
    // The first listener to messages opens the stream.
    stream.on('message', (message: Message) => this.receive(message));
  }

  private streamOptions(): SubscriberOptions {
    const { drainMs, leaseMs, maxHeld } = this.options.settings;
    const lease = Duration.from({ milliseconds: leaseMs });
    return {
      // The client would make it as long as the slowest handlers take, and as long nobody else got what a crash leaves.
      minAckDeadline: lease,
      maxAckDeadline: lease,
      maxExtensionTime: LONGEST,
      batching: { maxMilliseconds: 10 },
      // Pub/Sub keeps to it, an emulator does not.
      flowControl: { maxMessages: maxHeld },
      // One carries 10 MB a second. Where several break, an emulator loses keys between them.
      streamingOptions: { maxStreams: 1, retryMaxBackoff: Duration.from({ seconds: 1 }) },
      // By then nothing is in hand any more: what is left is given back at once.
      closeOptions: {
        behavior: SubscriptionCloseBehaviors.NackImmediately,
        timeout: Duration.from({ milliseconds: drainMs }),
      },
    };
  }

  private receive(lease: Message): void {
    const { acknowledged, subscription } = this.options;
    this.heardAt = performance.now();
    this.failures = 0;
    // Pub/Sub's own id alone would not do: an emulator that was started again numbers from the start.
    const id = `${lease.id}/${lease.attributes['id']}`;
    const held = this.open.get(id);
    if (held !== undefined) {
      held.leases.push(lease);
      return;
    }
    if (lease.attributes['type'] === HEARTBEAT || acknowledged.has(id)) {
      lease.ack();
      return;
    }
    const message = decodeMessage(subscription.topic, lease);
    if (message === null) {
      this.tell('unreadable', new Error(whyUnreadable(lease)));
      lease.ack();
      return;
    }
    const attempts = Math.max(0, lease.deliveryAttempt - 1);
    const publishedMs = lease.publishTime.getTime();
    const received = { id, message, attempts, publishedMs, leases: [lease], acknowledged: false };
    this.open.set(id, received);
    this.dispatcher.add(received);
  }

  private acknowledge({ id, leases }: Held): void {
    if (this.isFull()) this.heardAt = performance.now();
    this.open.delete(id);
    this.options.acknowledged.add(id);
    for (const lease of leases) lease.ack();
  }

  private isFull(): boolean {
    return this.open.size >= this.options.settings.maxHeld;
  }

  /** The client has given the stream up, and with it all leases: what is held comes again, and is known then. */
  private lose(stream: Subscription, error: Error): void {
    if (this.stream !== stream || this.ending.signal.aborted) return;
    this.stream = null;
    const { name, subscription } = this.options;
    if (statusOf(error) !== NOT_FOUND) this.tell('read', error);
    else this.tell('missing', missingGroupError(subscription.topic, subscription.group, name));
    this.failures += 1;
    void this.beginAnew(stream);
  }

  private async beginAnew(lost: Subscription): Promise<void> {
    const pauseMs = Math.min(1000, 50 * 2 ** this.failures);
    await Promise.allSettled([lost.close(), pause(pauseMs, this.ending.signal)]);
    if (!this.ending.signal.aborted) this.begin();
  }

  /** The client tells here what it does not hold for worth an error: lost acknowledgements, and streams it replaces. */
  private hear(message: DebugMessage): void {
    const error = message.error ?? new Error(message.message);
    // That becomes an error as well.
    if (statusOf(error) !== NOT_FOUND) this.tell('ackIds' in message ? 'acknowledge' : 'read', error);
  }

  private async letGo(): Promise<void> {
    // Leases are renewed until then, and what comes meanwhile waits: the next reader must not get ahead of this one.
    await this.dispatcher.close();
    this.ending.abort();
    await this.stream?.close();
    await this.options.pubsub.close();
  }

  private tell(kind: BusTroubleKind, error: Error): void {
    const { group, topic } = this.options.subscription;
    if (!this.ending.signal.aborted) this.options.settings.onTrouble({ kind, topic, group, error });
  }
}

function whyUnreadable({ attributes, id }: Message): string {
  return `message ${id} of Pub/Sub is none of ours; its attributes are ${Object.keys(attributes).join(', ')}`;
}
