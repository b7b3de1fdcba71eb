export * from './health/health.js';
export { createLogger, type LoggerOptions, type LogLevel } from './logging/logger.js';
export { Metrics } from './metrics/metrics.js';
