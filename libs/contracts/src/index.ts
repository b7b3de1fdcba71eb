export * from './client-order-id.js';
export { LIVE_DEFAULTS } from './config/defaults.js';
export * from './config/desk.js';
export { environmentProblem } from './config/environment-problem.js';
export type {
  IngestConfig,
  IngestFile,
  IngestSource,
  IngestSubscription,
} from './config/ingest.js';
export type { ConfigOverride } from './config/override.js';
export { parseConfig } from './config/parse.js';
export { configSections } from './config/sections.js';
export { secretReference } from './config/secret-reference.js';
export { strategyTags } from './config/strategy-tags.js';
export { didYouMean } from './config/suggest.js';
export { configTemplate } from './config/template.js';
export * from './errors.js';
export * from './file-errors.js';
export * from './http/index.js';
export * from './live-tables/index.js';
export * from './messages/index.js';
export * from './reference-pages.js';
export * from './report-tables.js';
export * from './summary.js';
export * from './telemetry/index.js';
