import { isUnprotectable } from '../oco/modes.js';
import { isLive } from '../order/index.js';
import { openingSide, type PositionSide } from '../primitives/index.js';
import type { DenialCode } from '../risk/denial.js';
import type { OpenIntent } from '../signal/intent.js';
import type { ChannelState, StrategyPosition } from './channel-state.js';
import { emit, type Step } from './step.js';

/** Opens a position for the strategy, or adds to the one that it has. */
export function onOpen(step: Step, intent: OpenIntent): void {
  const { state } = step;
  const code = refusal(state, intent);
  if (code !== null) return emit(step, denied(intent, code));
  const held = state.current.get(intent.strategyId);
  if (held === undefined) {
    const sequence = (state.sequence.get(intent.strategyId) ?? 0) + 1;
    const strategyPositionId = `${intent.strategyId}-${sequence}`;
    emit(step, {
      type: 'position_opened',
      strategyPositionId,
      strategyId: intent.strategyId,
      side: intent.side,
      plan: intent.plan,
      referencePrice: intent.referencePrice,
      protection: state.protection,
      at: intent.at,
    });
  } else {
    emit(step, { type: 'plan_changed', strategyPositionId: held.id, plan: intent.plan, at: intent.at });
  }
  requestEntry(step, state.current.get(intent.strategyId)!, intent);
}

function refusal(state: ChannelState, intent: OpenIntent): DenialCode | null {
  if (state.tradingState !== 'ACTIVE')
    return state.tradingState === 'HALTED' ? 'TRADING_HALTED' : 'REDUCING_ONLY';
  if (state.frozen) return 'INCREASES_FROZEN';
  if (intent.expiresAt !== null && intent.at > intent.expiresAt) return 'INTENT_EXPIRED';
  if (intent.at < (state.lastCloseAt.get(intent.strategyId) ?? -Infinity)) return 'CANCELED_BEFORE_ORDER';
  if (isUnprotectable(state, intent.plan)) return 'PROTECTION_UNAVAILABLE';
  if (hasOppositeOwner(state, intent.side)) return 'POSITION_CONFLICT';
  const held = state.current.get(intent.strategyId);
  if (held === undefined) return null;
  const adds = intent.scaleIn && held.side === intent.side && held.closing === null && !entryIsLive(held);
  return adds ? null : 'POSITION_CONFLICT';
}

/** Where closing orders carry reduceOnly, an owner on the other side would have the exchange shrink or drop them. */
export function hasOppositeOwner({ positions, reduceOnly }: ChannelState, side: PositionSide): boolean {
  return reduceOnly && [...positions.values()].some((position) => position.side !== side);
}

function entryIsLive(position: StrategyPosition): boolean {
  return position.entry !== null && isLive(position.entry.state);
}

function requestEntry(step: Step, position: StrategyPosition, intent: OpenIntent): void {
  emit(step, {
    type: 'order_requested',
    terms: {
      key: { strategyPositionId: position.id, leg: 'e', generation: position.nextGeneration },
      side: openingSide(position.side),
      positionSide: position.side,
      orderType: intent.orderType,
      orderQty: intent.quantity,
      limitPrice: intent.limitPrice,
      stopPrice: null,
      timeInForce: intent.timeInForce,
      reduceOnly: false,
      ...(intent.execution === undefined ? {} : { execution: intent.execution }),
    },
    at: intent.at,
  });
}

function denied(intent: OpenIntent, code: DenialCode) {
  return {
    type: 'denied',
    intentId: intent.intentId,
    strategyId: intent.strategyId,
    code,
    at: intent.at,
  } as const;
}
