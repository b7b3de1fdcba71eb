import { closingSide, openingSide, type Lots, type Ticks, type TimeMs } from '../primitives/index.js';
import type { AlertCode } from './channel-events.js';
import type { ChannelOrder, Leg, OrderTerms, StrategyPosition } from './channel-state.js';
import { emit, type Step } from './step.js';

/** How often a refused cancel, a rejected exit or a rejected leg is tried again before a person has to look. */
export const MAX_FAILURES = 3;

/** Asks for a cancel unless one is on its way or it has failed too often. */
export function cancel(step: Step, position: StrategyPosition, order: ChannelOrder, at: TimeMs): void {
  const { state } = order;
  if (state.status === 'pending_cancel') return;
  // A cancel of an unknown order is asked for once; what came of it is found out by querying the order.
  if (state.status === 'unknown' && state.cancelRequested) return;
  if (state.cancelAttempts >= MAX_FAILURES)
    return giveUp(step, position, 'CANCEL_GIVEN_UP', order.terms.key.leg, at);
  emit(step, { type: 'cancel_requested', key: order.terms.key, at });
}

/** Stops trying and says so, once. */
export function giveUp(step: Step, position: StrategyPosition, code: AlertCode, leg: Leg, at: TimeMs): void {
  if (position.stuck) return;
  emit(step, { type: 'given_up', strategyPositionId: position.id, at });
  emit(step, {
    type: 'alert',
    code,
    strategyPositionId: position.id,
    leg,
    quantity: Math.abs(position.share.quantity),
    at,
  });
}

/** Asks for a new order of the position's next generation. */
export function requestOrder(
  step: Step,
  position: StrategyPosition,
  leg: Leg,
  orderType: OrderTerms['orderType'],
  quantity: Lots,
  price: Ticks | null,
  effect: 'open' | 'close',
  at: TimeMs,
): void {
  emit(step, {
    type: 'order_requested',
    terms: orderTerms(step, position, leg, orderType, quantity, price, effect),
    at,
  });
}

export function orderTerms(
  step: Step,
  position: StrategyPosition,
  leg: Leg,
  orderType: OrderTerms['orderType'],
  orderQty: Lots,
  price: Ticks | null,
  effect: 'open' | 'close',
): OrderTerms {
  return {
    key: { strategyPositionId: position.id, leg, generation: position.nextGeneration },
    side: effect === 'close' ? closingSide(position.side) : openingSide(position.side),
    positionSide: position.side,
    orderType,
    orderQty,
    limitPrice: orderType === 'limit' ? price : null,
    stopPrice: orderType === 'stop_market' ? price : null,
    timeInForce: 'GTC',
    reduceOnly: effect === 'close' && step.state.reduceOnly,
  };
}
