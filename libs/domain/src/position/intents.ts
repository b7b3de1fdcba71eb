import type { TimeMs } from '../primitives/index.js';
import type { CloseIntent, CloseReason, ReverseIntent } from '../signal/intent.js';
import type { EntriesStopped, TradingStateChange } from './channel-events.js';
import type { StrategyPosition } from './channel-state.js';
import { isLive } from '../order/index.js';
import { onOpen } from './open.js';
import { settle } from './settle.js';
import { emit, type Step } from './step.js';

/** Cancels the entry, whatever is known of it, and closes every fill, late ones included. */
export function onClose(step: Step, intent: CloseIntent): void {
  const position = step.state.current.get(intent.strategyId);
  if (position === undefined)
    return emit(step, { type: 'close_noted', strategyId: intent.strategyId, at: intent.at });
  startClose(step, position, intent.reason, intent.at);
}

/** Closes, and opens once the close is terminal. */
export function onReverse(step: Step, intent: ReverseIntent): void {
  const position = step.state.current.get(intent.strategyId);
  if (position === undefined) return onOpen(step, intent.open);
  emit(step, { type: 'reversal_queued', strategyPositionId: position.id, open: intent.open, at: intent.at });
  startClose(step, position, 'reversal', intent.at);
}

/** A halt cancels what would increase risk; protection stays where it is. */
export function onTradingState(step: Step, input: TradingStateChange): void {
  emit(step, { type: 'trading_state_changed', tradingState: input.tradingState, at: input.at });
  if (input.tradingState === 'ACTIVE') return;
  for (const position of [...step.state.positions.values()]) cancelEntry(step, position, input.at);
}

export function onStopEntries(step: Step, { at, strategyId }: EntriesStopped): void {
  for (const position of [...step.state.positions.values()])
    if (position.strategyId === strategyId) cancelEntry(step, position, at);
}

function cancelEntry(step: Step, { entry }: StrategyPosition, at: TimeMs): void {
  if (entry === null || !isLive(entry.state) || entry.state.cancelRequested) return;
  emit(step, { type: 'cancel_requested', key: entry.terms.key, at });
}

/** Starts the close unless one is under way, and goes on with it. */
export function startClose(step: Step, position: StrategyPosition, reason: CloseReason, at: TimeMs): void {
  if (position.closing === null) {
    emit(step, { type: 'close_started', strategyPositionId: position.id, reason, at });
  }
  settle(step, position, at);
}
