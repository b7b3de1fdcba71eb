export * from './execution-gateway.module.js';
