export * from './check-filters.js';
export { decideExecution } from './decide-execution.js';
export * from './order-filters.js';
export type {
  ChunkedPlan,
  ExecutionMarket,
  ExecutionMemory,
  ExecutionPart,
  ExecutionPlan,
  ExecutionProgress,
  ExecutionStep,
  IcebergPlan,
  PovPlan,
  TwapPlan,
  VwapPlan,
} from './plan.js';
export * from './split.js';
