import {
  checkFilters,
  evenParts,
  maxQtyOf,
  splitQty,
  type Lots,
  type OrderTerms,
  type RejectReason,
} from '@bowline/domain';
import type { GatewayState } from './state.js';
import type { GatewayStep } from './step.js';

/** Parts that have a name of their own: two digits of base 36, the whole being 0. */
export const MAX_PARTS = 36 ** 2 - 1;
/** Share of what the exchange admits that is kept: for replacements of stops, and for what closes. */
const RESERVE = 0.05;

/**
 * Why an order is not sent, though the channel wants it: the exchange would refuse it, or the account has no room for it.
 * Orders of which nobody knows whether they are there take up room as well.
 *
 * @param isReplacement it takes another's place: it may use what is kept for that
 */
export function refusalOf(
  step: GatewayStep,
  symbol: string,
  terms: OrderTerms,
  isReplacement: boolean,
): RejectReason | null {
  const { setup, state } = step;
  const filters = state.filters.get(symbol);
  const instrument = setup.instruments.get(symbol);
  const parts = partSizes(step, symbol, terms);
  const reference = step.market(symbol)?.last ?? null;
  if (parts.length > MAX_PARTS || (parts.length > 1 && terms.timeInForce === 'FOK')) return 'CAPACITY';
  if (filters !== undefined && instrument !== undefined) {
    const refusal = checkFilters(filters, instrument, { ...terms, orderQty: parts.at(-1)! }, reference);
    if (refusal !== null) return refusal;
  }
  const added = parts.length;
  const opens = terms.key.leg === 'e' && !isReplacement;
  if (isFull(filters?.maxOpenOrders, opens, added, () => openOrders(state, symbol))) return 'CAPACITY';
  if (terms.orderType !== 'stop_market') return null;
  const isNew = !isReplacement;
  const { maxConditionalOrders } = setup.capabilities;
  return isFull(filters?.maxConditionalOrders, isNew, added, () => conditionalOrders(state, symbol)) ||
    isFull(maxConditionalOrders, isNew, added, () => conditionalOrders(state, null))
    ? 'CAPACITY'
    : null;
}

/** The quantities in which an order goes out: one, unless the exchange takes no order as large. */
export function partSizes({ setup, state }: GatewayStep, symbol: string, terms: OrderTerms): Lots[] {
  const filters = state.filters.get(symbol);
  if (filters === undefined) return [terms.orderQty];
  const { leg } = terms.key;
  // Legs of one list are in the same parts: each part is a pair of its own.
  if (setup.capabilities.nativeOco && (leg === 't' || leg === 's')) {
    const stops = splitQty(terms.orderQty, maxQtyOf(filters, 'stop_market')).length;
    return evenParts(
      terms.orderQty,
      Math.max(stops, splitQty(terms.orderQty, maxQtyOf(filters, 'limit')).length),
    );
  }
  return splitQty(terms.orderQty, maxQtyOf(filters, terms.orderType));
}

/** @param max null or undefined: nobody has said */
function isFull(
  max: number | null | undefined,
  keepsReserve: boolean,
  added: number,
  used: () => number,
): boolean {
  if (max === null || max === undefined) return false;
  return used() + added > max - (keepsReserve ? Math.ceil(max * RESERVE) : 0);
}

function openOrders({ live }: GatewayState, symbol: string): number {
  let count = 0;
  for (const { channel, parts } of live) if (parts === undefined && channel.symbol === symbol) count += 1;
  return count;
}

/**
 * Stops that rest at the exchange, or may.
 *
 * @param symbol null: all of the account's
 */
export function conditionalOrders({ live }: GatewayState, symbol: string | null): number {
  let count = 0;
  for (const { channel, parts, terms } of live) {
    if (parts !== undefined || terms.orderType !== 'stop_market') continue;
    if (symbol === null || channel.symbol === symbol) count += 1;
  }
  return count;
}
