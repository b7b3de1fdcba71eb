export * from './order-generator.module.js';
