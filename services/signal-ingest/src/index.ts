export { INGEST_LIMITS, type IngestLimits } from './limits.js';
export { publishConfirmed } from './publish-confirmed.js';
export type { Recorded, Sender } from './sender.js';
export { SignalAccess, type SignalAccessOptions, type SignalSource } from './signal-access.js';
export * from './signal-directory.js';
export { SignalIngest, type Receipt, type SignalIngestOptions } from './signal-ingest.js';
export * from './signal-ingest.module.js';
export { SignalSources, type SignalSourcesOptions } from './signal-sources.js';
export { SIGNAL_INGEST_GROUP } from './subscriptions/signal-subscriptions.js';
