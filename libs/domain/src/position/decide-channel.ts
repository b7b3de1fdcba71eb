import { copyOrder } from '../order/index.js';
import { onAdoption } from './adoption.js';
import { onClose, onReverse, onStopEntries, onTradingState } from './intents.js';
import { onOpen } from './open.js';
import { onExecution } from './executions.js';
import type { ChannelEvent, ChannelInput } from './channel-events.js';
import type { ChannelOrder, ChannelState, StrategyPosition } from './channel-state.js';
import { onExternalFill, onForcedClose, onFunding, onPositionReport } from './exchange-facts.js';
import {
  onRetry,
  onStopMoved,
  onTimeExitDue,
  onTriggerHit,
  onUnprotectedDue,
  onWatchReport,
} from './watching.js';
import type { EventSink, Step } from './step.js';

/**
 * What a channel makes of an input: the events, in order. Pure: the state is left as it was, and
 * `evolveChannel` folds the events once they are journaled.
 */
export function decideChannel(state: ChannelState, input: ChannelInput): readonly ChannelEvent[] {
  const events: ChannelEvent[] = [];
  executeChannel(draftOf(state), input, events);
  return events;
}

/**
 * The same decision folded into `state` while it is made, for a caller that owns the state. Equal to `decideChannel`
 * and then `evolveChannel` for each event.
 */
export function executeChannel(state: ChannelState, input: ChannelInput, events: EventSink): void {
  const step: Step = { state, events };
  switch (input.type) {
    case 'open':
      return onOpen(step, input);
    case 'close':
      return onClose(step, input);
    case 'reverse':
      return onReverse(step, input);
    case 'execution':
      return onExecution(step, input);
    case 'trigger_hit':
      return onTriggerHit(step, input);
    case 'watch_report':
      return onWatchReport(step, input);
    case 'unprotected_due':
      return onUnprotectedDue(step, input);
    case 'stop_moved':
      return onStopMoved(step, input);
    case 'time_exit_due':
      return onTimeExitDue(step, input);
    case 'retry':
      return onRetry(step, input);
    case 'external_fill':
      return onExternalFill(step, input);
    case 'forced_close':
      return onForcedClose(step, input);
    case 'funding':
      return onFunding(step, input);
    case 'position_report':
      return onPositionReport(step, input);
    case 'adopt':
      return onAdoption(step, input);
    case 'trading_state':
      return onTradingState(step, input);
    case 'stop_entries':
      return onStopEntries(step, input);
  }
}

/** A copy deep enough that folding into it never reaches the original. Trade ids are only added to: an overlay. */
function draftOf(state: ChannelState): ChannelState {
  const positions = new Map<string, StrategyPosition>();
  for (const [id, position] of state.positions) positions.set(id, copyPosition(position));
  const current = new Map<string, StrategyPosition>();
  for (const [strategyId, position] of state.current) current.set(strategyId, positions.get(position.id)!);
  const added = new Set<string | number>();
  return {
    ...state,
    positions,
    current,
    sequence: new Map(state.sequence),
    lastCloseAt: new Map(state.lastCloseAt),
    tradeIds: { has: (id) => added.has(id) || state.tradeIds.has(id), add: (id) => added.add(id) },
  };
}

function copyPosition(position: StrategyPosition): StrategyPosition {
  return {
    ...position,
    share: { ...position.share },
    entry: position.entry && copyChannelOrder(position.entry),
    takeProfit: position.takeProfit && copyChannelOrder(position.takeProfit),
    stopLoss: position.stopLoss && copyChannelOrder(position.stopLoss),
    exit: position.exit && copyChannelOrder(position.exit),
    superseded: position.superseded.map(copyChannelOrder),
    filledOrders: [...position.filledOrders],
  };
}

function copyChannelOrder(order: ChannelOrder): ChannelOrder {
  return { ...order, state: copyOrder(order.state) };
}
