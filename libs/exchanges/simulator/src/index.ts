export * from './bar/index.js';
export { SIMULATED_CAPABILITIES, simulatedCapabilities } from './capabilities.js';
export * from './client/index.js';
export * from './market/index.js';
export * from './matching/index.js';
export * from './position-ids/index.js';
export * from './remote/index.js';
