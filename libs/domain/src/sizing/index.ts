export * from './sizing.js';
export * from './volatility.js';
