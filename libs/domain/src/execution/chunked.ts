import type { Lots, Ticks, TimeMs } from '../primitives/index.js';
import {
  ends,
  tradable,
  waits,
  type ChunkedPlan,
  type ExecutionMemory,
  type ExecutionMarket,
  type ExecutionProgress,
  type ExecutionStep,
} from './plan.js';
import { evenParts } from './split.js';

interface Chunk {
  /** From 0. */
  readonly chunk: number;
  readonly phase: 'quote' | 'take';
  readonly phaseSince: TimeMs;
  readonly dueAt: TimeMs;
  readonly attempts: number;
}

/** Works one chunk after the other: first quoted, then taken. */
export function decideChunked(
  plan: ChunkedPlan,
  memory: ExecutionMemory,
  progress: ExecutionProgress,
): ExecutionStep {
  const { at, doneQty, workingQty } = progress;
  const goals = goalsOf(plan, progress);
  let state = chunkOf(memory, progress);
  // A chunk of which nothing is left that could be sent by itself is finished with the next.
  while (state.chunk < goals.length - 1 && doneQty + progress.minQty > goals[state.chunk]!) {
    state = { chunk: state.chunk + 1, phase: 'quote', phaseSince: at, dueAt: at, attempts: 0 };
  }
  if (state.phase === 'quote' && at >= state.phaseSince + plan.quoteMs) {
    state = { ...state, phase: 'take', phaseSince: at, dueAt: at, attempts: 0 };
    // The quote goes first: both could fill.
    if (workingQty > 0) return { ...waits(state, null), cancels: true };
  }
  const wanted = goals[state.chunk]! - doneQty - workingQty;
  return state.phase === 'quote' ? quote(plan, state, wanted, progress) : take(plan, state, wanted, progress);
}

function quote(plan: ChunkedPlan, state: Chunk, wanted: Lots, progress: ExecutionProgress): ExecutionStep {
  const { at, market, terms, workingPrice, workingQty } = progress;
  const endsAt = state.phaseSince + plan.quoteMs;
  if (at < state.dueAt && workingQty > 0) return waits(state, Math.min(state.dueAt, endsAt));
  const looked = { ...state, dueAt: at + plan.repriceMs };
  const waiting = waits(looked, Math.min(looked.dueAt, endsAt));
  const price = bounded(quotePrice(plan, terms.side, market), terms);
  if (price === null) return waiting;
  if (workingQty > 0) {
    const isNear =
      workingPrice !== null && Math.abs(price - workingPrice) * 10_000 <= workingPrice * plan.repriceBps;
    // It is placed anew once it is gone.
    return isNear ? waiting : { ...waiting, cancels: true };
  }
  const orderQty = tradable(progress, wanted);
  if (orderQty <= 0) return waiting;
  return { ...waiting, place: { orderType: 'limit', orderQty, limitPrice: price, timeInForce: 'GTC' } };
}

function take(plan: ChunkedPlan, state: Chunk, wanted: Lots, progress: ExecutionProgress): ExecutionStep {
  const { at, market, terms, workingQty } = progress;
  if (workingQty > 0) return waits(state, null);
  if (at < state.dueAt) return waits(state, state.dueAt);
  if (state.attempts >= plan.attempts) return ends(state);
  const tried = { ...state, attempts: state.attempts + 1, dueAt: at + plan.retryMs };
  const waiting = waits(tried, tried.dueAt);
  const price = bounded((terms.side === 'BUY' ? market?.ask : market?.bid) ?? null, terms);
  const orderQty = tradable(progress, wanted);
  if (price === null || orderQty <= 0) return waiting;
  return { ...waiting, place: { orderType: 'limit', orderQty, limitPrice: price, timeInForce: 'IOC' } };
}

/** What is to be filled by the end of each chunk: no chunk is less than the exchange takes. */
function goalsOf({ chunks }: ChunkedPlan, { minQty, terms }: ExecutionProgress): Lots[] {
  const most = Math.max(1, Math.floor(terms.orderQty / minQty));
  let goal = 0;
  return evenParts(terms.orderQty, Math.min(chunks, most)).map((part) => (goal += part));
}

function chunkOf(memory: ExecutionMemory, { startedAt }: ExecutionProgress): Chunk {
  const { attempts = 0, chunk = 0, dueAt = startedAt, phase = 'quote', phaseSince = startedAt } = memory;
  return { attempts, chunk, dueAt, phase, phaseSince };
}

/** On our own side of the market, or in the middle of it: there, rounded to our side. */
function quotePrice(
  { quoting }: ChunkedPlan,
  side: 'BUY' | 'SELL',
  market: ExecutionMarket | null,
): Ticks | null {
  if (market === null) return null;
  const { ask, bid } = market;
  if (quoting === 'top_of_book') return side === 'BUY' ? bid : ask;
  if (bid === null || ask === null) return null;
  return side === 'BUY' ? Math.floor((bid + ask) / 2) : Math.ceil((bid + ask) / 2);
}

/** Never beyond what the whole order may pay. */
function bounded(price: Ticks | null, { limitPrice, side }: ExecutionProgress['terms']): Ticks | null {
  if (price === null || limitPrice === null) return price;
  return side === 'BUY' ? Math.min(price, limitPrice) : Math.max(price, limitPrice);
}
