export * from './oco-manager.module.js';
