import type { TimeMs } from '@bowline/domain';

/** A message between roles. Its text was made once, and is parsed once by whoever receives it. */
export interface BusMessage {
  /** `signals.ikenna`: what it is about, and whose it is (a client, or an account). */
  readonly topic: string;
  /** Messages of one key reach each group one at a time, in the order in which they were published. */
  readonly key: string;
  /** Derived, never drawn: the same message sent again has the same id. */
  readonly id: string;
  /** The shard that sent it, `oco-manager/ikenna.binance-usdm.BTCUSDT`; for what comes from outside, where it came from. */
  readonly source: string;
  /** Of the shard's lease: a receiver refuses an epoch lower than one it has seen of that source. 0: no lease. */
  readonly epoch: number;
  readonly time: TimeMs;
  /** The id of the message that led to it; null for what comes from outside. */
  readonly cause: string | null;
  /** W3C trace context of whoever sent it; absent: it is not traced. */
  readonly traceparent?: string;
  /** What proves who has sent it, on topics of commands: only a bus that signs and checks messages looks at it. */
  readonly signature?: string;
  /** The body, as text (`encodeJson` of contracts). */
  readonly data: string;
}

/** One attempt to hand a message to a group. */
export interface Delivery {
  readonly message: BusMessage;
  /** Who it is handed to. */
  readonly group: string;
  /** 1, 2, ... */
  readonly attempt: number;
  /** Only for a subscription that acknowledges by itself: its effect is durable. Without effect the second time. */
  ack(): void;
}

export interface SubscribeOptions {
  readonly topic: string;
  /** Every group gets every message of the topic, once it is acknowledged. */
  readonly group: string;
  /** A message that this refuses is acknowledged unseen. Absent: all are wanted. */
  readonly accepts?: (message: BusMessage) => boolean;
  /**
   * Resolves once the effect is durable, which acknowledges the message. Rejects: it comes again, after a pause that
   * grows, and later messages of its key wait for it.
   */
  readonly handle: (delivery: Delivery) => Promise<void>;
  /**
   * `handler` (default): acknowledged by the handler's promise. `later`: by `delivery.ack()`, for groups that write in
   * batches; the next message of the key comes as soon as the handler's promise resolves.
   */
  readonly acknowledge?: 'handler' | 'later';
  /**
   * For readers that may go on without a message: handed over `after` times (1 or more) and still failing, it is
   * published as a dead letter and acknowledged. Absent: it comes again until it goes through. Takes a bus that knows
   * dead letters; others look past it.
   */
  readonly deadLetter?: { readonly after: number };
}

export interface Subscription {
  /** Takes no more messages, and resolves once those in hand are done. */
  close(): Promise<void>;
}

/** At least once, in order by key. */
export interface Bus {
  /**
   * Resolves once the bus answers for the message: it will reach every group, whatever happens to this process. Calls
   * are in order even where they are not awaited. Rejects where the bus refuses it or is closed.
   */
  publish(message: BusMessage): Promise<void>;
  subscribe(options: SubscribeOptions): Subscription;
  /** Messages that are published and not yet acknowledged, by group, and how old the oldest is, in milliseconds. */
  backlog(): readonly BusBacklog[];
  /** Drains: takes no new messages, waits for those in hand. */
  close(): Promise<void>;
}

export interface BusBacklog {
  readonly topic: string;
  readonly group: string;
  readonly messages: number;
  readonly oldestMs: number;
}

/**
 * - `unread`: nobody reads the topic, and it was not declared unread: the message would be lost
 * - `taken`: the group reads the topic already
 * - `missing`: the bus has no such topic, or no such group, and makes none by itself
 * - `closed`: the bus was used after it was closed, or was closed before every group had acknowledged
 */
export type BusErrorKind = 'unread' | 'taken' | 'missing' | 'closed';

/** What a bus refuses. The message names the topic, and says what to do. */
export class BusError extends Error {
  constructor(
    readonly kind: BusErrorKind,
    message: string,
  ) {
    super(message);
    this.name = 'BusError';
  }
}
