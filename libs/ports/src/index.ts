export * from './market-data.js';
export * from './historical-result.js';
export * from './bar-fills.js';
export * from './clock.js';
export * from './bus.js';
export * from './journal.js';
export * from './exchange-client.js';
export * from './market-feed.js';
