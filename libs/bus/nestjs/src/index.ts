export { BusContext } from './bus-context.js';
export { BusPattern } from './bus-pattern.js';
export { type BusRoute, BusTransport } from './bus-transport.js';
