export * from './entry.js';
export * from './commands.js';
export * from './queries.js';
export { applyAll, decideRegistry, type RegistryDecision } from './decide.js';
export { evolveRegistry, evolveRegistryAll } from './evolve.js';
export type { MergeCandidate } from './merge.js';
export * from './reconcile.js';
export * from './serialize.js';
export * from './from-activities.js';
