export * from './market-data.js';
export * from './historical-result.js';
export * from './bar-fills.js';
