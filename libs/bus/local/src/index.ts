export type { LocalBusFaults } from './faults.js';
export { LocalBus } from './local-bus.js';
export type { DeliveryFailure, LocalBusOptions } from './options.js';
