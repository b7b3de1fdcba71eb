import { accountKey, shardName, topicOf } from '@bowline/contracts';
import type { AccountLayout, ChannelLayout, DeskLayout } from './layout.js';
import type { ShardRoute } from './shards.js';

/** What the order-generator of a client reads. */
export function generatorRoutes(clientId: string): ShardRoute[] {
  return (['signals', 'positions', 'control'] as const).map((pattern) => ({
    pattern,
    topic: topicOf(pattern, clientId),
    group: shardName('order-generator', clientId),
  }));
}

/** What the oco-manager of a channel reads: of its client and its account only what is the channel's. */
export function ocoRoutes({ key, name }: Pick<ChannelLayout, 'key' | 'name'>): ShardRoute[] {
  const group = shardName('oco-manager', key);
  const accepts = (message: { readonly key: string }) => message.key === key;
  return [
    { pattern: 'order-intents', topic: topicOf('order-intents', name.clientId), group, key, accepts },
    { pattern: 'executions', topic: topicOf('executions', accountKey(name)), group, key, accepts },
    { pattern: 'control', topic: topicOf('control', name.clientId), group },
  ];
}

/** What the execution-gateway of an account reads. */
export function gatewayRoutes({ client, key }: Pick<AccountLayout, 'client' | 'key'>): ShardRoute[] {
  const group = shardName('execution-gateway', key);
  return [
    { pattern: 'orders', topic: topicOf('orders', key), group },
    { pattern: 'control', topic: topicOf('control', client.clientId), group },
  ];
}

/** What all shards of a desk read, whichever process they are in. */
export function shardRoutes({ accounts, channels, clients }: DeskLayout): ShardRoute[] {
  return [
    ...clients.flatMap(({ clientId }) => generatorRoutes(clientId)),
    ...channels.flatMap(ocoRoutes),
    ...accounts.flatMap(gatewayRoutes),
  ];
}
