export { FileLeases } from './file-leases.js';
export type { FileLeasesOptions } from './file-leases.js';
