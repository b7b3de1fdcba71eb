export * from './bar/index.js';
export * from './matching/index.js';
