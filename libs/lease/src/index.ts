export { FileLeases } from './file/file-leases.js';
export type { FileLeasesOptions } from './file/file-leases.js';
export { RedisLeases } from './redis/redis-leases.js';
export type { RedisLeasesOptions } from './redis/redis-leases.js';
