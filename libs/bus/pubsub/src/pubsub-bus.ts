import type { Bus, BusBacklog, BusMessage, SubscribeOptions, Subscription } from '@bowline/ports';
import { clientOf, connect, pause } from './connection.js';
import type { Connection } from './connection.js';
import { closedError, noReaderError, takenError } from './errors.js';
import { subscriptionName, topicName } from './names.js';
import { settingsOf } from './options.js';
import type { PubSubBusOptions, PubSubBusSettings } from './options.js';
import { Reader } from './reader.js';
import { RecentIds } from './recent-ids.js';
import { TopicWriter } from './topic-writer.js';
import { encodeMessage } from './wire.js';

/** Acknowledged messages of a group that are known if they come again. */
const REMEMBERED = 16_384;

/**
 * The bus between processes over Google Pub/Sub: one of its topics for each topic, and one of its subscriptions for
 * each group. `publish` resolves once Pub/Sub has confirmed the message, and is not rejected while Pub/Sub is away: the
 * message waits, in order. Topics and subscriptions are made by `initPubSub`, and never here.
 *
 * A group has one reader: Pub/Sub would share its keys out among several.
 */
export class PubSubBus implements Bus {
  private readonly settings: PubSubBusSettings;
  private readonly connection: Promise<Connection>;
  private readonly writers = new Map<string, TopicWriter>();
  /** By subscription, those that are closing included. */
  private readonly readers = new Map<string, Reader>();
  private readonly acknowledged = new Map<string, RecentIds>();
  /** The groups that have subscribed here, by topic. */
  private readonly subscribed = new Map<string, Set<string>>();
  private readonly ending = new AbortController();
  private readonly heart: NodeJS.Timeout;
  private closed: Promise<void> | null = null;

  constructor(private readonly options: PubSubBusOptions) {
    this.settings = settingsOf(options);
    this.connection = connect(options);
    for (const topic of this.settings.writes) this.writer(topic);
    this.heart = setInterval(() => this.beat(), this.settings.heartbeatMs);
  }

  /** Rejects with a `RangeError` where the message is larger than Pub/Sub takes. */
  async publish(message: BusMessage): Promise<void> {
    const { topic } = message;
    if (this.closed !== null) throw closedError(topic);
    await this.writer(topic).publish(encodeMessage(message));
  }

  /** A group without a subscription in Pub/Sub is told as a trouble, until there is one. */
  subscribe(options: SubscribeOptions): Subscription {
    const { group, topic } = options;
    if (this.closed !== null) throw closedError(topic);
    const name = subscriptionName(this.options, topic, group);
    if (this.readers.has(name)) throw takenError(topic, group);
    this.subscribed.set(topic, (this.subscribed.get(topic) ?? new Set()).add(group));
    const acknowledged = this.acknowledged.get(name) ?? new RecentIds(REMEMBERED);
    this.acknowledged.set(name, acknowledged);
    const pubsub = clientOf(this.options);
    const { settings } = this;
    const reader = new Reader({ pubsub, name, subscription: options, settings, acknowledged });
    this.readers.set(name, reader);
    return { close: () => reader.close().then(() => this.forget(name, reader)) };
  }

  /**
   * What the readers of this bus have received and not acknowledged. What still waits in Pub/Sub is not known here: that
   * is the metric `num_undelivered_messages` of Cloud Monitoring.
   */
  backlog(): readonly BusBacklog[] {
    return [...this.readers.values()].map((reader) => reader.backlog());
  }

  /**
   * Milliseconds since the group's reader has received anything: on a topic that somebody writes to, a heartbeat at
   * least. 0 while it holds as much as it may. A `BusError` of kind `unread` where this bus has no such subscription.
   */
  silentFor(topic: string, group: string): number {
    const reader = this.readers.get(subscriptionName(this.options, topic, group));
    if (reader === undefined) throw noReaderError(topic, group);
    return reader.silentMs();
  }

  /** Whether so much waits for Pub/Sub's answer, or for the handlers of a group, that nothing more should be let in. */
  saturated(): boolean {
    const { maxBacklog } = this.settings;
    for (const { size } of this.writers.values()) if (size >= maxBacklog) return true;
    for (const { held } of this.readers.values()) if (held >= maxBacklog) return true;
    return false;
  }

  /**
   * Takes nothing more, waits for what is in hand, then for Pub/Sub to take acknowledgements, then for it to confirm
   * what was published, each for `drainMs` at the most. What is not confirmed by then is rejected with a `BusError` of
   * kind `closed`: it may have arrived.
   */
  close(): Promise<void> {
    return (this.closed ??= this.drain());
  }

  private writer(topic: string): TopicWriter {
    let writer = this.writers.get(topic);
    if (writer === undefined) {
      writer = new TopicWriter({
        client: this.connection.then(({ publisher }) => publisher),
        topic,
        name: topicName(this.options, topic),
        groups: () =>
          new Map(this.groupsOf(topic).map((group) => [group, subscriptionName(this.options, topic, group)])),
        unread: () => this.settings.unread(topic),
        timeoutMs: this.settings.timeoutMs,
        ending: this.ending.signal,
        onTrouble: (kind, error) => this.settings.onTrouble({ kind, topic, group: null, error }),
      });
      this.writers.set(topic, writer);
    }
    return writer;
  }

  private groupsOf(topic: string): readonly string[] {
    return [...new Set([...this.settings.groups(topic), ...(this.subscribed.get(topic) ?? [])])];
  }

  private beat(): void {
    for (const writer of this.writers.values()) void writer.beat();
  }

  private forget(name: string, reader: Reader): void {
    if (this.readers.get(name) === reader) this.readers.delete(name);
  }

  private async drain(): Promise<void> {
    clearInterval(this.heart);
    await Promise.all([...this.readers.values()].map((reader) => reader.close()));
    const writers = [...this.writers.values()];
    const confirmed = Promise.all(writers.map((writer) => writer.whenEmpty()));
    await Promise.race([confirmed, pause(this.settings.drainMs, this.ending.signal)]);
    this.ending.abort();
    for (const writer of writers) writer.stop();
    this.readers.clear();
    await (await this.connection).close();
  }
}
