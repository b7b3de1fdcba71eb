export { openMemoryJournals } from './memory-journals.js';
export type { MemoryJournals } from './memory-journals.js';
