import type { v1 } from '@google-cloud/pubsub';
import { BusError } from '@bowline/ports';
import { pause } from './connection.js';
import {
  asError,
  missingGroupError,
  missingTopicError,
  NOT_FOUND,
  PERMISSION_DENIED,
  statusOf,
  unansweredError,
  unreadError,
} from './errors.js';
import type { BusTroubleKind } from './options.js';
import { heartbeat } from './wire.js';
import type { WireMessage } from './wire.js';

/** The most of one request; Pub/Sub takes 1,000 messages and 10 MB. */
const MAX_BATCH = 500;
const MAX_BATCH_BYTES = 4_000_000;

export interface TopicWriterOptions {
  readonly client: Promise<v1.PublisherClient>;
  readonly topic: string;
  /** Of the topic. */
  readonly name: string;
  /** The name of each group's subscription. */
  readonly groups: () => ReadonlyMap<string, string>;
  /** Whether it may be without any. */
  readonly unread: () => boolean;
  readonly timeoutMs: number;
  /** Aborts when the bus gives up what is not confirmed. */
  readonly ending: AbortSignal;
  readonly onTrouble: (kind: BusTroubleKind, error: Error) => void;
}

interface Outgoing {
  readonly message: WireMessage;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * The gates of one topic, one for each key: nothing of a key goes out before what stood before it is confirmed, or goes
 * out with it in one request, which Pub/Sub takes whole or not at all. While one is on its way the next one gathers.
 * What was not confirmed goes out again, in the old order and under the old ids, whether it had arrived or not: readers
 * may see messages twice, but none of them too early.
 *
 * Google's own publisher is not used: it delays what it sends, and lets later messages of a key go on after a failure.
 */
export class TopicWriter {
  /** Messages that are not confirmed. */
  size = 0;
  private readonly gates = new Map<string, Outgoing[]>();
  private checked: Promise<void> | null = null;
  private emptied: () => void = () => undefined;

  constructor(private readonly options: TopicWriterOptions) {}

  publish(message: WireMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      const outgoing = { message, resolve, reject };
      this.size += 1;
      const gate = this.gates.get(message.orderingKey);
      if (gate !== undefined) {
        gate.push(outgoing);
        return;
      }
      const opened = [outgoing];
      this.gates.set(message.orderingKey, opened);
      queueMicrotask(() => void this.empty(message.orderingKey, opened));
    });
  }

  /** One message that is neither ordered nor sent again. Nobody waits for it. */
  async beat(): Promise<void> {
    const { ending, onTrouble } = this.options;
    try {
      await this.check();
      await this.request([heartbeat()]);
    } catch (error) {
      if (!ending.aborted) onTrouble('heartbeat', asError(error));
    }
  }

  /** Resolves once everything is confirmed, or refused. */
  whenEmpty(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.emptied = resolve;
    });
  }

  /** Gives up what is not confirmed; the first of each key may be on its way. */
  stop(): void {
    for (const gate of this.gates.values()) {
      this.done(gate, gate.length, ({ reject }) => reject(unansweredError(this.options.topic)));
    }
  }

  private async empty(key: string, gate: Outgoing[]): Promise<void> {
    const { ending, onTrouble } = this.options;
    let tries = 0;
    while (gate.length > 0) {
      const count = batchSize(gate);
      try {
        await this.send(gate.slice(0, count).map(({ message }) => message));
        // Nothing is left of it where it was given up meanwhile.
        this.done(gate, Math.min(count, gate.length), ({ resolve }) => resolve());
        tries = 0;
      } catch (error) {
        if (error instanceof BusError) {
          this.done(gate, Math.min(count, gate.length), ({ reject }) => reject(error));
        } else if (!ending.aborted) {
          tries += 1;
          onTrouble('publish', asError(error));
          await pause(Math.min(1000, 2 ** tries), ending);
        }
      }
    }
    this.gates.delete(key);
  }

  private async send(messages: WireMessage[]): Promise<void> {
    const { name, topic } = this.options;
    await this.check();
    try {
      await this.request(messages);
    } catch (error) {
      if (statusOf(error) !== NOT_FOUND) throw error;
      this.checked = null;
      throw missingTopicError(topic, name);
    }
  }

  private async request(messages: Partial<WireMessage>[]): Promise<void> {
    const { client, ending, name, timeoutMs, topic } = this.options;
    const publisher = await client;
    // A client that is closed would answer with a rejection that nobody can catch.
    if (ending.aborted) throw unansweredError(topic);
    // By itself the client would bring messages of several keys together in one request, after a pause, and would repeat
    // what fails for minutes and say nothing.
    await publisher.publish(
      { topic: name, messages },
      { timeout: timeoutMs, retry: null, isBundling: false },
    );
  }

  private async check(): Promise<void> {
    this.checked ??= this.look();
    const { checked } = this;
    try {
      await checked;
    } catch (error) {
      // The next one looks again.
      if (this.checked === checked) this.checked = null;
      throw error;
    }
  }

  /** Pub/Sub drops what comes to a topic without subscriptions, and a group gets nothing from before its own. */
  private async look(): Promise<void> {
    const { client, groups, name, onTrouble, timeoutMs, topic, unread } = this.options;
    const publisher = await client;
    const call = { timeout: timeoutMs, retry: null };
    try {
      // The emulator lists nothing where the topic is missing, and does not say so.
      await publisher.getTopic({ topic: name }, { ...call });
      const [subscriptions] = await publisher.listTopicSubscriptions({ topic: name }, { ...call });
      for (const [group, subscription] of groups()) {
        if (!subscriptions.includes(subscription)) throw missingGroupError(topic, group, subscription);
      }
      if (subscriptions.length === 0 && !unread()) throw unreadError(topic, name);
    } catch (error) {
      const status = statusOf(error);
      if (status === NOT_FOUND) throw missingTopicError(topic, name);
      if (status !== PERMISSION_DENIED) throw error;
      onTrouble('check', asError(error));
    }
  }

  private done(gate: Outgoing[], count: number, tell: (outgoing: Outgoing) => void): void {
    for (const outgoing of gate.splice(0, count)) tell(outgoing);
    this.size -= count;
    if (this.size === 0) this.emptied();
  }
}

/** How many of the first go out together: one at least. */
function batchSize(gate: readonly Outgoing[]): number {
  let bytes = 0;
  let count = 0;
  for (const { message } of gate) {
    bytes += message.data.length;
    if (count > 0 && (count === MAX_BATCH || bytes > MAX_BATCH_BYTES)) break;
    count += 1;
  }
  return count;
}
