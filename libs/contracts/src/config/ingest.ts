import type { IngestSection } from './schema/ingest.js';

/** Where a running desk gets its signals from. */
export interface IngestConfig {
  /** Whether unsigned requests are taken. Null: as long as there is no source, and only this machine reaches the port. */
  readonly open: boolean | null;
  /** Sorted by name. */
  readonly sources: readonly IngestSource[];
  readonly files: readonly IngestFile[];
  readonly subscriptions: readonly IngestSubscription[];
}

export interface IngestSource {
  readonly name: string;
  readonly kind: 'standard' | 'tradingview';
  /** Where the secrets are found (`env:NAME`, `file:PATH`): one or two. */
  readonly secrets: readonly string[];
  /** Whose signals it may send; null: everybody's. */
  readonly strategies: readonly string[] | null;
}

export interface IngestFile {
  readonly path: string;
  readonly format: 'jsonl' | 'csv';
  readonly strategies: readonly string[] | null;
}

export interface IngestSubscription {
  readonly topic: string;
  readonly strategies: readonly string[] | null;
}

/** Where the configuration says nothing. */
export const NO_INGEST: IngestConfig = { open: null, sources: [], files: [], subscriptions: [] };

/** What a checked section says. */
export function buildIngest({
  files = [],
  open,
  sources = {},
  subscriptions = [],
}: IngestSection): IngestConfig {
  return {
    open: open ?? null,
    sources: Object.entries(sources)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { kind = 'standard', secrets, strategies = null }]) => ({
        name,
        kind,
        secrets,
        strategies,
      })),
    files: files.map(({ format, path, strategies = null }) => ({ path, format, strategies })),
    subscriptions: subscriptions.map(({ strategies = null, topic }) => ({ topic, strategies })),
  };
}
