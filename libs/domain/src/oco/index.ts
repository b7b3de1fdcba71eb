export * from './trigger-index.js';
export * from './moving-stop.js';
export * from './modes.js';
export * from './pair-status.js';
export * from './protection.js';
export * from './settle-protection.js';
