import { FileLeases, RedisLeases } from '@bowline/lease';
import type { Lease, Leases } from '@bowline/ports';
import type { Opened } from './closing.js';
import type { LiveRunOptions } from './live-run.js';

/**
 * Takes the lease of every shard of a process, and waits for those that others hold. In the order of their names: two
 * processes that want the same ones do not wait for each other.
 */
export async function holdLeases(
  options: Pick<LiveRunOptions, 'leaseFolder' | 'redisUrl' | 'logger' | 'signal'>,
  shards: readonly string[],
  opened: Opened,
): Promise<ReadonlyMap<string, Lease>> {
  const { logger, signal } = options;
  const held = new Map<string, Lease>();
  if (shards.length === 0) return held;
  const leases = opened.add(leasesOf(options));
  for (const shard of [...shards].sort()) {
    const waiting = setTimeout(
      () => logger.info({ shard }, 'waits for the lease, which somebody holds'),
      SAY_AFTER_MS,
    );
    try {
      const lease = await leases.acquire(shard, { signal });
      held.set(shard, lease);
      logger.info({ shard, epoch: lease.epoch }, 'has the lease');
    } finally {
      clearTimeout(waiting);
    }
  }
  return held;
}

const SAY_AFTER_MS = 1_000;

function leasesOf({
  leaseFolder,
  logger,
  redisUrl,
}: Pick<LiveRunOptions, 'leaseFolder' | 'redisUrl' | 'logger'>): Leases {
  const onTrouble = (error: Error): void => logger.warn({ error: error.message }, 'leases have trouble');
  return leaseFolder === null
    ? new RedisLeases({ url: redisUrl, onTrouble })
    : new FileLeases({ folder: leaseFolder, onTrouble });
}
