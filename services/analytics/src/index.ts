export { Analytics, type AnalyticsOptions, type AnalyticsRoute } from './analytics.js';
export * from './analytics.module.js';
