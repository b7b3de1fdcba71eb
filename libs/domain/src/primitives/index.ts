export * from './code-points.js';
export * from './decimal.js';
export * from './rounding.js';
export * from './units.js';
