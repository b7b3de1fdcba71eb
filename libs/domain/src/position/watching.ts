import { tighterStop } from '../oco/settle-protection.js';
import type { Retry, StopMoved, TimeExitDue, TriggerHit } from './channel-events.js';
import { startClose } from './intents.js';
import { settle } from './settle.js';
import { emit, type Step } from './step.js';

/** A leg that is watched here has been reached: the position is closed at the market for that reason. */
export function onTriggerHit(step: Step, input: TriggerHit): void {
  const position = step.state.positions.get(input.strategyPositionId);
  if (position === undefined || position.closing !== null) return;
  startClose(step, position, input.leg === 't' ? 'take_profit' : 'stop_loss', input.at);
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

/** What was given up is tried again. */
export function onRetry(step: Step, input: Retry): void {
  const position = step.state.positions.get(input.strategyPositionId);
  if (position === undefined) return;
  emit(step, { type: 'retried', strategyPositionId: position.id, at: input.at });
  settle(step, position, input.at);
}
