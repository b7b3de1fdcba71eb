import { ANALYTICS_GROUP, ANALYTICS_TOPICS } from '@bowline/analytics';
import { accountKey, DEAD_LETTERS, topicOf, type DeskConfig, type RoleName } from '@bowline/contracts';
import { shardRoutes, type DeskLayout } from '@bowline/engine';
import { SIGNAL_INGEST_GROUP } from '@bowline/signal-ingest';

/** A topic of a desk, and all who read it, in whichever process. */
export interface TopicReaders {
  readonly topic: string;
  readonly groups: readonly string[];
  /** Of groups that want the messages of one key only. */
  readonly keys: ReadonlyMap<string, string>;
}

/** Every topic of a desk that is read, by name. */
export function deskTopology(layout: DeskLayout, { live }: Pick<DeskConfig, 'live'>): TopicReaders[] {
  const groups = new Map<string, string[]>();
  const add = (topic: string, group: string): void => {
    const known = groups.get(topic);
    if (known === undefined) groups.set(topic, [group]);
    else if (!known.includes(group)) known.push(group);
  };
  const keys = new Map<string, Map<string, string>>();
  for (const { group, key, topic } of shardRoutes(layout)) {
    add(topic, group);
    if (key !== undefined) keys.set(topic, (keys.get(topic) ?? new Map<string, string>()).set(group, key));
  }
  for (const { clientId } of layout.clients)
    for (const topic of ANALYTICS_TOPICS) add(topicOf(topic, clientId), ANALYTICS_GROUP);
  add(DEAD_LETTERS, ANALYTICS_GROUP);
  for (const { topic } of live.ingest.subscriptions) add(topic, SIGNAL_INGEST_GROUP);
  return [...groups]
    .map(([topic, readers]) => ({ topic, groups: readers.sort(), keys: keys.get(topic) ?? new Map() }))
    .sort(byTopic);
}

/** Topics that roles write: where a bus shows that it is alive by heartbeats, these say so to their readers. */
export function writtenTopics(own: DeskLayout, layout: DeskLayout, roles: readonly RoleName[]): string[] {
  const clients = layout.clients.map(({ clientId }) => clientId);
  const of = (role: RoleName, topics: readonly string[]): readonly string[] =>
    roles.includes(role) ? topics : [];
  const channels = own.channels.map(({ name }) => name);
  return [
    ...of('signal-ingest', [
      ...clients.flatMap((id) => [topicOf('signals', id), topicOf('control', id)]),
      DEAD_LETTERS,
    ]),
    ...of(
      'order-generator',
      own.clients.flatMap(({ clientId }) => [topicOf('order-intents', clientId), topicOf('audit', clientId)]),
    ),
    ...of(
      'oco-manager',
      channels.flatMap((name) => [topicOf('orders', accountKey(name)), topicOf('positions', name.clientId)]),
    ),
    ...of(
      'execution-gateway',
      own.accounts.flatMap(({ client: { clientId }, key }) => [
        topicOf('executions', key),
        topicOf('accounts', clientId),
      ]),
    ),
  ].filter((topic, index, all) => all.indexOf(topic) === index);
}

function byTopic(a: TopicReaders, b: TopicReaders): number {
  return a.topic < b.topic ? -1 : 1;
}
