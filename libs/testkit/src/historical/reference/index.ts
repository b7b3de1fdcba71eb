export { outcomesOf } from './compare.js';
export { referenceRun } from './run.js';
export type { Outcome } from './state.js';
