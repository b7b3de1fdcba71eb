import { initPubSub, type PubSubResource } from '@bowline/bus-pubsub';
import type { DeskConfig } from '@bowline/contracts';
import { layOut } from '@bowline/engine';
import { mockMarkets } from './mock-markets.js';
import { pubsubPlace } from './pubsub-place.js';
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
