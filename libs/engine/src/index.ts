export * from './historical/input.js';
export * from './historical/run-historical.js';
export * from './strategies/index.js';
