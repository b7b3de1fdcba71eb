import type { BusMessage, Delivery, SubscribeOptions } from '@bowline/ports';
import type { DeliveryFailure } from './options.js';

/** A message that was received and is not acknowledged. */
export interface Envelope {
  readonly message: BusMessage;
  /** How often it was handed over. */
  attempts: number;
  acknowledged: boolean;
}

export interface DispatcherOptions<E extends Envelope> {
  readonly subscription: SubscribeOptions;
  readonly maxInFlight: number;
  readonly retry: { readonly firstMs: number; readonly maxMs: number };
  readonly acknowledge: (envelope: E) => void;
  readonly onFailure: (failure: DeliveryFailure) => void;
}

/** The messages of one key; the first one is in hand, or is the next. */
interface Lane<E> {
  readonly key: string;
  readonly queue: E[];
  timer: NodeJS.Timeout | undefined;
}

/**
 * Hands the messages of one subscription over: those of a key one at a time and in order, others meanwhile. What a
 * handler refuses stays here until it takes it, and its key waits: given back to Pub/Sub it would come again after
 * later messages of its key, or with all of them.
 */
export class Dispatcher<E extends Envelope> {
  /** Messages that are not handled: in hand, waiting, or waiting to be tried again. */
  held = 0;
  private inHand = 0;
  private readonly lanes = new Map<string, Lane<E>>();
  private readonly ready: Lane<E>[] = [];
  private closing = false;
  private handingOver = false;
  private rested: () => void = () => undefined;

  constructor(private readonly options: DispatcherOptions<E>) {}

  /** Takes a message that stands behind all others of its key. */
  add(envelope: E): void {
    const { key } = envelope.message;
    this.held += 1;
    const lane = this.lanes.get(key);
    if (lane !== undefined) {
      lane.queue.push(envelope);
      return;
    }
    const opened = { key, queue: [envelope], timer: undefined };
    this.lanes.set(key, opened);
    this.goOn(opened);
  }

  /** Hands nothing more over, and resolves once nothing is in hand. */
  close(): Promise<void> {
    this.closing = true;
    for (const { timer } of this.lanes.values()) clearTimeout(timer);
    if (this.inHand === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.rested = resolve;
    });
  }

  private goOn(lane: Lane<E>): void {
    this.ready.push(lane);
    this.handOver();
  }

  /** Begins with as many messages as may be under way at once. */
  private handOver(): void {
    // A handler may end within the call that began it, and asks for the next one from within.
    if (this.handingOver) return;
    this.handingOver = true;
    while (!this.closing && this.inHand < this.options.maxInFlight && this.ready.length > 0) {
      this.inHand += 1;
      void this.deliver(this.ready.shift()!);
    }
    this.handingOver = false;
  }

  private async deliver(lane: Lane<E>): Promise<void> {
    const { accepts, acknowledge, group, handle } = this.options.subscription;
    const envelope = lane.queue[0]!;
    const byHandler = acknowledge !== 'later';
    envelope.attempts += 1;
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
    this.done(lane);
  }

  private failed(lane: Lane<E>, envelope: E, delivery: Delivery, error: unknown): void {
    let retryInMs = null;
    if (envelope.acknowledged) {
      this.done(lane);
    } else {
      this.letGo();
      if (!this.closing) {
        retryInMs = this.pauseBefore(envelope.attempts);
        lane.timer = setTimeout(() => this.goOn(lane), retryInMs);
      }
      this.handOver();
    }
    this.options.onFailure({ delivery, error, retryInMs });
  }

  private done(lane: Lane<E>): void {
    lane.queue.shift();
    this.held -= 1;
    this.letGo();
    if (lane.queue.length > 0) this.ready.push(lane);
    else this.lanes.delete(lane.key);
    this.handOver();
  }

  private letGo(): void {
    this.inHand -= 1;
    if (this.inHand === 0) this.rested();
  }

  private acknowledge(envelope: E): void {
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
