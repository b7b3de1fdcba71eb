import type { Delivery } from '@bowline/ports';

export interface RedisBusOptions {
  /** `redis://user:password@host:6379`, `rediss://` over TLS. A single server or what stands for one; no cluster. */
  readonly url: string;
  /** Stands before the topic in the name of its stream; `bowline:`. */
  readonly prefix?: string;
  /**
   * Who reads the topic, here or elsewhere; the same in all processes. The groups are made before the first message
   * goes out, and nothing is trimmed before all of them have acknowledged it. Absent: those that have subscribed once.
   */
  readonly groups?: (topic: string) => readonly string[];
  /** Whether a topic may be without a group: what is published there is taken and dropped. Absent: none may. */
  readonly unread?: (topic: string) => boolean;
  /**
   * The epoch of the lease under which this process reads as the group; 0: it has none. A higher one takes over at
   * once, a lower one does not read any more; without leases a reader is dead after `deadAfterMs`.
   */
  readonly epoch?: (group: string) => number;
  /** How long a reader without a lease must have been silent before another one takes its messages; 15,000. */
  readonly deadAfterMs?: number;
  /** Names this process among the consumers; by default host, process id, and some random digits. */
  readonly instance?: string;
  /** The pause before a message comes again: `firstMs` (1), doubled each time, up to `maxMs` (1000). */
  readonly retry?: { readonly firstMs: number; readonly maxMs: number };
  /** Handlers of one subscription that are under way at once; 256. */
  readonly maxInFlight?: number;
  /** Messages of one subscription that were read and are not handled: beyond these nothing more is read; 4,096. */
  readonly maxHeld?: number;
  /** Messages waiting for Redis' answer from which on the bus is `saturated()`; 1,000. */
  readonly maxBacklog?: number;
  /** How often a reader shows that it lives, looks at the backlog, and trims the topic; 1,000. */
  readonly pulseMs?: number;
  /** How long messages are kept after every group has acknowledged them, at the least; 0. */
  readonly keepMs?: number;
  /** After so long without an answer from Redis a connection is given up for a new one; 5,000. */
  readonly timeoutMs?: number;
  /** The most that `close` waits for Redis to take what was acknowledged, and what was published; 5,000. */
  readonly drainMs?: number;
  /** Told of every handler that fails. Absent: a warning of the process. */
  readonly onFailure?: (failure: DeliveryFailure) => void;
  /** Told of what goes wrong between the bus and Redis. The bus goes on by itself. Absent: a warning of the process. */
  readonly onTrouble?: (trouble: BusTrouble) => void;
}

/** The options with what stands in for those that are absent. */
export type RedisBusSettings = Required<Omit<RedisBusOptions, 'url'>>;

export interface DeliveryFailure {
  readonly delivery: Delivery;
  /** What the handler threw. */
  readonly error: unknown;
  /** Null: not before there is another subscription, or, where it was acknowledged, not at all. */
  readonly retryInMs: number | null;
}

/**
 * - `connection`: it could not be made, or broke
 * - `publish`, `acknowledge`: Redis refused, or its answer was lost: it is done again
 * - `read`: a subscription could not be read; it begins anew
 * - `taken`: another living process reads as the group; this one waits for its end
 * - `fenced`: a higher epoch reads as the group
 * - `stray`: Redis had handed out messages that never arrived here; they are read now
 * - `unreadable`: an entry that is no message, or one that somebody has deleted; it is acknowledged
 */
export type BusTroubleKind =
  'connection' | 'publish' | 'acknowledge' | 'read' | 'taken' | 'fenced' | 'stray' | 'unreadable';

export interface BusTrouble {
  readonly kind: BusTroubleKind;
  /** Null: it is about the connection that all topics share. */
  readonly topic: string | null;
  readonly group: string | null;
  readonly error: Error;
}

export function settingsOf(options: RedisBusOptions, instance: string): RedisBusSettings {
  const settings = {
    prefix: 'bowline:',
    groups: () => [],
    unread: () => false,
    epoch: () => 0,
    deadAfterMs: 15_000,
    instance,
    retry: { firstMs: 1, maxMs: 1000 },
    maxInFlight: 256,
    maxHeld: 4096,
    maxBacklog: 1000,
    pulseMs: 1000,
    keepMs: 0,
    timeoutMs: 5000,
    drainMs: 5000,
    onFailure: warnOfFailure,
    onTrouble: warnOfTrouble,
    ...options,
  };
  if (settings.deadAfterMs < 4 * settings.pulseMs) {
    throw new Error(
      `deadAfterMs ${settings.deadAfterMs} is less than four times pulseMs ${settings.pulseMs}: a reader that lives ` +
        'would count as dead after a short delay',
    );
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
  const where = [topic === null ? '' : ` topic ${topic}`, group === null ? '' : ` group ${group}`].join('');
  process.emitWarning(`Redis bus, ${kind}${where}: ${error.message}`, 'BusWarning');
}
