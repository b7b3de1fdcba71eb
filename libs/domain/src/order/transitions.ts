import type { OrderEventType, OrderStatus } from './status.js';

/**
 * What an event does to a status: the next status, or
 * - `working`: open at the exchange; which status that is follows from the quantities and the open requests
 * - `gone`: proven absent; canceled where it had fills (it must have existed), else rejected
 * - `same`: the status stays; the event's quantities count
 * - `ignored`: nothing changes: a repetition, a report that came late, or a race that was lost
 * - `illegal`: a mistake of the caller, never of the exchange
 */
export type OrderTransition = OrderStatus | 'working' | 'gone' | 'same' | 'ignored' | 'illegal';

type Row = Readonly<Record<OrderEventType, OrderTransition>>;

/** A terminal status is final. Only trades still count: "canceled" is sometimes followed by the fill that beat it. */
const FINAL: Row = {
  submit: 'illegal',
  deny: 'illegal',
  cancel_request: 'ignored',
  replace_request: 'ignored',
  lose: 'ignored',
  resolve_absent: 'ignored',
  accept: 'ignored',
  partial_fill: 'same',
  fill: 'same',
  cancel_reject: 'ignored',
  cancel: 'ignored',
  replace: 'ignored',
  replace_reject: 'ignored',
  restate: 'ignored',
  reject: 'ignored',
  expire: 'ignored',
};

/** What ends any order that is not final yet, whoever asked for it. */
const ENDS = { cancel: 'canceled', reject: 'rejected', expire: 'expired' } as const;

/** The order state machine. Reports of the exchange are never illegal: it may say anything at any time. */
export const ORDER_TRANSITIONS: Readonly<Record<OrderStatus, Row>> = {
  initialized: {
    ...ENDS,
    submit: 'pending_new',
    deny: 'denied',
    // Sent or not is only known to the sender; the request follows the order and finds it, or is its tombstone.
    cancel_request: 'pending_cancel',
    replace_request: 'illegal',
    lose: 'unknown',
    // Not there is what an unsent order is: after a crash between journal and send it may still be sent.
    resolve_absent: 'ignored',
    accept: 'working',
    partial_fill: 'working',
    fill: 'working',
    cancel_reject: 'ignored',
    replace: 'working',
    replace_reject: 'ignored',
    restate: 'same',
  },
  pending_new: {
    ...ENDS,
    // Exchanges forget an id once its order is done: a second send could double it.
    submit: 'illegal',
    deny: 'illegal',
    cancel_request: 'pending_cancel',
    replace_request: 'illegal',
    lose: 'unknown',
    // A request that is still on its way is "not found" too: it is lost first, and proven absent then.
    resolve_absent: 'illegal',
    accept: 'working',
    partial_fill: 'working',
    fill: 'working',
    cancel_reject: 'ignored',
    replace: 'working',
    replace_reject: 'ignored',
    restate: 'same',
  },
  new: {
    ...ENDS,
    submit: 'illegal',
    deny: 'illegal',
    cancel_request: 'pending_cancel',
    replace_request: 'pending_replace',
    lose: 'unknown',
    resolve_absent: 'illegal',
    accept: 'ignored',
    partial_fill: 'working',
    fill: 'working',
    cancel_reject: 'ignored',
    replace: 'working',
    replace_reject: 'ignored',
    restate: 'working',
  },
  partially_filled: {
    ...ENDS,
    submit: 'illegal',
    deny: 'illegal',
    cancel_request: 'pending_cancel',
    replace_request: 'pending_replace',
    lose: 'unknown',
    resolve_absent: 'illegal',
    // The acknowledgement that came after the first fill.
    accept: 'ignored',
    partial_fill: 'working',
    fill: 'working',
    cancel_reject: 'ignored',
    replace: 'working',
    replace_reject: 'ignored',
    restate: 'working',
  },
  pending_cancel: {
    ...ENDS,
    submit: 'illegal',
    deny: 'illegal',
    cancel_request: 'ignored',
    replace_request: 'illegal',
    lose: 'unknown',
    resolve_absent: 'illegal',
    accept: 'ignored',
    partial_fill: 'same',
    fill: 'filled',
    cancel_reject: 'working',
    // The amendment that was under way when the cancel was asked for.
    replace: 'same',
    replace_reject: 'same',
    restate: 'same',
  },
  pending_replace: {
    ...ENDS,
    submit: 'illegal',
    deny: 'illegal',
    cancel_request: 'pending_cancel',
    replace_request: 'illegal',
    lose: 'unknown',
    resolve_absent: 'illegal',
    accept: 'ignored',
    partial_fill: 'same',
    fill: 'filled',
    cancel_reject: 'ignored',
    replace: 'working',
    replace_reject: 'working',
    restate: 'same',
  },
  unknown: {
    ...ENDS,
    submit: 'illegal',
    deny: 'illegal',
    // The request is made; whether there is anything to cancel stays as unknown as it was.
    cancel_request: 'same',
    replace_request: 'illegal',
    lose: 'ignored',
    resolve_absent: 'gone',
    // The stream's acknowledgement, or a query that found it open.
    accept: 'working',
    // Proof that it arrived, none that its rest is still open.
    partial_fill: 'same',
    fill: 'filled',
    // "Unknown order" to a cancel proves as little as silence does.
    cancel_reject: 'same',
    replace: 'working',
    replace_reject: 'same',
    restate: 'same',
  },
  denied: FINAL,
  filled: FINAL,
  canceled: FINAL,
  rejected: FINAL,
  expired: FINAL,
};
