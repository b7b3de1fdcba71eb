import type { PubSubConnection } from '@bowline/bus-pubsub';
import type { DeskConfig } from '@bowline/contracts';

/** Where the topics of a desk are. `environmentProblem` has seen to it that there are any. */
export function pubsubPlace({ live: { pubsub } }: Pick<DeskConfig, 'live'>): PubSubConnection {
  return { projectId: pubsub!.project, prefix: `${pubsub!.prefix}.` };
}
