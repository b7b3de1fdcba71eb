export * from './market-data.js';
export * from './market-data.module.js';
