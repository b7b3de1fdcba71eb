import { createHash } from 'node:crypto';
import type { RoleName } from '@bowline/contracts';

/** A folder name: ids may hold anything, and two that differ by a sign or by case only must not share one. */
export function shardSlug(role: RoleName, shard: string | null): string {
  if (shard === null) return role;
  const plain = shard.toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
  const isExact = plain === shard && plain.length <= 80;
  const hash = createHash('sha256').update(shard).digest('hex').slice(0, 6);
  return `${role}-${isExact ? plain : `${plain.slice(0, 80)}-${hash}`}`;
}
