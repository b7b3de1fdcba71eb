import { initPubSub, type PubSubConnection, type PubSubResource } from '@bowline/bus-pubsub';
import type { DeskConfig } from '@bowline/contracts';
import { layOut } from '@bowline/engine';
import { mockMarkets } from './mock-markets.js';
import { deskTopology } from './topology.js';

/** Makes what is missing of a desk in Pub/Sub. */
export function initDeskTopics(config: DeskConfig, dryRun: boolean): Promise<readonly PubSubResource[]> {
  const topology = deskTopology(layOut(config.clients, mockMarkets(config)), config);
  const topics = topology.map(({ groups, keys, topic }) => ({
    topic,
    groups,
    filters: Object.fromEntries(
      [...keys].map(([group, key]) => [group, `attributes.subject = ${JSON.stringify(key)}`]),
    ),
  }));
  return initPubSub(topics, { ...pubsubPlace(config), dryRun });
}

/** Where the topics of a desk are. `environmentProblem` has seen to it that there are any. */
export function pubsubPlace({ live: { pubsub } }: Pick<DeskConfig, 'live'>): PubSubConnection {
  return { projectId: pubsub!.project, prefix: `${pubsub!.prefix}.` };
}
