import { decideChunked } from './chunked.js';
import type { ExecutionMemory, ExecutionPlan, ExecutionProgress, ExecutionStep } from './plan.js';
import { decideIceberg, decidePov, decideScheduled } from './scheduled.js';

/**
 * What is to be done next of an order that is worked by a plan. Asked when it begins, whenever anything of its parts has
 * changed, and when it wants to be woken. What is filled and what works never come to more than the order.
 */
export function decideExecution(
  plan: ExecutionPlan,
  memory: ExecutionMemory,
  progress: ExecutionProgress,
): ExecutionStep {
  switch (plan.type) {
    case 'twap':
    case 'vwap':
      return decideScheduled(plan, memory, progress);
    case 'iceberg':
      return decideIceberg(plan, memory, progress);
    case 'pov':
      return decidePov(plan, memory, progress);
    case 'chunked':
      return decideChunked(plan, memory, progress);
  }
}
