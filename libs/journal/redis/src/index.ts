export { openRedisJournals } from './open-journals.js';
export type { RedisJournalOptions } from './options.js';
