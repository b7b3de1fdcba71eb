import type { BusMessage, SubscribeOptions } from '@bowline/ports';
import { Fifo } from './fifo.js';

/** One call of publish, until every group has acknowledged. */
export interface Publication {
  /** Groups that have not acknowledged yet. */
  remaining: number;
  readonly publishedAtMs: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A message on its way to one group. */
export interface Envelope {
  /** The bus's own copy, which no subscriber sees. */
  readonly message: BusMessage;
  readonly publication: Publication;
  attempts: number;
  acknowledged: boolean;
}

/** The messages of one key for one group that have not been handed over. */
export class Lane {
  readonly queue = new Fifo<Envelope>();
  /** `paused`: waits for a retry, or is held back by a fault. */
  state: 'resting' | 'ready' | 'in hand' | 'paused' = 'resting';
  timer: NodeJS.Timeout | undefined;

  constructor(
    readonly group: Group,
    readonly key: string,
  ) {}
}

/**
 * A reader of one topic. It outlives its subscription, as a group at a broker does: what is published in between waits
 * for the next one.
 */
export class Group {
  subscription: SubscribeOptions | null = null;
  closing = false;
  held = false;
  /** Whether its messages move: somebody reads, and nobody holds it. The bus keeps it, with its count. */
  movable = false;
  /** Everything that is not acknowledged, in the order in which it was published. */
  readonly open = new Set<Envelope>();
  readonly lanes = new Map<string, Lane>();
  /** Messages that have not been handed over. */
  waiting = 0;
  inHand = 0;

  constructor(
    readonly topic: string,
    readonly name: string,
  ) {}

  lane(key: string): Lane {
    let lane = this.lanes.get(key);
    if (lane === undefined) this.lanes.set(key, (lane = new Lane(this, key)));
    return lane;
  }

  /** Begins anew with all that is not acknowledged: a new subscription also gets what the last one only took. */
  rewind(): void {
    for (const lane of this.lanes.values()) lane.queue.clear();
    this.lanes.clear();
    for (const envelope of this.open) this.lane(envelope.message.key).queue.push(envelope);
    this.waiting = this.open.size;
  }

  stopTimers(): void {
    for (const lane of this.lanes.values()) clearTimeout(lane.timer);
  }
}

/** All fields are texts and numbers, so that this is a full copy. */
export function copyOf(message: BusMessage): BusMessage {
  const { topic, key, id, source, epoch, time, cause, data, signature, traceparent } = message;
  if (signature !== undefined) return { ...message };
  if (traceparent === undefined) return { topic, key, id, source, epoch, time, cause, data };
  return { topic, key, id, source, epoch, time, cause, traceparent, data };
}
