import type { RoleName } from '@bowline/contracts';
import type { DeskLayout } from '@bowline/engine';
import { exchangesOf } from '../live/wanted-markets.js';
import { shardSlug } from './slug.js';

/** One process of a desk. */
export interface PlannedProcess {
  /** `signal-ingest`, `oco-manager/ikenna.binance-usdm.BTCUSDT` */
  readonly name: string;
  readonly role: RoleName;
  /** Null: the role has no shards. */
  readonly shard: string | null;
  /** Below the folder of the desk; a name that any file system takes. */
  readonly folder: string;
}

/**
 * The processes of a desk: one a role and shard, in the order in which they are started. They are stopped the other way
 * round, but for analytics: whoever lets work in goes first, and who reads what the others say goes last.
 */
export function planProcesses({ accounts, channels, clients }: DeskLayout): PlannedProcess[] {
  return [
    planned('analytics', null),
    ...exchangesOf({ accounts }).map((exchange) => planned('market-data', exchange)),
    ...accounts.map(({ key }) => planned('execution-gateway', key)),
    ...channels.map(({ key }) => planned('oco-manager', key)),
    ...clients.map(({ clientId }) => planned('order-generator', clientId)),
    planned('signal-ingest', null),
  ];
}

function planned(role: RoleName, shard: string | null): PlannedProcess {
  const name = shard === null ? role : `${role}/${shard}`;
  return { name, role, shard, folder: shardSlug(role, shard) };
}
