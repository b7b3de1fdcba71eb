export { DUST, EXTERNAL, sumShares, type OwnerShare } from './owners.js';
export * from './funding.js';
export * from './forced-close.js';
export * from './base-fee.js';
export * from './compare.js';
