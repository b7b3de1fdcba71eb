export * from './config/desk.js';
