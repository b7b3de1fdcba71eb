import { LocalBus, type DeliveryFailure } from '@bowline/bus-local';
import type { PubSubConnection } from '@bowline/bus-pubsub';
import { RedisBus } from '@bowline/bus-redis';
import { DEAD_LETTERS } from '@bowline/contracts';
import { whenQuiet, type AnyRunner } from '@bowline/engine';
import type { Bus, Logger } from '@bowline/ports';

/** A bus with what a desk needs of it beside messages. */
export interface DeskBus extends Bus {
  /** Resolves once nothing more is on its way in this process that does not wait for the clock. */
  quiet(runners: readonly AnyRunner[]): Promise<void>;
  /** Milliseconds since the bus has shown that this subscription of the process is alive. */
  silentFor(topic: string, group: string): number;
  /** A group cannot get past a message: it is left alone for a while, so that nobody waits for it. */
  rest(topic: string, group: string): void;
}

/** Makes the bus of a desk, which is told of every handler that fails. */
export type OpenBus = (onFailure: (failure: DeliveryFailure) => void) => DeskBus;

/** Real time that a shard waits which cannot get past a message, before it tries again. */
const REST_MS = 10_000;

/** Only analytics reads these; a process without it loses nothing that anybody decides by. */
export function mayGoUnread(topic: string): boolean {
  return topic === DEAD_LETTERS || topic.startsWith('audit.') || topic.startsWith('accounts.');
}

/** For roles of one process. */
export function localBus(maxBacklog: number): OpenBus {
  return (onFailure) => {
    const bus = new LocalBus({ maxBacklog, unread: mayGoUnread, onFailure });
    return Object.assign(bus, {
      quiet: (runners: readonly AnyRunner[]) => whenQuiet(bus, runners),
      // Nothing lies between.
      silentFor: () => 0,
      rest: (topic: string, group: string) => {
        bus.pause(topic, group);
        setTimeout(() => bus.resume(topic, group), REST_MS).unref();
      },
    });
  };
}

export interface RedisTerms {
  readonly url: string;
  readonly maxBacklog: number;
  /** Who reads a topic, in any process of the desk. */
  readonly groups: (topic: string) => readonly string[];
  /** Of this start of the group: it takes over at once from those before it. */
  readonly epoch: (group: string) => number;
  readonly logger: Logger;
}

/** How long a message stays after everybody has read it: for those who want to look at what has happened. */
const KEEP_MS = 60_000;

/** For roles of several processes, over Redis Streams. */
export function redisBus({ epoch, groups, logger, maxBacklog, url }: RedisTerms): OpenBus {
  return (onFailure) => {
    const bus = new RedisBus({
      ...{ url, groups, maxBacklog, onFailure, unread: mayGoUnread, keepMs: KEEP_MS, epoch },
      onTrouble: ({ error, group, kind, topic }) =>
        logger.warn({ kind, topic, group, error: error.message }, 'the bus has trouble'),
    });
    // Other processes speak whenever they like: what is quiet here is only what this one has in hand.
    return Object.assign(bus, { quiet: whenIdle, rest: () => undefined });
  };
}

export interface PubSubTerms extends PubSubConnection {
  readonly maxBacklog: number;
  /** Who reads a topic, in any process of the desk. */
  readonly groups: (topic: string) => readonly string[];
  /** Topics that this process writes. */
  readonly writes: readonly string[];
  readonly logger: Logger;
}

/** For roles of several processes, over Google Pub/Sub. Its client is loaded only here: it takes 40 MB. */
export async function pubsubBus({ logger, ...terms }: PubSubTerms): Promise<OpenBus> {
  const { PubSubBus } = await import('@bowline/bus-pubsub');
  return (onFailure) => {
    const bus = new PubSubBus({
      ...terms,
      onFailure,
      unread: mayGoUnread,
      onTrouble: ({ error, group, kind, topic }) =>
        logger.warn({ kind, topic, group, error: error.message }, 'the bus has trouble'),
    });
    return Object.assign(bus, { quiet: whenIdle, rest: () => undefined });
  };
}

async function whenIdle(runners: readonly AnyRunner[]): Promise<void> {
  await Promise.all(runners.map((runner) => runner.whenIdle()));
}
