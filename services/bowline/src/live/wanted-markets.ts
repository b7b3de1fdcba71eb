import { accountKey, type RoleName } from '@bowline/contracts';
import type { DeskLayout } from '@bowline/engine';

/**
 * The symbols that roles of a process look at, by exchange.
 *
 * @param own what of the desk its shards are
 * @param told exchanges whose markets it tells the other processes
 * @param gatewaysToo accounts trade on what is seen here of their markets
 */
export function wantedMarkets(
  roles: readonly RoleName[],
  layout: DeskLayout,
  own: DeskLayout,
  told: readonly string[],
  gatewaysToo: boolean,
): ReadonlyMap<string, ReadonlySet<string>> {
  const clients = new Set(
    roles.includes('order-generator') ? own.clients.map(({ clientId }) => clientId) : [],
  );
  const channels = new Set(roles.includes('oco-manager') ? own.channels.map(({ key }) => key) : []);
  const gateways = gatewaysToo && roles.includes('execution-gateway');
  const accounts = new Set(gateways ? own.accounts.map(({ key }) => key) : []);
  const wanted = new Map<string, Set<string>>();
  for (const { key, name } of layout.channels) {
    const { clientId, exchange, symbol } = name;
    const isWanted =
      roles.includes('analytics') ||
      clients.has(clientId) ||
      channels.has(key) ||
      accounts.has(accountKey(name)) ||
      told.includes(exchange);
    if (isWanted) wanted.set(exchange, (wanted.get(exchange) ?? new Set()).add(symbol));
  }
  return wanted;
}

/** Every exchange that the desk has accounts at, in the order of its accounts. */
export function exchangesOf({ accounts }: Pick<DeskLayout, 'accounts'>): string[] {
  return [...new Set(accounts.map(({ account }) => account.exchange))];
}

/** Whether clients have their signals split by what the order books show. */
export function readsDepth({ clients }: Pick<DeskLayout, 'clients'>): boolean {
  return clients.some(({ smartRouting }) => smartRouting);
}
