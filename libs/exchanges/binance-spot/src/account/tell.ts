import type { Lots, RejectReason, TimeMs } from '@bowline/domain';
import type { AccountContext } from './context.js';
import type { KnownOrder } from './known-orders.js';

/** Tells that the order is in place, where nobody has. */
export function accept(context: AccountContext, known: KnownOrder, orderQty: Lots, at: TimeMs): void {
  if (known.accepted) return;
  known.accepted = true;
  const { clientOrderId, symbol } = known;
  context.say(
    { type: 'order', symbol, clientOrderId, execType: 'accept', orderQty, cumQty: 0, reason: null },
    at,
  );
}

/** Tells that the order is over, where nobody has. */
export function end(
  context: AccountContext,
  known: KnownOrder,
  execType: 'cancel' | 'expire' | 'reject',
  quantities: { readonly orderQty: Lots; readonly cumQty: Lots },
  at: TimeMs,
  reason: RejectReason | null = null,
): void {
  if (known.ended) return;
  known.ended = true;
  const { clientOrderId, symbol } = known;
  context.say({ type: 'order', symbol, clientOrderId, execType, ...quantities, reason }, at);
}
