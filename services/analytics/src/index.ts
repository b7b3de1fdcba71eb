export { Analytics, type AnalyticsOptions, type AnalyticsRoute } from './analytics.js';
export * from './analytics.module.js';
export { ANALYTICS_GROUP, ANALYTICS_TOPICS } from './read-body.js';
