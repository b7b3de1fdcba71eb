export { RedisBus } from './redis-bus.js';
export type { BusTrouble, BusTroubleKind, DeliveryFailure, RedisBusOptions } from './options.js';
