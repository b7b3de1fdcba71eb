export * from './market-data.js';
export * from './historical-result.js';
