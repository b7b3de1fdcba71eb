export * from './inbox.js';
export * from './options.js';
export * from './record.js';
export * from './role.js';
export * from './runner.js';
