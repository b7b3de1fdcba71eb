export * from './dead-letter.js';
export * from './dead-letter-bus.js';
export * from './signature.js';
export * from './signed-bus.js';
