import type { TimeMs } from '@bowline/domain';
import type { ExchangeReport } from '@bowline/ports';
import { onEnded, onFilled, onOpened, onRestated } from './reports.js';
import { onPartTraded } from './parts.js';
import type { GatewayOrder } from './state.js';
import type { GatewayStep } from './step.js';

/** The first pause between two questions about one order; it doubles up to the longest. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** An answer did not come, or says that the order is not open: what became of it has to be found out. */
export function onLost(step: GatewayStep, order: GatewayOrder): void {
  if (order.status !== 'unknown') step.tellStatus(order, 'lose', step.at);
  ask(step, order);
}

/**
 * Asks, and asks again after a pause that grows where no answer comes.
 *
 * @param sentAt it may have been sent as late as then; absent: it is known when
 */
export function ask(step: GatewayStep, order: GatewayOrder, sentAt?: TimeMs): void {
  askLater(step, order, sentAt);
  step.query(order);
}

/** Asks after the pause. */
export function askLater(step: GatewayStep, order: GatewayOrder, sentAt?: TimeMs): void {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(order.queries, 10));
  step.emit({
    ...{ type: 'order_unknown', clientOrderId: order.clientOrderId, queryAt: step.at + pause },
    ...(sentAt === undefined ? {} : { sentAt }),
  });
}

/** The exchange has it. Its trades came before this, so what is filled is booked already. */
export function onStatus(
  step: GatewayStep,
  order: GatewayOrder,
  { at, cumQty, orderQty, orderStatus }: Extract<ExchangeReport, { type: 'order_status' }>,
): void {
  switch (orderStatus) {
    case 'canceled':
      return onEnded(step, order, 'cancel', at, null);
    case 'expired':
      return onEnded(step, order, 'expire', at, null);
    case 'rejected':
      return onEnded(step, order, 'reject', at, null);
    case 'filled':
      // A trade is missing: it is asked for again when its time comes.
      if (order.cumQty < cumQty) return;
      // The exchange has made it smaller.
      onRestated(step, order, cumQty, cumQty, at);
      step.emit({ type: 'order_ended', clientOrderId: order.clientOrderId, rejected: null, at });
      if (order.part === undefined) return onFilled(step, order, at);
      return onPartTraded(step, step.state.orders.get(order.part.of)!, at);
    case 'new':
    case 'partially_filled':
      onOpened(step, order, at);
      onRestated(step, order, orderQty, cumQty, at);
  }
}

/**
 * The exchange does not have it. That proves something only once the request can no longer be executed; then it is
 * sent (again) where it is still wanted: it has never been there, so nothing can double.
 */
export function onAbsent(step: GatewayStep, order: GatewayOrder, at: TimeMs): void {
  const provenAt = order.sentAt + step.setup.capabilities.recvWindowMs;
  // Whichever clock is behind: the exchange's may be ahead of ours, and what it says may have waited here.
  if (Math.min(at, step.at) <= provenAt) {
    step.emit({ type: 'order_unknown', clientOrderId: order.clientOrderId, queryAt: provenAt + 1 });
    return;
  }
  if (order.doubted !== null) return onEnded(step, order, 'reject', at, order.doubted);
  const expired = order.expiresAt !== null && step.at > order.expiresAt;
  const gone = order.cumQty > 0 || order.cancelWanted || expired;
  if (!gone) {
    step.emit({ type: 'order_sent_again', clientOrderId: order.clientOrderId, at: step.at });
    return step.place(order);
  }
  if (order.replaces !== null || order.replacement !== null) return onEnded(step, order, 'cancel', at, null);
  step.emit({ type: 'order_ended', clientOrderId: order.clientOrderId, rejected: null, at });
  step.tellStatus(order, 'lose', at);
  step.tellStatus(order, 'resolve_absent', at);
}
