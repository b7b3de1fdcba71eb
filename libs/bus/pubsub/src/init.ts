import { v1 } from '@google-cloud/pubsub';
import type { protos } from '@google-cloud/pubsub';
import { clientOptions, connect } from './connection.js';
import { ALREADY_EXISTS, NOT_FOUND, statusOf } from './errors.js';
import { subscriptionName, topicName } from './names.js';
import type { PubSubConnection } from './options.js';
import { HEARTBEAT } from './wire.js';

type ISubscription = protos.google.pubsub.v1.ISubscription;

const DAY_S = 24 * 60 * 60;

export interface PubSubTopic {
  readonly topic: string;
  readonly groups: readonly string[];
  /**
   * By group, which messages it gets, in Pub/Sub's filter language: `attributes.subject = "ikenna.binance-usdm.BTCUSDT"`.
   * Heartbeats come as well. Pub/Sub never changes a filter, and an emulator passes everything.
   */
  readonly filters?: Readonly<Record<string, string>>;
}

export interface InitPubSubOptions extends PubSubConnection {
  /** Only says what would be made. */
  readonly dryRun?: boolean;
  /** How long Pub/Sub keeps what a group has not acknowledged, in seconds: 600 to 31 days; 7 days. */
  readonly retentionSeconds?: number;
}

/**
 * - `exists`: as it should be
 * - `created`, in a dry run `missing`
 * - `conflict`: it is there, and is not what we need; nothing was changed
 */
export type PubSubOutcome = 'exists' | 'created' | 'missing' | 'conflict';

export interface PubSubResource {
  readonly kind: 'topic' | 'subscription';
  /** Its full name in Google Cloud. */
  readonly name: string;
  readonly outcome: PubSubOutcome;
  /** Of a conflict: what is wrong, and what to do. */
  readonly problem: string | null;
}

interface Clients {
  readonly publisher: v1.PublisherClient;
  readonly subscriber: v1.SubscriberClient;
  readonly options: InitPubSubOptions;
}

/**
 * Makes the topics and subscriptions of a desk, and leaves alone what is there. Run again it makes what is missing.
 *
 * @returns the topics in their order, each followed by its subscriptions
 */
export async function initPubSub(
  topics: readonly PubSubTopic[],
  options: InitPubSubOptions,
): Promise<readonly PubSubResource[]> {
  const connection = await connect(options);
  const subscriber = new v1.SubscriberClient(await clientOptions(connection.pubsub));
  const clients = { publisher: connection.publisher, subscriber, options };
  try {
    return (await Promise.all(topics.map((topic) => initTopic(clients, topic)))).flat();
  } finally {
    await Promise.all([connection.close(), subscriber.close()]);
  }
}

async function initTopic(
  clients: Clients,
  { filters, groups, topic }: PubSubTopic,
): Promise<PubSubResource[]> {
  const { options, publisher, subscriber } = clients;
  const name = topicName(options, topic);
  const found = await outcomeOf(options, {
    get: () => publisher.getTopic({ topic: name }),
    create: () => publisher.createTopic({ name }),
  });
  const subscriptions = groups.map(async (group): Promise<PubSubResource> => {
    const wanted = subscriptionOf(options, topic, group, filters?.[group]);
    const { existing, outcome } = await outcomeOf(options, {
      get: () => subscriber.getSubscription({ subscription: wanted.name }),
      create: () => subscriber.createSubscription(wanted),
    });
    const problem = existing === null ? null : conflictOf(existing, wanted);
    return {
      kind: 'subscription',
      name: wanted.name,
      outcome: problem === null ? outcome : 'conflict',
      problem,
    };
  });
  return [
    { kind: 'topic', name, outcome: found.outcome, problem: null },
    ...(await Promise.all(subscriptions)),
  ];
}

async function outcomeOf<T>(
  { dryRun = false }: InitPubSubOptions,
  {
    create,
    get,
  }: { readonly get: () => Promise<[T, ...unknown[]]>; readonly create: () => Promise<unknown> },
): Promise<{ readonly outcome: PubSubOutcome; readonly existing: T | null }> {
  try {
    const [existing] = await get();
    return { outcome: 'exists', existing };
  } catch (error) {
    if (statusOf(error) !== NOT_FOUND) throw error;
  }
  if (dryRun) return { outcome: 'missing', existing: null };
  try {
    await create();
    return { outcome: 'created', existing: null };
  } catch (error) {
    // Somebody else was quicker.
    if (statusOf(error) !== ALREADY_EXISTS) throw error;
    const [existing] = await get();
    return { outcome: 'exists', existing };
  }
}

function subscriptionOf(
  options: InitPubSubOptions,
  topic: string,
  group: string,
  filter: string | undefined,
): ISubscription & { readonly name: string } {
  return {
    name: subscriptionName(options, topic, group),
    topic: topicName(options, topic),
    enableMessageOrdering: true,
    // Of readers that say nothing else; ours do.
    ackDeadlineSeconds: 10,
    messageRetentionDuration: { seconds: options.retentionSeconds ?? 7 * DAY_S },
    // Otherwise Pub/Sub deletes it, and what waits in it, when nobody has read it for a month.
    expirationPolicy: {},
    filter: filter === undefined ? '' : `(${filter}) OR attributes.type = "${HEARTBEAT}"`,
  };
}

function conflictOf(existing: ISubscription, wanted: ISubscription): string | null {
  const again = `delete ${wanted.name} once its messages are read, and run the command again`;
  if (existing.topic !== wanted.topic) return `it is of ${existing.topic}, not of ${wanted.topic}: ${again}`;
  if (existing.enableMessageOrdering !== true) return `it does not keep the order of a key: ${again}`;
  if ((existing.filter ?? '') !== wanted.filter) {
    return `its filter is ${JSON.stringify(existing.filter ?? '')}, not ${JSON.stringify(wanted.filter)}: ${again}`;
  }
  if (existing.pushConfig?.pushEndpoint)
    return 'it pushes what comes elsewhere: make it one that is pulled from';
  if (existing.expirationPolicy?.ttl) {
    return 'it expires when nobody reads it for a while, with what waits in it: let it never expire';
  }
  return null;
}
