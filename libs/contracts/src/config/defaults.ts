import type { LiveConfig } from './desk.js';
import { NO_INGEST } from './ingest.js';

/**
 * What holds where the configuration says nothing, as it would be written there. The reference page, the template
 * and the result are all made from these.
 */
export const DEFAULTS = {
  environment: 'local-dev',
  feeMakerBps: '2',
  feeTakerBps: '5',
  hedgeMode: false,
  smartRouting: false,
  allowSynthetic: false,
  volatilityWindow: '20',
  duplicateOrderWindowMs: '0',
  orderType: 'market',
  limitOffsetBps: '0',
  povIntervalMs: '1000',
  chunks: '2',
  quoting: 'mid',
  quoteMs: '20000',
  repriceMs: '10000',
  repriceBps: '10',
  attempts: '10',
  retryMs: '1000',
  timeInForce: 'GTC',
  entryPoint: 'open',
  mode: 'longShort',
  scaleIn: false,
  fixedNotional: '1000',
  slippageBps: '0',
  latencyMs: '0',
  fillProbability: '1',
  partialFillRatio: '1',
  intrabar: 'pessimistic',
  seed: '1',
  mockLatencyMs: '50',
  mockFillRatio: '1',
  queueSize: '1000',
  exchangeUrl: 'http://exchange-simulator:8430',
  redisHost: 'redis',
  redisPort: '6379',
  topicPrefix: 'bowline',
  logLevel: 'INFO',
} as const;

/** What a running desk stands on where the configuration says nothing. */
export const LIVE_DEFAULTS: LiveConfig = {
  exchanges: 'mock',
  mock: { latencyMs: Number(DEFAULTS.mockLatencyMs), fillRatio: Number(DEFAULTS.mockFillRatio) },
  exchangeUrl: DEFAULTS.exchangeUrl,
  connections: new Map(),
  marketDataUrl: null,
  bus: 'local_pubsub',
  redis: null,
  pubsub: null,
  journal: 'embedded',
  storage: 'duckdb',
  database: null,
  token: null,
  memoryLimitMb: null,
  queueSize: Number(DEFAULTS.queueSize),
  logLevel: 'info',
  ingest: NO_INGEST,
};
