import type { BusBacklog, SubscribeOptions } from '@bowline/ports';
import { Batches } from './batches.js';
import type { Retries } from './batches.js';
import type { Changes } from './changes.js';
import { connect, pause, whenReady } from './connection.js';
import type { Connection } from './connection.js';
import { Dispatcher } from './dispatcher.js';
import type { Envelope } from './dispatcher.js';
import { decodeEntry } from './entry.js';
import { asError } from './errors.js';
import type { BusTroubleKind, RedisBusSettings } from './options.js';
import { StreamGroup } from './stream-group.js';
import type { Entry, Pulse } from './stream-group.js';
import { compareIds, FIRST, timeOfId } from './stream-id.js';
import type { StreamId } from './stream-id.js';

/** The most entries of one read. */
const MAX_READ = 256;
/** The most acknowledgements of one command. */
const MAX_ACKS = 1024;

export interface ReaderOptions {
  readonly url: string;
  readonly subscription: SubscribeOptions;
  /** Numbers the readers of the process. */
  readonly number: number;
  readonly settings: RedisBusSettings;
  /** Every group that the topic must have, this one included. */
  readonly declared: () => readonly string[];
  /** For everything but reading. */
  readonly commands: Connection;
  /** How acknowledgements are sent, and the group is let go of. */
  readonly retries: Retries;
  readonly changes: Changes;
}

/**
 * One subscription. Becomes the group's only reader, takes what the readers before it have left in hand, and only then
 * reads on, so that the order of a key holds over a restart. Whatever goes wrong, it begins anew from there.
 *
 * While it lives it says so every `pulseMs`, however slow its handlers are, and nobody else reads as the group. Where it
 * could not for half of `deadAfterMs`, it hands nothing more over until it knows that the group is still its own.
 */
export class Reader {
  private readonly group: StreamGroup;
  private readonly reading: Connection;
  private readonly dispatcher: Dispatcher;
  private readonly acks: Batches<StreamId>;
  /** Read and, as far as we know, not acknowledged; the oldest first. */
  private readonly open = new Set<StreamId>();
  private readonly ending = new AbortController();
  private readonly looping: Promise<void>;
  private closing: Promise<void> | null = null;
  private wakeUp: () => void = () => undefined;

  private owner = false;
  /** When the last command that kept the group ours was sent. */
  private contactAt = -Infinity;
  /** When Redis last answered the group's reader. */
  private answeredAt: number;
  private pulse: Pulse | null = null;
  /** Entries that were read since the pulse. */
  private readSincePulse = 0;
  /** Where to go on in what the group has in hand; null: all of it was read. */
  private recoverAfter: StreamId | null = FIRST;
  private lastRead: StreamId = FIRST;

  constructor(private readonly options: ReaderOptions) {
    const { commands, declared, number, settings, subscription, url } = options;
    const { deadAfterMs, keepMs, maxInFlight, prefix, pulseMs, retry, timeoutMs } = settings;
    const { group, topic } = subscription;
    const epoch = settings.epoch(group);
    this.answeredAt = performance.now();
    this.reading = connect({
      url,
      name: ['bowline', prefix, topic, group].map(encodeURIComponent).join('/'),
      timeoutMs: pulseMs + timeoutMs,
      onError: (error) => {
        if (!this.ending.signal.aborted) this.tell('connection', error);
      },
    });
    this.group = new StreamGroup({
      stream: prefix + topic,
      group,
      consumer: `${epoch}:${settings.instance}:${number}`,
      epoch,
      deadAfterMs,
      keepMs,
      declared,
      reading: this.reading,
      commands,
    });
    this.dispatcher = new Dispatcher({
      subscription,
      maxInFlight,
      retry,
      mayHandOver: () => this.owner && !this.isStale(),
      acknowledge: ({ id }) => this.acks.add(id),
      forget: ({ id }) => this.open.delete(id),
      onFailure: (envelope, failure) => this.onFailure(envelope, failure),
      onDone: () => {
        this.wakeUp();
        options.changes.tell();
      },
    });
    this.acks = new Batches({
      ...options.retries,
      max: MAX_ACKS,
      send: (ids) => this.group.acknowledge(ids),
      done: (ids) => {
        for (const id of ids) this.open.delete(id);
        options.changes.tell();
      },
    });
    this.looping = this.loop();
  }

  get topic(): string {
    return this.options.subscription.topic;
  }

  /** Messages that were read and are not handled. */
  get held(): number {
    return this.dispatcher.held;
  }

  /** Whether everything up to the entry was handled, and Redis knows what was acknowledged. */
  isIdle(lastId: StreamId): boolean {
    if (this.closing !== null) return true;
    const { pulse } = this;
    // A reader that finds nothing to read has no id of its own to compare.
    const hasRead =
      compareIds(this.lastRead, lastId) >= 0 ||
      (pulse?.unread === 0 && compareIds(pulse.lastId, lastId) >= 0);
    return hasRead && this.recoverAfter === null && this.dispatcher.held === 0 && this.acks.size === 0;
  }

  backlog(): BusBacklog {
    const { group, topic } = this.options.subscription;
    const unread = Math.max(0, (this.pulse?.unread ?? 0) - this.readSincePulse);
    const [oldestOpen] = this.open;
    const oldestUnread = unread > 0 ? this.pulse?.oldestUnread : null;
    const oldestMs = this.ageOf(oldestOpen ?? oldestUnread ?? null);
    return { topic, group, messages: this.open.size + unread, oldestMs };
  }

  /** Milliseconds since Redis last answered it as the group's reader. */
  silentMs(): number {
    return performance.now() - this.answeredAt;
  }

  /** Lets go of the group, once what is in hand is done and acknowledged; what is not goes to the next reader. */
  close(): Promise<void> {
    return (this.closing ??= this.letGo());
  }

  /** Sends no acknowledgements any more. */
  stop(): void {
    this.acks.stop();
  }

  private async loop(): Promise<void> {
    let failures = 0;
    while (!this.ending.signal.aborted) {
      await whenReady(this.reading, this.ending.signal);
      try {
        if (await this.takeOver()) {
          failures = 0;
          await this.read();
        } else {
          await this.wait(this.options.settings.pulseMs);
        }
      } catch (error) {
        // An answer was lost with the connection: it may have brought messages, which are then in hand.
        this.recoverAfter ??= this.lastRead;
        if (this.ending.signal.aborted) return;
        this.tell('read', asError(error));
        failures += 1;
        await this.wait(Math.min(1000, 2 ** failures));
      }
    }
  }

  private async takeOver(): Promise<boolean> {
    let ended;
    do {
      const claim = await this.group.claim();
      if (claim.outcome !== 'claimed') {
        const { consumer, idleMs, outcome } = claim;
        this.lose();
        this.tell(outcome, new Error(`consumer ${consumer} has the group; it was silent for ${idleMs} ms`));
        return false;
      }
      // Somebody else has had the group meanwhile: what waits here may have been handled there.
      if (claim.joined) this.lose();
      ended = await this.group.endOtherReads(this.reading);
    } while (ended > 0);
    this.owner = true;
    return this.beat();
  }

  /** Reads until the group has to be claimed anew. */
  private async read(): Promise<void> {
    const { deadAfterMs, maxHeld, pulseMs } = this.options.settings;
    const count = Math.min(MAX_READ, Math.ceil(maxHeld / 4));
    while (!this.ending.signal.aborted) {
      const due = this.contactAt + pulseMs - performance.now();
      if (due <= 0) {
        if (this.contactAt + deadAfterMs / 2 < performance.now()) return;
        if (!(await this.beat())) return;
      } else if (this.closing !== null || this.dispatcher.held + count > maxHeld) {
        await this.wait(due);
      } else if (this.recoverAfter !== null) {
        await this.recover(count, this.recoverAfter);
      } else {
        this.take(await this.group.readNew(count, Math.ceil(due)));
      }
    }
  }

  /** Whether the group is still this reader's, and it knows all that the group has in hand. */
  private async beat(): Promise<boolean> {
    const { changes } = this.options;
    const sentAt = performance.now();
    const known = this.open.size;
    const pulse = await this.group.pulse();
    if (pulse === null) {
      // Somebody else has the group, or Redis has lost it: the next claim tells.
      this.owner = false;
      return false;
    }
    this.contactAt = sentAt;
    this.answeredAt = performance.now();
    this.pulse = pulse;
    this.readSincePulse = 0;
    if (this.recoverAfter === null && pulse.pending > known) {
      this.tell('stray', new Error(`${pulse.pending} messages are in hand, of which ${known} are known`));
      this.recoverAfter = FIRST;
      return false;
    }
    this.dispatcher.handOver();
    changes.tell();
    return true;
  }

  private async recover(count: number, after: StreamId): Promise<void> {
    const entries = await this.group.readOwn(count, after);
    const last = entries.at(-1);
    this.take(entries, last === undefined ? undefined : await this.group.deliveries(entries));
    this.recoverAfter = last?.id ?? null;
    this.options.changes.tell();
  }

  private take(entries: readonly Entry[], deliveries?: ReadonlyMap<StreamId, number>): void {
    const { topic } = this.options.subscription;
    for (const { fields, id } of entries) {
      if (deliveries === undefined) this.readSincePulse += 1;
      if (compareIds(id, this.lastRead) > 0) this.lastRead = id;
      if (this.open.has(id)) continue;
      this.open.add(id);
      const message = fields === null ? null : decodeEntry(topic, fields);
      if (message !== null) {
        const attempts = (deliveries?.get(id) ?? 1) - 1;
        this.dispatcher.add({ id, message, attempts, acknowledged: false, dropped: false });
      } else {
        this.tell('unreadable', new Error(`entry ${id} ${whyUnreadable(fields)}`));
        this.acks.add(id);
      }
    }
    this.dispatcher.handOver();
  }

  private onFailure(envelope: Envelope, failure: Parameters<RedisBusSettings['onFailure']>[0]): void {
    this.options.settings.onFailure(failure);
    if (failure.retryInMs === null) return;
    this.group
      .countAttempt(envelope.id, envelope.attempts)
      .catch((error: unknown) => this.tell('acknowledge', asError(error)));
  }

  private isStale(): boolean {
    const { deadAfterMs } = this.options.settings;
    return performance.now() - this.contactAt > deadAfterMs / 2;
  }

  /** Another reader has the group. What is in hand goes on: only its journal can keep it from taking effect. */
  private lose(): void {
    this.owner = false;
    this.pulse = null;
    this.recoverAfter = FIRST;
    for (const { id } of this.dispatcher.drop()) this.open.delete(id);
  }

  private async letGo(): Promise<void> {
    const { changes, commands, settings } = this.options;
    this.dispatcher.close();
    this.wakeUp();
    await changes.until(() => this.dispatcher.inHand === 0);
    const acknowledged = changes.until(() => this.acks.size === 0);
    await Promise.race([acknowledged, pause(settings.drainMs, this.ending.signal)]);
    this.ending.abort();
    this.wakeUp();
    const inTime = AbortSignal.timeout(settings.drainMs);
    // First, so that a read which is on its way cannot make this the group's reader again.
    await this.insist(() => this.group.endOtherReads(commands), inTime);
    this.reading.disconnect();
    await this.looping;
    // Without it the next reader has to wait until this one counts as dead.
    await this.insist(() => this.group.release(), inTime);
  }

  private async insist(work: () => Promise<unknown>, inTime: AbortSignal): Promise<void> {
    const { commands, retries } = this.options;
    for (let tries = 1; !inTime.aborted; tries += 1) {
      await whenReady(commands, inTime);
      try {
        await work();
        return;
      } catch (error) {
        await retries.failed(error, tries);
      }
    }
  }

  /** Until there is room, or it is time, or the end. */
  private wait(ms: number): Promise<void> {
    if (this.ending.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wakeUp(), ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private ageOf(id: StreamId | null): number {
    if (id === null || this.pulse === null) return 0;
    return Math.max(0, this.pulse.timeMs + this.silentMs() - timeOfId(id));
  }

  private tell(kind: BusTroubleKind, error: Error): void {
    const { settings, subscription } = this.options;
    settings.onTrouble({ kind, topic: subscription.topic, group: subscription.group, error });
  }
}

function whyUnreadable(fields: readonly string[] | null): string {
  if (fields === null) return 'was deleted before it was acknowledged';
  const names = fields.filter((_, at) => at % 2 === 0);
  return `is no message; its fields are ${names.join(', ')}`;
}
