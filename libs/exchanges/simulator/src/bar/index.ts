export * from './bar-account.js';
export * from './bar-exchange.js';
export * from './bar-fills.js';
export * from './draw.js';
export * from './fees.js';
export * from './prices.js';
