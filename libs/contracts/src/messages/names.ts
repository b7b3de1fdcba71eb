/** What the messages between roles are about. Whose they are stands behind a dot: `signals.ikenna`. */
export const TOPICS = [
  'signals',
  'order-intents',
  'orders',
  'executions',
  'positions',
  'accounts',
  'control',
  'audit',
] as const;

export type TopicName = (typeof TOPICS)[number];

export const ROLES = [
  'signal-ingest',
  'order-generator',
  'oco-manager',
  'execution-gateway',
  'analytics',
  'market-data',
] as const;

export type RoleName = (typeof ROLES)[number];

/** One client at one exchange in one symbol. */
export interface ChannelName {
  readonly clientId: string;
  readonly exchange: string;
  readonly symbol: string;
}

/** `signals.ikenna`: the topic of one client, or of one account. */
export function topicOf(topic: TopicName, scope: string): string {
  return `${topic}.${scope}`;
}

/** `ikenna.binance-usdm`: one client's account at one exchange. */
export function accountKey({ clientId, exchange }: Pick<ChannelName, 'clientId' | 'exchange'>): string {
  return `${clientId}.${exchange}`;
}

/** `ikenna.binance-usdm.BTCUSDT`. */
export function channelKey({ clientId, exchange, symbol }: ChannelName): string {
  return `${clientId}.${exchange}.${symbol}`;
}

/** `oco-manager/ikenna.binance-usdm.BTCUSDT`: one writer of one part of the state, and the name of its journal. */
export function shardName(role: RoleName, key: string): string {
  return `${role}/${key}`;
}

/** `order-generator/signals`: the handler of one role for one topic, whoever else in the process reads that topic. */
export function handlerOf(role: RoleName, topic: TopicName): string {
  return `${role}/${topic}`;
}
