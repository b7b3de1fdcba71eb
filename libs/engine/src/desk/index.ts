export * from './execution-gateways.js';
export * from './layout.js';
export * from './oco-managers.js';
export * from './order-generators.js';
export * from './order-names.js';
export * from './receive.js';
export * from './shard-runtime.js';
export * from './shards.js';
