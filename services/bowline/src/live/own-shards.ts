import { didYouMean, InputError, shardName, type RoleName } from '@bowline/contracts';
import type { DeskLayout } from '@bowline/engine';
import { exchangesOf } from './wanted-markets.js';

/**
 * What of a desk the shards of a process are: clients, accounts and channels by their names.
 *
 * @param shards null: all of its roles
 * @throws InputError where a role has no such shard
 */
export function ownShards(
  layout: DeskLayout,
  roles: readonly RoleName[],
  shards: readonly string[] | null,
): DeskLayout {
  if (shards === null) return layout;
  const named = new Set(shards);
  const own = {
    ...layout,
    clients: layout.clients.filter(({ clientId }) => named.has(clientId)),
    accounts: layout.accounts.filter(({ key }) => named.has(key)),
    channels: layout.channels.filter(({ key }) => named.has(key)),
  };
  const known = [
    ...(roles.includes('order-generator') ? layout.clients.map(({ clientId }) => clientId) : []),
    ...(roles.includes('oco-manager') ? layout.channels.map(({ key }) => key) : []),
    ...(roles.includes('execution-gateway') ? layout.accounts.map(({ key }) => key) : []),
    ...(roles.includes('market-data') ? exchangesOf(layout) : []),
  ];
  if (known.length === 0) throw new InputError([`--shards: ${roles.join(' and ')} has no shards`]);
  const problems = shards
    .filter((shard) => !known.includes(shard))
    .map((shard) => {
      const meant = didYouMean(shard, known);
      const hint = meant === null ? `: ${known.join(', ')}` : `; did you mean ${meant}?`;
      return `--shards: ${roles.join(' and ')} has no shard ${shard}${hint}`;
    });
  if (problems.length > 0) throw new InputError(problems);
  return own;
}

/** The exchanges whose markets a process tells the others. */
export function toldExchanges(
  layout: DeskLayout,
  roles: readonly RoleName[],
  shards: readonly string[] | null,
): readonly string[] {
  if (!roles.includes('market-data')) return [];
  return exchangesOf(layout).filter((exchange) => shards === null || shards.includes(exchange));
}

/** The names of the shards of a process, as their journals and leases have them. */
export function ownShardNames(
  { accounts, channels, clients }: DeskLayout,
  roles: readonly RoleName[],
): readonly string[] {
  const named = (role: RoleName, keys: readonly string[]): string[] =>
    roles.includes(role) ? keys.map((key) => shardName(role, key)) : [];
  return [
    ...named(
      'order-generator',
      clients.map(({ clientId }) => clientId),
    ),
    ...named(
      'oco-manager',
      channels.map(({ key }) => key),
    ),
    ...named(
      'execution-gateway',
      accounts.map(({ key }) => key),
    ),
  ];
}
