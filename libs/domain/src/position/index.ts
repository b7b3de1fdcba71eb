export * from './adoption-refusal.js';
export * from './channel-events.js';
export * from './channel-state.js';
export * from './decide-channel.js';
export * from './evolve-channel.js';
export * from './share.js';
export type { EventSink } from './step.js';
