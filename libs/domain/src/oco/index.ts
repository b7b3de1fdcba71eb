export * from './trigger-index.js';
export * from './protection.js';
export * from './settle-protection.js';
