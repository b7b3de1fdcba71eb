import type { Lots, TimeMs } from '../primitives/index.js';
import {
  ends,
  restOf,
  tradable,
  waits,
  type ExecutionMemory,
  type ExecutionProgress,
  type ExecutionStep,
  type IcebergPlan,
  type PovPlan,
  type TwapPlan,
  type VwapPlan,
} from './plan.js';

/** TWAP and VWAP: at the begin of each slice as much is sent as is due by then and neither filled nor working. */
export function decideScheduled(
  plan: TwapPlan | VwapPlan,
  { dueAt }: ExecutionMemory,
  progress: ExecutionProgress,
): ExecutionStep {
  const { at, doneQty, startedAt, terms, workingQty } = progress;
  const endsAt = startedAt + plan.durationMs;
  if (at >= endsAt) return ends({});
  // A part that found nothing is made up for by the next slice, and not at once: it would find nothing again.
  if (dueAt !== undefined && at < dueAt) return waits({ dueAt }, dueAt);
  const next = nextSlice(plan, startedAt, at) ?? endsAt;
  const waiting = waits({ dueAt: next }, next);
  const quantity = tradable(progress, dueQty(plan, terms.orderQty, at - startedAt) - doneQty - workingQty);
  return quantity <= 0 ? waiting : { ...waiting, place: { ...terms, orderQty: quantity } };
}

/** Lots that are to be sent by `elapsedMs` after the begin. */
export function dueQty(plan: TwapPlan | VwapPlan, orderQty: Lots, elapsedMs: number): Lots {
  const weights = weightsOf(plan);
  let [begun, all] = [0n, 0n];
  for (const [i, weight] of weights.entries()) {
    all += BigInt(weight);
    if (sliceBegin(plan, i) <= elapsedMs) begun += BigInt(weight);
  }
  return Number((BigInt(orderQty) * begun) / all);
}

function weightsOf(plan: TwapPlan | VwapPlan): readonly number[] {
  return plan.type === 'vwap' ? plan.profile : Array.from({ length: plan.slices }, () => 1);
}

function sliceBegin(plan: TwapPlan | VwapPlan, i: number): number {
  return Math.floor((i * plan.durationMs) / (plan.type === 'vwap' ? plan.profile.length : plan.slices));
}

function nextSlice(plan: TwapPlan | VwapPlan, startedAt: TimeMs, at: TimeMs): TimeMs | null {
  const count = plan.type === 'vwap' ? plan.profile.length : plan.slices;
  for (let i = 1; i < count; i += 1) {
    const begin = startedAt + sliceBegin(plan, i);
    if (begin > at) return begin;
  }
  return null;
}

/** How often an iceberg shows itself to no effect: whatever takes it out of the book would do so again. */
const VAIN_PARTS = 3;

/** One part works at a time. */
export function decideIceberg(
  plan: IcebergPlan,
  memory: ExecutionMemory,
  progress: ExecutionProgress,
): ExecutionStep {
  const { doneQty, minQty, terms, workingQty } = progress;
  const rest = restOf(progress);
  if (workingQty > 0 || rest === 0) return waits(memory, null);
  const attempts = memory.counted === doneQty ? (memory.attempts ?? 0) : 0;
  if (attempts >= VAIN_PARTS) return ends(memory);
  const shown = Math.max(minQty, Math.ceil((terms.orderQty * plan.displayPercent) / 100));
  // A rest that is too small for an order of its own goes with the last part.
  const orderQty = rest - shown < minQty ? rest : shown;
  const waiting = waits({ counted: doneQty, attempts: attempts + 1 }, null);
  return { ...waiting, place: { ...terms, orderQty } };
}

/**
 * At each interval as much as its share of what was traded allows. Parts do not rest: what they do not find they have
 * not taken.
 */
export function decidePov(
  plan: PovPlan,
  memory: ExecutionMemory,
  progress: ExecutionProgress,
): ExecutionStep {
  const { at, doneQty, market, startedAt, terms, workingQty } = progress;
  if (at >= startedAt + plan.durationMs) return ends({});
  const { counted = null, dueAt = startedAt } = memory;
  let { volume = 0 } = memory;
  // A count that is lower than before has begun anew since.
  if (market !== null && counted !== null) {
    volume += market.volume >= counted ? market.volume - counted : market.volume;
  }
  const seen = { volume, counted: market?.volume ?? counted };
  const wakeAt = (time: TimeMs) => Math.min(time, startedAt + plan.durationMs);
  if (at < dueAt) return waits({ ...seen, dueAt }, wakeAt(dueAt));
  const next = startedAt + (Math.floor((at - startedAt) / plan.intervalMs) + 1) * plan.intervalMs;
  const allowed = Number((BigInt(volume) * BigInt(plan.percent)) / 100n);
  const room = allowed - doneQty - workingQty;
  const quantity = room < progress.minQty ? 0 : tradable(progress, room);
  const waiting = waits({ ...seen, dueAt: next }, wakeAt(next));
  if (quantity <= 0) return waiting;
  const timeInForce = terms.orderType === 'limit' ? 'IOC' : terms.timeInForce;
  return { ...waiting, place: { ...terms, timeInForce, orderQty: quantity } };
}
