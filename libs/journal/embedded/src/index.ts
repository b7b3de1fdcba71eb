export { copyJournals } from './copy-journals.js';
export { lockFolder } from './folder-lock.js';
export { openEmbeddedJournals } from './open-journals.js';
export type { EmbeddedJournalOptions } from './options.js';
export { readEmbeddedJournals } from './read-journals.js';
export type { StoredJournals, StoredShard } from './read-journals.js';
