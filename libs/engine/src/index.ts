export * from './historical/input.js';
export * from './historical/run-historical.js';
export { bookSignals, type SignalBook } from './historical/client-setup.js';
export { equityPerBar } from './historical/equity.js';
export { simulateClient, type ClientOutcome } from './historical/simulate-client.js';
export * from './strategies/index.js';
