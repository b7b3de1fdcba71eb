export * from './best-route.js';
export * from './client-state.js';
export * from './decide-signal.js';
export * from './denial-text.js';
export * from './evolve-client.js';
export * from './intent.js';
export * from './params.js';
