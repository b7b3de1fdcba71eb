import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Bus, BusBacklog, BusMessage, SubscribeOptions, Subscription } from '@bowline/ports';
import type { Retries } from './batches.js';
import { Changes } from './changes.js';
import { connect, pause, whenReady } from './connection.js';
import type { Connection } from './connection.js';
import { encodeEntry } from './entry.js';
import { asError, closedError, noReaderError, takenError } from './errors.js';
import { settingsOf } from './options.js';
import type { BusTroubleKind, RedisBusOptions, RedisBusSettings } from './options.js';
import { Reader } from './reader.js';
import { FIRST } from './stream-id.js';
import { TopicWriter } from './topic-writer.js';

/**
 * The bus between processes: a stream of Redis for each topic, and one of its consumer groups for each group. `publish`
 * resolves once Redis has confirmed the message, and is not rejected while Redis is away: the message waits, in order.
 * What a confirmation is worth is up to the server (`appendfsync`).
 *
 * A group has one reader, in one process; a second one waits until the first is dead.
 */
export class RedisBus implements Bus {
  private readonly settings: RedisBusSettings;
  private readonly commands: Connection;
  private readonly writers = new Map<string, TopicWriter>();
  /** By topic and group, those that are closing included. */
  private readonly readers = new Map<string, Reader>();
  /** The groups that have subscribed here, by topic. */
  private readonly subscribed = new Map<string, Set<string>>();
  private readonly changes = new Changes();
  private readonly ending = new AbortController();
  private started = 0;
  private closed: Promise<void> | null = null;

  constructor(private readonly options: RedisBusOptions) {
    this.settings = settingsOf(options, `${hostname()}.${process.pid}.${randomBytes(4).toString('hex')}`);
    this.commands = connect({
      url: options.url,
      name: `bowline/${encodeURIComponent(this.settings.prefix)}/commands`,
      timeoutMs: this.settings.timeoutMs,
      onError: (error) => this.settings.onTrouble({ kind: 'connection', topic: null, group: null, error }),
    });
  }

  publish(message: BusMessage): Promise<void> {
    const { topic } = message;
    if (this.closed !== null) return Promise.reject(closedError(topic));
    return this.writer(topic).publish(encodeEntry(message));
  }

  subscribe(options: SubscribeOptions): Subscription {
    const { group, topic } = options;
    if (this.closed !== null) throw closedError(topic);
    const name = nameOf(topic, group);
    if (this.readers.has(name)) throw takenError(topic, group);
    this.subscribed.set(topic, (this.subscribed.get(topic) ?? new Set()).add(group));
    this.started += 1;
    const reader = new Reader({
      url: this.options.url,
      subscription: options,
      number: this.started,
      settings: this.settings,
      declared: () => this.groupsOf(topic),
      commands: this.commands,
      retries: this.retries('acknowledge', topic, group),
      changes: this.changes,
    });
    this.readers.set(name, reader);
    return { close: () => reader.close().then(() => this.forget(name, reader)) };
  }

  /** Of the groups that this bus reads, as of the last pulse and what has happened here since. */
  backlog(): readonly BusBacklog[] {
    return [...this.readers.values()].map((reader) => reader.backlog());
  }

  /**
   * Milliseconds since Redis last answered this bus as the group's reader: a subscription that is alive answers every
   * `pulseMs`, however slow its handlers are. A `BusError` of kind `unread` where this bus has no such subscription.
   */
  silentFor(topic: string, group: string): number {
    const reader = this.readers.get(nameOf(topic, group));
    if (reader === undefined) throw noReaderError(topic, group);
    return reader.silentMs();
  }

  /** Whether so much waits for Redis' answer, or for the handlers of a group, that nothing more should be let in. */
  saturated(): boolean {
    const { maxBacklog } = this.settings;
    for (const { size } of this.writers.values()) if (size >= maxBacklog) return true;
    for (const { held } of this.readers.values()) if (held >= maxBacklog) return true;
    return false;
  }

  /**
   * Resolves when all that was published here is confirmed, and the readers of this bus have handled it: for tests, and
   * for a process alone with its server. What other processes publish and read is not looked at.
   */
  async whenIdle(): Promise<void> {
    do {
      await this.changes.until(() => this.isIdle());
      // Who awaited something goes on first, and may publish again.
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    } while (!this.isIdle());
  }

  /**
   * Takes nothing more, waits for what is in hand, then for Redis to confirm what was acknowledged, then what was
   * published, each for `drainMs` at the most. What is not confirmed by then is rejected with a `BusError` of kind
   * `closed`: it may have arrived.
   */
  close(): Promise<void> {
    return (this.closed ??= this.drain());
  }

  private writer(topic: string): TopicWriter {
    let writer = this.writers.get(topic);
    if (writer === undefined) {
      writer = new TopicWriter({
        connection: this.commands,
        topic,
        stream: this.settings.prefix + topic,
        groups: () => this.groupsOf(topic),
        unread: () => this.settings.unread(topic),
        retries: this.retries('publish', topic, null),
        onProgress: () => this.changes.tell(),
      });
      this.writers.set(topic, writer);
    }
    return writer;
  }

  private groupsOf(topic: string): readonly string[] {
    return [...new Set([...this.settings.groups(topic), ...(this.subscribed.get(topic) ?? [])])];
  }

  /** A command that failed may have been carried out all the same; that it was is no harm, so it is sent again. */
  private retries(kind: BusTroubleKind, topic: string, group: string | null): Retries {
    const { signal } = this.ending;
    return {
      ready: () => whenReady(this.commands, signal),
      failed: (error, tries) => {
        this.settings.onTrouble({ kind, topic, group, error: asError(error) });
        return pause(Math.min(1000, 2 ** tries), signal);
      },
    };
  }

  private isIdle(): boolean {
    for (const { size } of this.writers.values()) if (size > 0) return false;
    for (const reader of this.readers.values()) {
      if (!reader.isIdle(this.writers.get(reader.topic)?.lastId ?? FIRST)) return false;
    }
    return true;
  }

  private forget(name: string, reader: Reader): void {
    if (this.readers.get(name) === reader) this.readers.delete(name);
    this.changes.tell();
  }

  private async drain(): Promise<void> {
    const { signal } = this.ending;
    await Promise.all([...this.readers.values()].map((reader) => reader.close()));
    const confirmed = this.changes.until(() => [...this.writers.values()].every(({ size }) => size === 0));
    await Promise.race([confirmed, pause(this.settings.drainMs, signal)]);
    this.ending.abort();
    for (const writer of this.writers.values()) writer.stop();
    for (const reader of this.readers.values()) reader.stop();
    this.readers.clear();
    this.commands.disconnect();
    this.changes.tell();
  }
}

/** A topic and a group may hold any character but this one. */
function nameOf(topic: string, group: string): string {
  return `${topic}\n${group}`;
}
