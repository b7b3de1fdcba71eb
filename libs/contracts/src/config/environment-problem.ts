import type { DeskConfig } from './desk.js';

/**
 * Why a desk of this configuration cannot be run, or null. For commands that run one: historical mode needs no
 * environment and takes them all.
 */
export function environmentProblem({
  environment,
  live,
}: Pick<DeskConfig, 'environment' | 'live'>): string | null {
  if (environment === 'production')
    return `environment production is checked but cannot be run yet; use local-dev, local-integration or cloud-dev`;
  if (live.exchanges === 'paper_trading')
    return 'dependencies.exchanges.type paper_trading is checked but cannot be run yet; use mock or simulator';
  if (live.storage === 'bigquery')
    return 'storage.type bigquery is checked but cannot be run yet; use duckdb';
  if (live.exchanges === 'mock' && live.bus !== 'local_pubsub')
    return `messaging.type ${live.bus} joins several processes, and mock exchanges live within one; use local_pubsub, or exchanges of type simulator`;
  if (live.bus === 'pubsub' && live.pubsub === null)
    return `environment ${environment} speaks over Google Pub/Sub: say which with messaging: { type: pubsub, project: ... }`;
  if (live.journal === 'redis' && live.redis === null)
    return 'journal.type redis needs messaging: { type: redis, host: ... }';
  return null;
}
