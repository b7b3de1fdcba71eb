import type { DeskConfig } from './desk.js';

/**
 * Why a desk of this configuration cannot be run, or null. For commands that run one: historical mode needs no
 * environment and takes them all.
 */
export function environmentProblem({
  clients,
  environment,
  instruments,
  live,
}: Pick<DeskConfig, 'clients' | 'environment' | 'instruments' | 'live'>): string | null {
  if (live.storage === 'bigquery')
    return 'storage.type bigquery is checked but cannot be run yet; use duckdb';
  if (live.exchanges === 'mock' && live.bus !== 'local_pubsub')
    return `messaging.type ${live.bus} joins several processes, and mock exchanges live within one; use local_pubsub, or exchanges of type simulator`;
  if (live.bus === 'pubsub' && live.pubsub === null)
    return `environment ${environment} speaks over Google Pub/Sub: say which with messaging: { type: pubsub, project: ... }`;
  if (live.journal === 'redis' && live.redis === null)
    return 'journal.type redis needs messaging: { type: redis, host: ... }';
  if (live.exchanges !== 'live' && live.exchanges !== 'paper_trading') return null;
  return (
    unitsProblem(clients, instruments, live.exchanges) ??
    (live.exchanges === 'live' ? keyProblem(clients) : null)
  );
}

/** Ticks and lots of a real market are the exchange's: a wrong one makes wrong orders, so none is guessed. */
function unitsProblem(
  clients: DeskConfig['clients'],
  instruments: DeskConfig['instruments'],
  type: string,
): string | null {
  for (const { accounts, clientId } of clients) {
    for (const { exchange, symbols } of accounts) {
      if (symbols === null)
        return `clients.${clientId}.exchanges.${exchange}: exchanges of type ${type} need the symbols that are traded there, such as symbols: [BTCUSDT]`;
      for (const symbol of symbols) {
        const specs = instruments.filter(
          (each) => each.symbol === symbol && (each.exchange === null || each.exchange === exchange),
        );
        const missing = (['tickSize', 'lotSize'] as const).filter((unit) =>
          specs.every(({ spec }) => !spec[unit]),
        );
        if (missing.length > 0)
          return `instruments.${exchange}.${symbol}: ${missing.join(' and ')} missing, and none is guessed at a real market; bowline exchange instruments writes what the exchange has`;
      }
    }
  }
  return null;
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
