export { PubSubBus } from './pubsub-bus.js';
export { initPubSub } from './init.js';
export type { InitPubSubOptions, PubSubOutcome, PubSubResource, PubSubTopic } from './init.js';
export type {
  BusTrouble,
  BusTroubleKind,
  DeliveryFailure,
  PubSubBusOptions,
  PubSubConnection,
} from './options.js';
