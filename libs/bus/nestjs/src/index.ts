export { BusClient } from './bus-client.js';
export { BusContext } from './bus-context.js';
export { BusPattern } from './bus-pattern.js';
export { type BusRoute, BusTransport } from './bus-transport.js';
