import { isWatched } from '../oco/modes.js';
import { tighterStop } from '../oco/settle-protection.js';
import { signOf } from '../primitives/index.js';
import type {
  Retry,
  StopMoved,
  TimeExitDue,
  TriggerHit,
  UnprotectedDue,
  WatchReport,
} from './channel-events.js';
import { openQty, type StrategyPosition } from './channel-state.js';
import { onTradingState, startClose } from './intents.js';
import { settle } from './settle.js';
import { emit, type Step } from './step.js';

/**
 * A leg that is watched here has been reached: the position is closed at the market for that reason. Whoever watches is a
 * moment behind: a leg that rests by now, or has moved away from the price, is left alone.
 */
export function onTriggerHit(step: Step, input: TriggerHit): void {
  const { at, leg, price, sequence, strategyPositionId } = input;
  const position = step.state.positions.get(strategyPositionId);
  if (position === undefined || position.closing !== null || openQty(position) <= 0) return;
  if (!isWatched(position, leg) || !isReached(position, leg, price)) return;
  emit(step, { type: 'trigger_reached', strategyPositionId, leg, price, sequence, at });
  startClose(step, position, leg === 't' ? 'take_profit' : 'stop_loss', at);
}

function isReached(position: StrategyPosition, leg: 't' | 's', price: number): boolean {
  const { side, stopLossPrice, takeProfitPrice } = position;
  const beyond = (trigger: number | null) =>
    trigger === null ? -Infinity : (price - trigger) * signOf(side);
  return leg === 't' ? beyond(takeProfitPrice) >= 0 : stopLossPrice !== null && beyond(stopLossPrice) <= 0;
}

/** Without prices, what is watched here is not protected: somebody is told, once, and the seconds count. */
export function onWatchReport(step: Step, { at, staleSince }: WatchReport): void {
  const { state } = step;
  if ((state.watchStaleSince === null) === (staleSince === null)) return;
  emit(step, { type: 'watch_changed', staleSince, at });
  for (const position of state.positions.values()) {
    const { id: strategyPositionId, stopLossPrice } = position;
    const quantity = openQty(position);
    if (stopLossPrice === null || quantity <= 0 || !isWatched(position, 's')) continue;
    emit(step, { type: 'protection_noted', strategyPositionId, at: staleSince ?? at });
    if (staleSince === null) continue;
    emit(step, { type: 'alert', code: 'WATCH_STALE', strategyPositionId, leg: 's', quantity, at });
  }
}

/** Too long without a stop: nothing more is opened here until a person has looked. Said once for each such time. */
export function onUnprotectedDue(step: Step, { at, strategyPositionId }: UnprotectedDue): void {
  const { state } = step;
  const position = state.positions.get(strategyPositionId);
  if (position === undefined || position.unprotectedSince === null || position.overdue) return;
  emit(step, { type: 'protection_overdue', strategyPositionId, at });
  const quantity = openQty(position);
  emit(step, { type: 'alert', code: 'UNPROTECTED', strategyPositionId, leg: 's', quantity, at });
  if (state.tradingState !== 'HALTED') {
    onTradingState(step, { type: 'trading_state', tradingState: 'HALTED', at });
  }
}

/** Tightens the stop; a stop is never loosened. */
export function onStopMoved(step: Step, input: StopMoved): void {
  const position = step.state.positions.get(input.strategyPositionId);
  if (position === undefined || position.closing !== null) return;
  const stopLossPrice = tighterStop(position, input.stopPrice);
  if (stopLossPrice === position.stopLossPrice) return;
  emit(step, {
    type: 'legs_placed',
    strategyPositionId: position.id,
    takeProfitPrice: position.takeProfitPrice,
    stopLossPrice,
    at: input.at,
  });
  settle(step, position, input.at);
}

export function onTimeExitDue(step: Step, input: TimeExitDue): void {
  const position = step.state.positions.get(input.strategyPositionId);
  if (position === undefined || position.closing !== null) return;
  startClose(step, position, 'time_exit', input.at);
}

/** What was given up is tried again, and so is the mode of protection that the channel prefers. */
export function onRetry(step: Step, input: Retry): void {
  const { at, strategyPositionId } = input;
  const { positions, protection } = step.state;
  const position = positions.get(strategyPositionId);
  if (position === undefined) return;
  emit(step, { type: 'retried', strategyPositionId, at });
  if (position.closing === null && position.protection !== protection) {
    emit(step, { type: 'protection_changed', strategyPositionId, protection, reason: 'RETRY', at });
  }
  settle(step, position, input.at);
}
