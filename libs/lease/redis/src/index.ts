export { RedisLeases } from './redis-leases.js';
export type { RedisLeasesOptions } from './redis-leases.js';
