import type { BusMessage, Delivery, SubscribeOptions } from '@bowline/ports';
import type { DeliveryFailure } from './options.js';
import type { StreamId } from './stream-id.js';

/** A message that was read and not acknowledged. */
export interface Envelope {
  readonly id: StreamId;
  readonly message: BusMessage;
  /** How often it was handed over, here and to readers before. */
  attempts: number;
  acknowledged: boolean;
  /** In hand when the group was lost to another reader: if it fails now, it is the other one's. */
  dropped: boolean;
}

export interface DispatcherOptions {
  readonly subscription: SubscribeOptions;
  readonly maxInFlight: number;
  readonly retry: { readonly firstMs: number; readonly maxMs: number };
  /** Whether this reader is the group's: while that is in doubt nothing is handed over. */
  readonly mayHandOver: () => boolean;
  readonly acknowledge: (envelope: Envelope) => void;
  /** A dropped message was refused. */
  readonly forget: (envelope: Envelope) => void;
  /** A handler has refused the message. */
  readonly onFailure: (envelope: Envelope, failure: DeliveryFailure) => void;
  /** A handler is done. */
  readonly onDone: () => void;
}

/** The messages of one key. */
interface Lane {
  readonly key: string;
  readonly queue: Envelope[];
  inHand: Envelope | null;
  state: 'resting' | 'ready' | 'in hand' | 'paused';
  timer: NodeJS.Timeout | undefined;
}

/** Hands the messages of one subscription over: those of a key one at a time and in order, others meanwhile. */
export class Dispatcher {
  /** Handlers that are under way. */
  inHand = 0;
  /** Messages that are not handled: in hand, waiting, or waiting to be tried again. */
  held = 0;
  private readonly lanes = new Map<string, Lane>();
  private readonly ready: Lane[] = [];
  private closing = false;
  private handingOver = false;

  constructor(private readonly options: DispatcherOptions) {}

  /** Takes a message that stands behind all others of its key. `handOver` has to follow. */
  add(envelope: Envelope): void {
    const { key } = envelope.message;
    let lane = this.lanes.get(key);
    if (lane === undefined) {
      lane = { key, queue: [], inHand: null, state: 'resting', timer: undefined };
      this.lanes.set(key, lane);
    }
    lane.queue.push(envelope);
    this.held += 1;
    this.wake(lane);
  }

  /** Begins with as many messages as may be under way at once. */
  handOver(): void {
    // A message that is not accepted is done at once, and asks for the next one from within.
    if (this.handingOver) return;
    this.handingOver = true;
    while (this.inHand < this.options.maxInFlight && this.ready.length > 0 && this.mayHandOver()) {
      this.begin(this.ready.shift()!);
    }
    this.handingOver = false;
  }

  /** Another reader has the group: forgets what is not in hand, and answers what that was. */
  drop(): readonly Envelope[] {
    const dropped = [...this.lanes.values()].flatMap(({ queue }) => queue.splice(0));
    for (const lane of this.lanes.values()) {
      clearTimeout(lane.timer);
      if (lane.inHand === null) this.lanes.delete(lane.key);
      else lane.inHand.dropped = true;
    }
    this.ready.splice(0);
    this.held = this.inHand;
    return dropped;
  }

  /** Hands nothing more over. */
  close(): void {
    this.closing = true;
    for (const { timer } of this.lanes.values()) clearTimeout(timer);
  }

  private mayHandOver(): boolean {
    return !this.closing && this.options.mayHandOver();
  }

  private wake(lane: Lane): void {
    if (lane.state !== 'resting' || lane.queue.length === 0) return;
    lane.state = 'ready';
    this.ready.push(lane);
  }

  private begin(lane: Lane): void {
    const envelope = lane.queue.shift()!;
    lane.state = 'in hand';
    lane.inHand = envelope;
    envelope.attempts += 1;
    this.inHand += 1;
    void this.deliver(lane, envelope);
  }

  private async deliver(lane: Lane, envelope: Envelope): Promise<void> {
    const { accepts, acknowledge, group, handle } = this.options.subscription;
    const byHandler = acknowledge !== 'later';
    const delivery: Delivery = {
      // A copy: what a handler does to it, the next attempt must not see.
      message: { ...envelope.message },
      group,
      attempt: envelope.attempts,
      ack: byHandler ? nothing : () => this.acknowledge(envelope),
    };
    let wanted;
    try {
      wanted = accepts === undefined || accepts(delivery.message);
      if (wanted) await handle(delivery);
    } catch (error) {
      this.failed(lane, envelope, delivery, error);
      return;
    }
    if (byHandler || !wanted) this.acknowledge(envelope);
    this.goOn(lane);
  }

  private failed(lane: Lane, envelope: Envelope, delivery: Delivery, error: unknown): void {
    let retryInMs = null;
    if (envelope.acknowledged || envelope.dropped) {
      if (!envelope.acknowledged) this.options.forget(envelope);
      this.goOn(lane);
    } else {
      this.inHand -= 1;
      lane.inHand = null;
      lane.queue.unshift(envelope);
      lane.state = 'paused';
      if (!this.closing) {
        retryInMs = this.pauseBefore(envelope.attempts);
        lane.timer = setTimeout(() => this.retry(lane), retryInMs);
      }
      this.options.onDone();
      this.handOver();
    }
    this.options.onFailure(envelope, { delivery, error, retryInMs });
  }

  private retry(lane: Lane): void {
    lane.state = 'resting';
    this.wake(lane);
    this.handOver();
  }

  private goOn(lane: Lane): void {
    this.inHand -= 1;
    this.held -= 1;
    lane.inHand = null;
    lane.state = 'resting';
    if (lane.queue.length === 0) this.lanes.delete(lane.key);
    else this.wake(lane);
    this.options.onDone();
    this.handOver();
  }

  private acknowledge(envelope: Envelope): void {
    if (envelope.acknowledged) return;
    envelope.acknowledged = true;
    this.options.acknowledge(envelope);
  }

  private pauseBefore(attempts: number): number {
    const { firstMs, maxMs } = this.options.retry;
    return Math.min(maxMs, firstMs * 2 ** (attempts - 1));
  }
}

function nothing(): void {
  // `handler` mode: the handler's promise acknowledges.
}
