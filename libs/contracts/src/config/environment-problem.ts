import type { DeskConfig } from './desk.js';

/**
 * Why a desk of this configuration cannot be run, or null. For commands that run one: historical mode needs no
 * environment and takes them all.
 */
export function environmentProblem({
  clients,
  environment,
  live,
}: Pick<DeskConfig, 'clients' | 'environment' | 'live'>): string | null {
  if (live.storage === 'bigquery')
    return 'storage.type bigquery is checked but cannot be run yet; use duckdb';
  if (live.exchanges === 'mock' && live.bus !== 'local_pubsub')
    return `messaging.type ${live.bus} joins several processes, and mock exchanges live within one; use local_pubsub, or exchanges of type simulator`;
  if (live.bus === 'pubsub' && live.pubsub === null)
    return `environment ${environment} speaks over Google Pub/Sub: say which with messaging: { type: pubsub, project: ... }`;
  if (live.journal === 'redis' && live.redis === null)
    return 'journal.type redis needs messaging: { type: redis, host: ... }';
  return live.exchanges === 'live' ? keyProblem(clients) : null;
}

/** An exchange knows an account by its key, and lets nobody trade without the secret of it. */
function keyProblem(clients: DeskConfig['clients']): string | null {
  for (const { accounts, clientId } of clients) {
    for (const { credentials, exchange } of accounts) {
      const missing = [
        ...(credentials?.apiKey ? [] : ['apiKey']),
        ...(credentials?.apiSecret ? [] : ['apiSecret']),
      ];
      if (missing.length > 0)
        return `clients.${clientId}.exchanges.${exchange}: exchanges of type live need ${missing.join(' and ')}, each a reference such as env:${clientId.toUpperCase()}_KEY`;
    }
  }
  return null;
}
