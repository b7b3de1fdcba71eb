import type { Bus, BusBacklog, BusMessage, Delivery, SubscribeOptions, Subscription } from '@bowline/ports';
import { closedError, noGroupError, takenError, unreadError } from './errors.js';
import { FaultPlan } from './faults.js';
import { Fifo } from './fifo.js';
import { copyOf, Group } from './group.js';
import type { Envelope, Lane, Publication } from './group.js';
import { warnOf } from './options.js';
import type { LocalBusOptions } from './options.js';
import { Waits } from './waits.js';

/** So many deliveries in a row are microtasks; then timers and sockets have their turn. */
const DELIVERIES_PER_TURN = 256;

/**
 * The bus of roles in one process. It has no store: the journals of the receivers are the durability, so `publish`
 * resolves once every group that the topic has at that moment has acknowledged, and rejects with a `BusError` of kind
 * `unread` where nobody has ever subscribed to the topic.
 *
 * A handler must not await what it publishes itself. The receiver may answer under the key that is in hand, and then
 * both wait for each other; a journal that publishes again what was not confirmed makes the waiting needless.
 *
 * Order holds by topic, key and group: two topics of one group are two queues.
 *
 * Nothing that a role publishes is refused for want of space. Whoever lets work in from outside asks `saturated()`.
 */
export class LocalBus implements Bus {
  private readonly topics = new Map<string, Group[]>();
  private readonly ready = new Fifo<Lane>();
  private readonly faults: FaultPlan | null;
  private readonly now: () => number;
  private readonly maxBacklog: number;
  private readonly waits = new Waits();
  private scheduled = false;
  private deliveriesInTurn = 0;
  /** Messages that are on their way somewhere: in hand, or waiting in a group that takes them. */
  private moving = 0;
  private inHand = 0;
  private closed: Promise<void> | null = null;

  constructor(private readonly options: LocalBusOptions = {}) {
    this.now = options.now ?? (() => performance.now());
    this.maxBacklog = options.maxBacklog ?? 1000;
    this.faults =
      options.faults === undefined
        ? null
        : new FaultPlan(
            options.faults,
            (lane) => this.makeReady(lane),
            (group, envelope) => this.putInFront(group, envelope),
          );
  }

  publish(message: BusMessage): Promise<void> {
    const { topic } = message;
    if (this.closed !== null) return Promise.reject(closedError(topic));
    const groups = this.topics.get(topic);
    if (groups === undefined) {
      return this.options.unread?.(topic) === true ? Promise.resolve() : Promise.reject(unreadError(topic));
    }
    const copy = copyOf(message);
    return new Promise((resolve, reject) => {
      const publication = { remaining: groups.length, publishedAtMs: this.now(), resolve, reject };
      for (const group of groups) this.enqueue(group, copy, publication);
    });
  }

  subscribe(options: SubscribeOptions): Subscription {
    const { group: name, topic } = options;
    if (this.closed !== null) throw closedError(topic);
    const group = this.groupOf(topic, name) ?? this.addGroup(topic, name);
    if (group.subscription !== null) throw takenError(topic, name);
    group.subscription = options;
    group.rewind();
    this.updateMovable(group);
    let closed: Promise<void> | null = null;
    return { close: () => (closed ??= this.unsubscribe(group)) };
  }

  backlog(): readonly BusBacklog[] {
    const now = this.now();
    return [...this.topics.values()].flat().map((group) => ({
      topic: group.topic,
      group: group.name,
      messages: group.open.size,
      oldestMs: ageOfOldest(group, now),
    }));
  }

  /**
   * Whether some group is behind by `maxBacklog` messages: nothing more should be let in from outside. Messages that
   * were handed over to be acknowledged later do not count, they are in the receiver's hands.
   */
  saturated(): boolean {
    for (const groups of this.topics.values()) {
      for (const group of groups) if (group.waiting + group.inHand >= this.maxBacklog) return true;
    }
    return false;
  }

  /** Whether `whenIdle` would resolve now. */
  get idle(): boolean {
    return this.moving === 0;
  }

  /**
   * Resolves when no message is undelivered, in hand or waiting for a retry; in a microtask where that is so already.
   * What a paused or a closed subscription holds, and what was handed over to be acknowledged later, does not count.
   * Who awaited a publish has gone on by then, and may have published again.
   */
  whenIdle(): Promise<void> {
    return this.waits.until(() => this.idle);
  }

  /** Hands the group no more messages until `resume`. A `BusError` of kind `unread` where there is no such group. */
  pause(topic: string, group: string): void {
    this.hold(topic, group, true);
  }

  resume(topic: string, group: string): void {
    this.hold(topic, group, false);
  }

  /**
   * Delivers what was published, but tries nothing again. What is not acknowledged after that is not answered for: its
   * `publish` rejects with a `BusError` of kind `closed`.
   */
  close(): Promise<void> {
    return (this.closed ??= this.drain());
  }

  private enqueue(group: Group, message: BusMessage, publication: Publication): void {
    const envelope = { message, publication, attempts: 0, acknowledged: false };
    const lane = group.lane(message.key);
    group.open.add(envelope);
    lane.queue.push(envelope);
    this.countWaiting(group, 1);
    this.wakeLane(lane);
  }

  /** For what comes again out of turn: behind the message that is in hand, before all others of its key. */
  private putInFront(group: Group, envelope: Envelope): void {
    const lane = group.lane(envelope.message.key);
    lane.queue.unshift(envelope);
    this.countWaiting(group, 1);
    this.wakeLane(lane);
  }

  private countWaiting(group: Group, by: 1 | -1): void {
    group.waiting += by;
    if (group.movable) this.moving += by;
  }

  private countInHand(group: Group, by: 1 | -1): void {
    group.inHand += by;
    this.inHand += by;
    this.moving += by;
  }

  private wakeLane(lane: Lane): void {
    if (lane.state === 'resting' && lane.group.movable && lane.queue.length > 0) this.makeReady(lane);
  }

  private makeReady(lane: Lane): void {
    lane.state = 'ready';
    this.ready.push(lane);
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(this.deliverReady);
  }

  private readonly deliverReady = (): void => {
    for (;;) {
      if (this.ready.length === 0 && this.inHand === 0) this.faults?.hurry();
      const lane = this.ready.shift();
      if (lane === undefined) break;
      this.start(lane);
      this.deliveriesInTurn += 1;
      if (this.deliveriesInTurn >= DELIVERIES_PER_TURN) {
        this.deliveriesInTurn = 0;
        setImmediate(this.deliverReady);
        return;
      }
    }
    this.scheduled = false;
    this.waits.look();
  };

  private start(lane: Lane): void {
    const { group } = lane;
    lane.state = 'resting';
    if (!group.movable || group.subscription === null) return;
    if (this.faults?.holds(lane) === true) {
      lane.state = 'paused';
      return;
    }
    const envelope = lane.queue.shift();
    if (envelope === undefined) return;
    lane.state = 'in hand';
    envelope.attempts += 1;
    this.countWaiting(group, -1);
    this.countInHand(group, 1);
    this.faults?.onDelivery();
    void this.deliver(lane, envelope, group.subscription);
  }

  private async deliver(lane: Lane, envelope: Envelope, subscription: SubscribeOptions): Promise<void> {
    const { accepts, acknowledge, handle } = subscription;
    const byHandler = acknowledge !== 'later';
    const delivery: Delivery = {
      message: copyOf(envelope.message),
      group: subscription.group,
      attempt: envelope.attempts,
      ack: byHandler ? nothing : once(() => this.acknowledge(lane.group, envelope)),
    };
    let wanted;
    try {
      wanted = accepts === undefined || accepts(delivery.message);
      if (wanted) await handle(delivery);
    } catch (error) {
      this.failed(lane, envelope, delivery, error);
      return;
    }
    this.countInHand(lane.group, -1);
    if (byHandler || !wanted) this.acknowledge(lane.group, envelope);
    this.goOn(lane);
  }

  private failed(lane: Lane, envelope: Envelope, delivery: Delivery, error: unknown): void {
    const { group } = lane;
    this.countInHand(group, -1);
    let retryInMs = null;
    if (!envelope.acknowledged) {
      lane.queue.unshift(envelope);
      this.countWaiting(group, 1);
      if (!group.closing && this.closed === null) retryInMs = this.pauseBefore(envelope.attempts);
      lane.state = 'paused';
      if (retryInMs !== null) lane.timer = setTimeout(() => this.makeReady(lane), retryInMs);
      this.afterDelivery();
    } else {
      this.goOn(lane);
    }
    const report = this.options.onFailure ?? warnOf;
    report({ delivery, error, retryInMs });
  }

  private goOn(lane: Lane): void {
    lane.state = 'resting';
    if (lane.queue.length === 0) lane.group.lanes.delete(lane.key);
    else this.wakeLane(lane);
    this.afterDelivery();
  }

  private afterDelivery(): void {
    // What faults hold back is let go where nothing else is left to do, and that is found out while delivering.
    if (this.faults !== null) this.schedule();
    this.waits.look();
  }

  private acknowledge(group: Group, envelope: Envelope): void {
    if (envelope.acknowledged) return;
    if (this.faults?.losesAck() === true) {
      this.putInFront(group, envelope);
      return;
    }
    envelope.acknowledged = true;
    group.open.delete(envelope);
    const { publication } = envelope;
    publication.remaining -= 1;
    if (publication.remaining === 0) publication.resolve();
    this.faults?.onAcknowledged(group, envelope);
  }

  private pauseBefore(attempts: number): number {
    const { firstMs, maxMs } = this.options.retry ?? { firstMs: 1, maxMs: 1000 };
    return Math.min(maxMs, firstMs * 2 ** (attempts - 1));
  }

  private async unsubscribe(group: Group): Promise<void> {
    group.closing = true;
    group.stopTimers();
    this.updateMovable(group);
    await this.waits.until(() => group.inHand === 0);
    group.subscription = null;
    group.closing = false;
  }

  private async drain(): Promise<void> {
    const groups = [...this.topics.values()].flat();
    for (const group of groups) group.stopTimers();
    await this.waits.until(() => this.inHand === 0 && !this.scheduled);
    for (const group of groups) {
      group.subscription = null;
      this.updateMovable(group);
      for (const { publication } of group.open) publication.reject(closedError(group.topic));
    }
  }

  private hold(topic: string, name: string, held: boolean): void {
    const group = this.groupOf(topic, name);
    if (group === undefined) throw noGroupError(topic, name);
    group.held = held;
    this.updateMovable(group);
  }

  private updateMovable(group: Group): void {
    const movable = group.subscription !== null && !group.closing && !group.held;
    if (movable === group.movable) return;
    group.movable = movable;
    this.moving += movable ? group.waiting : -group.waiting;
    for (const lane of group.lanes.values()) this.wakeLane(lane);
    this.waits.look();
  }

  private groupOf(topic: string, name: string): Group | undefined {
    return this.topics.get(topic)?.find((group) => group.name === name);
  }

  private addGroup(topic: string, name: string): Group {
    const group = new Group(topic, name);
    this.topics.set(topic, [...(this.topics.get(topic) ?? []), group]);
    return group;
  }
}

function nothing(): void {
  // `handler` mode: the handler's promise acknowledges.
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
}

function ageOfOldest(group: Group, now: number): number {
  const [oldest] = group.open;
  return oldest === undefined ? 0 : now - oldest.publication.publishedAtMs;
}
