import type { Delivery } from '@bowline/ports';
import type { PubSubPlace } from './names.js';

/** How Pub/Sub is reached. Credentials are Google's defaults of the environment; an emulator needs none. */
export interface PubSubConnection extends PubSubPlace {
  /**
   * `europe-west3-pubsub.googleapis.com`: the order of a key holds for what is published in one region. Another host,
   * `127.0.0.1:8085`, is taken for an emulator. Absent: `PUBSUB_EMULATOR_HOST`, or whatever region is near.
   */
  readonly endpoint?: string;
}

export interface PubSubBusOptions extends PubSubConnection {
  /** Who reads the topic, here or elsewhere: nothing goes out before all of them have a subscription. */
  readonly groups?: (topic: string) => readonly string[];
  /** Whether a topic may be without a group: what is published there is taken and dropped. Absent: none may. */
  readonly unread?: (topic: string) => boolean;
  /** Topics that get a heartbeat from the start; those that this bus has published to get one anyway. */
  readonly writes?: readonly string[];
  /** How often a heartbeat goes out, for `silentFor` of whoever reads; 10,000. */
  readonly heartbeatMs?: number;
  /** The pause before a message comes again: `firstMs` (1), doubled each time, up to `maxMs` (1000). */
  readonly retry?: { readonly firstMs: number; readonly maxMs: number };
  /** Handlers of one subscription that are under way at once; 256. */
  readonly maxInFlight?: number;
  /** Messages of one subscription that were received and not acknowledged: beyond these no more are taken; 4,096. */
  readonly maxHeld?: number;
  /** Messages waiting for Pub/Sub's answer from which on the bus is `saturated()`; 1,000. */
  readonly maxBacklog?: number;
  /** How long after the end of a process Pub/Sub waits before it gives what that had in hand to another; 10,000. */
  readonly leaseMs?: number;
  /** After so long without an answer a message is published again; 10,000. */
  readonly timeoutMs?: number;
  /** The most that `close` waits for Pub/Sub to take acknowledgements, and what was published; 5,000. */
  readonly drainMs?: number;
  /** Told of every handler that fails. Absent: a warning of the process. */
  readonly onFailure?: (failure: DeliveryFailure) => void;
  /** Told of what goes wrong between the bus and Pub/Sub. The bus goes on by itself. Absent: a warning of the process. */
  readonly onTrouble?: (trouble: BusTrouble) => void;
}

/** The options with what stands in for those that are absent. */
export type PubSubBusSettings = Required<Omit<PubSubBusOptions, keyof PubSubConnection>>;

export interface DeliveryFailure {
  readonly delivery: Delivery;
  /** What the handler threw. */
  readonly error: unknown;
  /** Null: not before there is another subscription, or, where it was acknowledged, not at all. */
  readonly retryInMs: number | null;
}

/**
 * - `publish`: Pub/Sub refused, or its answer was lost: it is done again
 * - `check`: this process may not look whether the topic has its groups: it publishes unchecked
 * - `heartbeat`: one could not be sent
 * - `missing`: the subscription does not exist; it is looked for again and again
 * - `read`: a subscription could not be read; it begins anew
 * - `acknowledge`: an acknowledgement, or the renewal of a lease, was lost: the message may come again
 * - `unreadable`: what is no message; it is acknowledged
 */
export type BusTroubleKind =
  'publish' | 'check' | 'heartbeat' | 'missing' | 'read' | 'acknowledge' | 'unreadable';

export interface BusTrouble {
  readonly kind: BusTroubleKind;
  readonly topic: string;
  /** Null: it is about publishing. */
  readonly group: string | null;
  readonly error: Error;
}

export function settingsOf(options: PubSubBusOptions): PubSubBusSettings {
  const settings = {
    groups: () => [],
    unread: () => false,
    writes: [],
    heartbeatMs: 10_000,
    retry: { firstMs: 1, maxMs: 1000 },
    maxInFlight: 256,
    maxHeld: 4096,
    maxBacklog: 1000,
    leaseMs: 10_000,
    timeoutMs: 10_000,
    drainMs: 5000,
    onFailure: warnOfFailure,
    onTrouble: warnOfTrouble,
    ...options,
  };
  if (settings.leaseMs < 10_000 || settings.leaseMs > 600_000) {
    throw new Error(`leaseMs ${settings.leaseMs}: Pub/Sub takes 10,000 to 600,000`);
  }
  return settings;
}

function warnOfFailure({ delivery, error, retryInMs }: DeliveryFailure): void {
  const { attempt, group, message } = delivery;
  const again = retryInMs === null ? 'it is not tried again' : `it comes again in ${retryInMs} ms`;
  process.emitWarning(
    `group ${group} failed on message ${message.id} of topic ${message.topic}, attempt ${attempt}; ${again}: ` +
      (error instanceof Error ? (error.stack ?? error.message) : String(error)),
    'BusWarning',
  );
}

function warnOfTrouble({ error, group, kind, topic }: BusTrouble): void {
  const reader = group === null ? '' : ` group ${group}`;
  process.emitWarning(`Pub/Sub bus, ${kind} topic ${topic}${reader}: ${error.message}`, 'BusWarning');
}
