import { isTerminal } from '../order/index.js';
import {
  openQty,
  type ChannelOrder,
  type ChannelState,
  type StrategyPosition,
} from '../position/channel-state.js';
import { isAtExchange, isWatched } from './modes.js';
import { isInPlace } from './settle-protection.js';

/**
 * Where a pair stands:
 * - `pending`: nothing is open yet
 * - `arming`: legs are sent, or being made larger, and not all are acknowledged
 * - `active`: every leg that the plan wants is in force over what is open
 * - `resolving`: a leg has filled and its sibling is being shrunk, or the position is being closed
 * - `degraded`: a leg that is wanted is not there: rejected, taken away, given up, or watched without prices
 * - `suspended`: the channel is halted; the legs stay where they are
 * - `closed`: the position is over
 */
export type PairStatus = 'pending' | 'arming' | 'active' | 'resolving' | 'closed' | 'degraded' | 'suspended';

/** Where one leg stands; `watched`: it does not rest at the exchange but is watched here. */
export type LegStatus =
  | 'intent'
  | 'sent'
  | 'working'
  | 'partially_filled'
  | 'filled'
  | 'cancel_pending'
  | 'canceled'
  | 'rejected'
  | 'expired'
  | 'unknown'
  | 'watched';

/**
 * The status of a position's pair, worked out from its orders: nothing has to be kept in step. A plan without legs
 * is `active` once it is open.
 */
export function pairStatus(position: StrategyPosition, state: ChannelState): PairStatus {
  if (state.positions.get(position.id) !== position) return 'closed';
  if (position.closing !== null) return 'resolving';
  const open = openQty(position);
  if (open === 0) return 'pending';
  if (state.tradingState === 'HALTED') return 'suspended';
  if (position.stuck) return 'degraded';

  let status: PairStatus = 'active';
  for (const leg of ['s', 't'] as const) {
    if (!isWanted(position, leg)) continue;
    if (isWatched(position, leg)) {
      // Nobody sees a price that reaches the stop.
      if (leg === 's' && state.watchStaleSince !== null) return 'degraded';
      continue;
    }
    const order = orderOf(position, leg);
    if (order === null || isTerminal(order.state)) return 'degraded';
    if (isAtExchange(order) && isInPlace(order, open, priceOf(position, leg)!)) continue;
    status = hasFilled(position) ? 'resolving' : 'arming';
  }
  return status;
}

/** The status of one leg; null where the plan has none and none was sent. */
export function legStatus(position: StrategyPosition, leg: 't' | 's'): LegStatus | null {
  const order = orderOf(position, leg);
  const gone = order === null || (isTerminal(order.state) && order.state.status !== 'filled');
  if (gone && isWanted(position, leg) && isWatched(position, leg)) return 'watched';
  if (order === null) return null;
  const { cumQty, status } = order.state;
  switch (status) {
    case 'initialized':
      return 'intent';
    case 'pending_new':
      return 'sent';
    case 'new':
    case 'partially_filled':
    case 'pending_replace':
      return cumQty > 0 ? 'partially_filled' : 'working';
    case 'pending_cancel':
      return 'cancel_pending';
    case 'denied':
      return 'rejected';
    default:
      return status;
  }
}

function isWanted(position: StrategyPosition, leg: 't' | 's'): boolean {
  return priceOf(position, leg) !== null;
}

function priceOf({ stopLossPrice, takeProfitPrice }: StrategyPosition, leg: 't' | 's') {
  return leg === 't' ? takeProfitPrice : stopLossPrice;
}

function orderOf({ stopLoss, takeProfit }: StrategyPosition, leg: 't' | 's'): ChannelOrder | null {
  return leg === 't' ? takeProfit : stopLoss;
}

/** A leg, of whatever generation, has closed part of the position. */
function hasFilled({ closedBy }: StrategyPosition): boolean {
  return closedBy !== null;
}
