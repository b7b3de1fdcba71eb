export * from './instrument.js';
