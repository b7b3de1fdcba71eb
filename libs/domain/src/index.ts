export * from './primitives/index.js';
export * from './instrument/index.js';
export * from './signal/index.js';
