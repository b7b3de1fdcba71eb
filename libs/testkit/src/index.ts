export * from './historical-result-builder.js';
export { seedNumbersResult } from './historical-result/seed-numbers.js';
export * from './programs.js';
export * from './shared-data.js';
export * from './when-present.js';
