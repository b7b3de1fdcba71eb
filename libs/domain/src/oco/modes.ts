import { leavesQty } from '../order/index.js';
import type { Lots } from '../primitives/index.js';
import type {
  ChannelOrder,
  ChannelState,
  ProtectionMode,
  StrategyPosition,
} from '../position/channel-state.js';
import type { ProtectionPlan } from './protection.js';

/** What of an exchange's abilities decides how a pair is protected there. */
export interface ProtectionCapabilities {
  readonly nativeOco: boolean;
  readonly reduceOnly: boolean;
  /** Stops rest at the exchange. */
  readonly conditionalOrders: boolean;
}

/**
 * The mode that a pair has where nothing stands in the way. Where no closing order can rest that only closes, two legs
 * at rest might both fill and open the other side: then only the stop rests.
 */
export function preferredProtection(capabilities: ProtectionCapabilities): ProtectionMode {
  if (!capabilities.conditionalOrders) return 'synthetic';
  if (capabilities.nativeOco) return 'native';
  return capabilities.reduceOnly ? 'paired' : 'guarded';
}

/**
 * The next mode down once the exchange, or the gateway in its place, has no room for a leg; null: none is lower. An order
 * list that finds no room may leave one for a stop alone; a take-profit that finds none is watched.
 */
export function loweredProtection(mode: ProtectionMode, leg: 't' | 's'): ProtectionMode | null {
  if (mode === 'synthetic') return null;
  if (leg === 's') return mode === 'native' ? 'guarded' : 'synthetic';
  return mode === 'guarded' ? null : 'guarded';
}

/** Whether a leg of a pair in this mode rests at the exchange. */
export function rests(mode: ProtectionMode, leg: 't' | 's'): boolean {
  return mode === 'native' || mode === 'paired' || (mode === 'guarded' && leg === 's');
}

/**
 * Whether a leg is watched here. A pair that was raised to another mode is watched as before until the exchange has
 * acknowledged what takes the watching's place.
 */
export function isWatched(position: StrategyPosition, leg: 't' | 's'): boolean {
  const { protection, raisedFrom, stopLoss, takeProfit } = position;
  if (!rests(protection, leg)) return true;
  return raisedFrom !== null && !rests(raisedFrom, leg) && !isAtExchange(leg === 't' ? takeProfit : stopLoss);
}

/** Acknowledged, and neither over nor asked to be, as far as anybody knows. */
export function isAtExchange(order: ChannelOrder | null): order is ChannelOrder {
  const status = order?.state.status;
  return status === 'new' || status === 'partially_filled' || status === 'pending_replace';
}

/** Lots that a stop is in force for, at the exchange or here; Infinity where no stop is wanted. */
export function protectedQty(state: ChannelState, position: StrategyPosition): Lots {
  if (position.stopLossPrice === null) return Infinity;
  if (isWatched(position, 's')) return state.watchStaleSince === null ? Infinity : 0;
  return isAtExchange(position.stopLoss) ? leavesQty(position.stopLoss.state) : 0;
}

/** Whether anything of the plan stops a loss. */
export function wantsStop({ breakEven, stopLoss, trailingStop }: ProtectionPlan): boolean {
  return stopLoss !== null || trailingStop !== null || breakEven !== null;
}

/** Whether the account has no way to hold a stop that its owner allows. */
export function isUnprotectable(
  { allowSynthetic, protection }: Pick<ChannelState, 'allowSynthetic' | 'protection'>,
  plan: ProtectionPlan,
): boolean {
  return protection === 'synthetic' && !allowSynthetic && wantsStop(plan);
}
