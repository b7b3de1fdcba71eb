export * from './historical/input.js';
export * from './historical/run-historical.js';
