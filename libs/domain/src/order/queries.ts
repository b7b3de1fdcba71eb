import type { Lots } from '../primitives/index.js';
import { wantedQty, type OrderState } from './order.js';
import { isTerminalStatus } from './status.js';

/** Final: nothing can happen to it any more, except that a fill comes late. */
export function isTerminal(order: OrderState): boolean {
  return isTerminalStatus(order.status);
}

/** Counts as exposure: everything that may yet fill, unsent and unknown orders included. */
export function isLive(order: OrderState): boolean {
  return !isTerminalStatus(order.status);
}

/** A cancel may be sent now. Not before the order itself was sent, and not while another cancel is on its way. */
export function canCancel(order: OrderState): boolean {
  return isLive(order) && order.status !== 'initialized' && order.status !== 'pending_cancel';
}

/** A replace may be sent now: only what the exchange has acknowledged and nothing else is under way. */
export function canReplace(order: OrderState): boolean {
  return order.status === 'new' || order.status === 'partially_filled';
}

/** What is still to be filled; 0 once the order is final. */
export function leavesQty(order: OrderState): Lots {
  return isTerminalStatus(order.status) ? 0 : Math.max(0, order.orderQty - order.cumQty);
}

/** What the exchange says is filled and whose trades have not arrived: ask it for the trades of this order. */
export function missingQty(order: OrderState): Lots {
  return Math.max(0, order.reportedCumQty - order.cumQty);
}

/** Final, and every fill that the exchange told of is counted: only now may its exposure be forgotten. */
export function isSettled(order: OrderState): boolean {
  return isTerminalStatus(order.status) && missingQty(order) === 0;
}

/** The most by which the order may still change the position: leaves of a working order, fills that are missing. */
export function exposureQty(order: OrderState): Lots {
  if (isTerminalStatus(order.status)) return missingQty(order);
  return Math.max(wantedQty(order), order.reportedCumQty) - order.cumQty;
}
