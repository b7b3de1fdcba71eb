export * from './inbox.js';
export * from './options.js';
export * from './record.js';
export { recover, type Recovered } from './recovery.js';
export * from './role.js';
export * from './runner.js';
