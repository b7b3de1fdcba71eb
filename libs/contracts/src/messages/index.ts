export * from './audit.js';
export * from './cloud-event.js';
export * from './domain-shapes.js';
export * from './json.js';
export * from './names.js';
export * from './topics.js';
export * from './trace-context.js';
export * from './views.js';
