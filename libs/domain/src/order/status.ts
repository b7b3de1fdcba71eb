/**
 * Where an order stands, in FIX words.
 * - `initialized`: the intent is journaled, nothing was sent
 * - `denied`: refused by us before sending
 * - `pending_new`: sent, no answer yet
 * - `unknown`: an answer was lost; it may be working, finished, or never have arrived
 */
export type OrderStatus =
  | 'initialized'
  | 'denied'
  | 'pending_new'
  | 'new'
  | 'partially_filled'
  | 'pending_cancel'
  | 'pending_replace'
  | 'unknown'
  | 'filled'
  | 'canceled'
  | 'rejected'
  | 'expired';

export const ORDER_STATUSES: readonly OrderStatus[] = [
  'initialized',
  'pending_new',
  'new',
  'partially_filled',
  'pending_cancel',
  'pending_replace',
  'unknown',
  'denied',
  'filled',
  'canceled',
  'rejected',
  'expired',
];

/** What we do to an order, or come to know about it without a report of the exchange. */
export type OrderCommand =
  /** It was handed to the exchange. */
  | 'submit'
  /** It will not be sent. */
  | 'deny'
  | 'cancel_request'
  | 'replace_request'
  /** An answer did not come: timeout, broken connection, 5xx, or "unknown order" to a cancel. */
  | 'lose'
  /** Every query agrees that it is not there, and its request can no longer be executed. */
  | 'resolve_absent';

/** What the exchange says of an order. A trade is `fill` when nothing is left afterwards, else `partial_fill`. */
export type OrderReport =
  | 'accept'
  | 'partial_fill'
  | 'fill'
  | 'cancel_reject'
  | 'cancel'
  | 'replace'
  | 'replace_reject'
  /** The exchange changed the quantity by itself. */
  | 'restate'
  | 'reject'
  | 'expire';

export type OrderEventType = OrderCommand | OrderReport;

export const ORDER_COMMANDS: readonly OrderCommand[] = [
  'submit',
  'deny',
  'cancel_request',
  'replace_request',
  'lose',
  'resolve_absent',
];

export const ORDER_REPORTS: readonly OrderReport[] = [
  'accept',
  'partial_fill',
  'fill',
  'cancel_reject',
  'cancel',
  'replace',
  'replace_reject',
  'restate',
  'reject',
  'expire',
];

/** Final: no event leads out of it. Quantities of a late fill are still counted. */
export function isTerminalStatus(status: OrderStatus): boolean {
  switch (status) {
    case 'filled':
    case 'canceled':
    case 'rejected':
    case 'expired':
    case 'denied':
      return true;
    default:
      return false;
  }
}
