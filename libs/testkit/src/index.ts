export * from './channel-harness.js';
export * from './historical-result-builder.js';
export { seedNumbersResult } from './historical-result/seed-numbers.js';
export * from './historical/index.js';
export * from './programs.js';
export * from './run-bowline.js';
export * from './shared-data.js';
export * from './when-present.js';
export * from './work-folder.js';
