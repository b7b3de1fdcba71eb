export * from './historical/input.js';
