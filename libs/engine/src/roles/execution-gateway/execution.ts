import { encodeJson } from '@bowline/contracts';
import {
  decideExecution,
  maxQtyOf,
  minQtyOf,
  splitQty,
  type ExecutionMarket,
  type ExecutionPart,
  type ExecutionProgress,
} from '@bowline/domain';
import { MAX_PARTS } from './admission.js';
import { livePartsOf, placePart } from './parts.js';
import { onEnded } from './reports.js';
import { qtyOf, type GatewayOrder } from './state.js';
import type { GatewayStep } from './step.js';

/** Parts that were rejected one after the other before it is given up: the next one would be rejected as well. */
const MAX_REJECTS = 3;
/** A slice is not wanted any more when it could not be sent for as long. */
const PART_TTL_MS = 30_000;

/**
 * Goes on with an order that is worked by a plan. What its algorithm has seen, and what it keeps, is in the journal before
 * anything is sent.
 */
export function runExecution(step: GatewayStep, whole: GatewayOrder): void {
  const { cancelWanted, channel, clientOrderId, parts, status, terms } = whole;
  const { execution } = parts!;
  if (execution === undefined || execution.isOver || status === 'done' || cancelWanted) return;
  const market = step.market(channel.symbol);
  const next = decideExecution(terms.execution!, execution.memory, progressOf(step, whole, market));
  const sizes = next.place === null ? [] : sizesOf(step, whole, next.place);
  const isOver = next.isOver || execution.rejects >= MAX_REJECTS || parts!.count + sizes.length > MAX_PARTS;
  const { memory } = next;
  const wakeAt = isOver ? null : next.wakeAt;
  const isSame = wakeAt === execution.wakeAt && encodeJson(memory) === encodeJson(execution.memory);
  if (isOver || !isSame)
    step.emit({ type: 'execution_decided', clientOrderId, memory, wakeAt, isOver, market });
  if (next.cancels || isOver) {
    for (const part of livePartsOf(step.state, whole)) if (!part.cancelWanted) step.cancel(part);
  }
  if (isOver) {
    if (parts!.live.size === 0) onEnded(step, whole, 'expire', step.at, parts!.reason);
    return;
  }
  const expiresAt = terms.key.leg === 'e' ? step.at + PART_TTL_MS : null;
  for (const orderQty of sizes) placePart(step, whole, { ...next.place!, orderQty }, expiresAt);
}

function progressOf(
  step: GatewayStep,
  whole: GatewayOrder,
  market: ExecutionMarket | null,
): ExecutionProgress {
  const { channel, cumQty, intendedAt, terms } = whole;
  const filters = step.state.filters.get(channel.symbol);
  const instrument = step.setup.instruments.get(channel.symbol);
  const isKnown = filters !== undefined && instrument !== undefined;
  const working = livePartsOf(step.state, whole);
  let workingQty = 0;
  for (const part of working) workingQty += Math.max(0, qtyOf(part) - part.cumQty);
  return {
    terms,
    doneQty: cumQty,
    workingQty,
    workingPrice: working.at(-1)?.terms.limitPrice ?? null,
    minQty: isKnown ? minQtyOf(filters, instrument, terms, market?.last ?? null) : 1,
    startedAt: intendedAt,
    at: step.at,
    market,
  };
}

function sizesOf({ state }: GatewayStep, { channel }: GatewayOrder, part: ExecutionPart): number[] {
  const filters = state.filters.get(channel.symbol);
  return splitQty(part.orderQty, filters === undefined ? null : maxQtyOf(filters, part.orderType));
}
