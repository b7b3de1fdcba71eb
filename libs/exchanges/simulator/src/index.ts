export * from './bar/index.js';
export * from './client/index.js';
export * from './market/index.js';
export * from './matching/index.js';
export * from './remote/index.js';
