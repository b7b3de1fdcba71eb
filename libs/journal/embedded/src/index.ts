export { lockFolder } from './folder-lock.js';
export { openEmbeddedJournals } from './open-journals.js';
export type { EmbeddedJournalOptions } from './options.js';
