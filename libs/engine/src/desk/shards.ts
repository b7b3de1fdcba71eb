import type { RoleName, TopicName } from '@bowline/contracts';
import type { BusMessage, Delivery } from '@bowline/ports';
import type { Runner } from '../runner/runner.js';

/** A subscription of one shard: `pattern` names the handler of its role. */
export interface ShardRoute {
  readonly pattern: TopicName;
  readonly topic: string;
  /** The shard's name. */
  readonly group: string;
  /** Whose messages it wants of the topic; absent: all. A bus that can filter saves us the others. */
  readonly key?: string;
  readonly accepts?: (message: BusMessage) => boolean;
}

/** Any runner, for those who only start, watch and stop it. */
export type AnyRunner = Pick<
  Runner<never, never, never, never>,
  'shard' | 'epoch' | 'trouble' | 'handled' | 'idle' | 'whenIdle' | 'start' | 'checkpoint' | 'close'
>;

/** All shards of one role in this process. */
export interface RoleShards {
  readonly role: RoleName;
  readonly routes: readonly ShardRoute[];
  readonly runners: readonly AnyRunner[];
  /** Hands a message to the shard that it was delivered to. Resolves once its effect is durable. */
  receive(pattern: TopicName, delivery: Pick<Delivery, 'message' | 'group'>): Promise<void>;
  /** Tells what was not told before the last stop. After all shards have subscribed. */
  start(): void;
  close(): Promise<void>;
}
