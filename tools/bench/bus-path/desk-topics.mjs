/** The topics of a desk without analytics, and the bus of each of its processes. */
import { initPubSub } from '../../../libs/bus/pubsub/dist/index.js';
import { DEAD_LETTERS, topicOf } from '../../../libs/contracts/dist/index.js';
import { shardRoutes } from '../../../libs/engine/dist/index.js';
import { ANALYTICS_TOPICS } from '../../../services/analytics/dist/index.js';
import { pubsubBus, redisBus } from '../../../services/bowline/dist/live/desk-bus.js';
import { QUIET } from '../signal-path/bench-desk.mjs';

/** What may wait for the bus' confirmation before ingest would refuse more. */
const MAX_BACKLOG = 1_000;

/**
 * Of a process of the desk, as `bowline run` opens it.
 *
 * @param {{ redis: string } | { pubsub: object }} where a Redis by its URL, or topics in Pub/Sub
 * @param {(group: string) => number} epoch under which the process reads as a group
 */
export function openBusOf(where, layout, epoch) {
  const readers = readersOf(layout);
  const terms = { groups: (topic) => readers.get(topic) ?? [], maxBacklog: MAX_BACKLOG, logger: QUIET };
  return 'redis' in where
    ? redisBus({ ...terms, url: where.redis, epoch })
    : pubsubBus({ ...terms, ...where.pubsub });
}

/** As `bowline bus init` makes them: also those that only analytics would read. */
export async function makeTopics(where, layout) {
  const readers = readersOf(layout);
  const told = layout.clients.flatMap(({ clientId }) =>
    ANALYTICS_TOPICS.map((name) => topicOf(name, clientId)),
  );
  for (const topic of [...told, DEAD_LETTERS]) if (!readers.has(topic)) readers.set(topic, []);
  const topics = [...readers].map(([topic, groups]) => ({ topic, groups }));
  await initPubSub(topics, where.pubsub);
}

function readersOf(layout) {
  const readers = new Map();
  for (const { group, topic } of shardRoutes(layout))
    readers.set(topic, [...(readers.get(topic) ?? []), group]);
  return readers;
}
