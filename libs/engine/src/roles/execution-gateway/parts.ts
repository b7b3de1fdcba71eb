import type { ExecutionPart, RejectReason, TimeMs } from '@bowline/domain';
import { runExecution } from './execution.js';
import { onEnded, onFilled, onOpened } from './reports.js';
import { qtyOf, type GatewayOrder, type GatewayState } from './state.js';
import type { GatewayStep, StatusExecType } from './step.js';

/** Sends a part of an order: it is an order of the exchange's, of which the channel hears only as of the whole. */
export function placePart(
  step: GatewayStep,
  whole: GatewayOrder,
  part: ExecutionPart,
  expiresAt: TimeMs | null,
): void {
  const { channel, clientOrderId: of, key, strategyId, terms, traceparent } = whole;
  const { execution: _, ...plain } = terms;
  const { limitPrice, orderQty, orderType, timeInForce } = part;
  const number = whole.parts!.count + 1;
  const clientOrderId = step.setup.clientOrderId(channel.symbol, strategyId, key, number);
  step.emit({
    type: 'order_intended',
    ...{ clientOrderId, channel, strategyId, expiresAt, replaces: null, at: step.at },
    terms: { ...plain, orderQty, orderType, limitPrice, timeInForce },
    part: { of, number },
    ...(traceparent === undefined ? {} : { traceparent }),
  });
  step.place(step.state.orders.get(clientOrderId)!);
}

/** The parts that are not over. */
export function livePartsOf({ orders }: GatewayState, { parts }: GatewayOrder): GatewayOrder[] {
  return [...(parts?.live ?? [])].map((clientOrderId) => orders.get(clientOrderId)!);
}

/** What became of a part, as far as it is no trade. */
export function onPartStatus(
  step: GatewayStep,
  whole: GatewayOrder,
  execType: StatusExecType,
  at: TimeMs,
  reason: RejectReason | null,
): void {
  if (whole.status === 'done') return;
  switch (execType) {
    case 'accept':
      if (whole.parts!.execution !== undefined) return onOpened(step, whole, at);
      return tellWhole(step, whole, at);
    case 'restate':
      return tellWhole(step, whole, at);
    case 'cancel_reject':
      if (!whole.closeWanted) return;
      step.emit({ type: 'cancel_refused', clientOrderId: whole.clientOrderId });
      return step.tellStatus(whole, 'cancel_reject', at, { reason });
    case 'cancel':
    case 'expire':
    case 'reject':
    case 'resolve_absent':
      return onPartOver(step, whole, execType === 'resolve_absent' ? 'cancel' : execType, at);
    default:
    // That a part is being asked for changes nothing yet: the whole goes on until all of them are over.
  }
}

/** A part has traded. */
export function onPartTraded(step: GatewayStep, whole: GatewayOrder, at: TimeMs): void {
  if (whole.status !== 'done') return onPartOver(step, whole, 'cancel', at);
  // More was filled than wanted: whatever is left is too much.
  for (const part of livePartsOf(step.state, whole)) if (!part.cancelWanted) step.cancel(part);
}

/** Where nothing of it works when it is canceled, nobody else ends it. */
export function onCanceledBetweenParts(step: GatewayStep, whole: GatewayOrder): void {
  if (whole.status !== 'done' && whole.parts!.live.size === 0) onEnded(step, whole, 'cancel', step.at, null);
}

/** The whole ends with its last part. */
function onPartOver(
  step: GatewayStep,
  whole: GatewayOrder,
  execType: 'cancel' | 'expire' | 'reject',
  at: TimeMs,
): void {
  const { cancelWanted, parts } = whole;
  if (parts!.execution !== undefined && !parts!.execution.isOver && !cancelWanted) {
    return runExecution(step, whole);
  }
  if (parts!.live.size > 0) return tellWhole(step, whole, at);
  if (whole.cumQty >= qtyOf(whole)) {
    // The exchange has made it smaller, down to what is filled.
    step.emit({ type: 'order_ended', clientOrderId: whole.clientOrderId, rejected: null, at });
    return onFilled(step, whole, at);
  }
  const wasThere = whole.cumQty > 0 || whole.status === 'open' || whole.cancelWanted;
  onEnded(step, whole, wasThere && execType === 'reject' ? 'cancel' : execType, at, parts!.reason);
}

/** In place is what is in place with all of its parts; what is not answered yet is waited for. */
function tellWhole(step: GatewayStep, whole: GatewayOrder, at: TimeMs): void {
  const parts = livePartsOf(step.state, whole);
  if (whole.parts!.execution !== undefined) return;
  if (parts.length === 0 || parts.some(({ status }) => status !== 'open')) return;
  shrinkWhole(step, whole, at);
  onOpened(step, whole, at);
}

/**
 * A leg of which a part is gone protects less: the channel has to know. Of anything else it hears at the end what was
 * not filled, and why.
 */
function shrinkWhole(step: GatewayStep, whole: GatewayOrder, at: TimeMs): void {
  const { cancelWanted, clientOrderId, cumQty, key } = whole;
  if (cancelWanted || (key.leg !== 't' && key.leg !== 's')) return;
  let orderQty = cumQty;
  for (const part of livePartsOf(step.state, whole)) orderQty += Math.max(0, qtyOf(part) - part.cumQty);
  if (orderQty >= qtyOf(whole)) return;
  step.emit({ type: 'order_restated', clientOrderId, orderQty });
  step.tellStatus(whole, 'restate', at, { orderQty, cumQty });
}
