import { loweredProtection, protectedQty } from '../oco/modes.js';
import { anchorLegs } from '../oco/settle-protection.js';
import { isLive } from '../order/index.js';
import type { AlertCode, Execution } from './channel-events.js';
import { findOrder, openQty, type ChannelOrder, type StrategyPosition } from './channel-state.js';
import { startClose } from './intents.js';
import { MAX_FAILURES } from './requests.js';
import { settle } from './settle.js';
import { emit, type Step } from './step.js';

/** What the exchange says of one of our orders: booked once, then the position is settled. */
export function onExecution(step: Step, input: Execution): void {
  const { key, report, at } = input;
  const { state } = step;
  if (report.execType === 'trade' && report.tradeId !== null && state.tradeIds.has(report.tradeId)) return;
  let position = state.positions.get(key.strategyPositionId);
  if (position === undefined) {
    if (report.execType !== 'trade') return;
    position = reopen(step, input);
  }
  const before = findOrder(position, key);
  if (before === null && report.execType !== 'trade' && !isReplacement(position, input)) return;
  const wasOverfilled = before !== null && before.state.overfilled;
  const lateBefore = before === null ? 0 : before.state.lateQty;
  const openBefore = openQty(position);
  emit(step, { type: 'execution_applied', execution: input });

  if (report.execType === 'trade') {
    if (before !== null && before.state.overfilled && !wasOverfilled)
      alert(step, 'OVERFILL', position, before, at);
    if (before !== null && before.state.lateQty > lateBefore) alert(step, 'LATE_FILL', position, before, at);
    if (openQty(position) < 0 && openBefore >= 0) alert(step, 'BOTH_LEGS_FILLED', position, before, at);
    if (key.leg === 'e' && position.closing === null) anchorLegs(step, position, at);
  } else if (report.execType === 'reject' || report.execType === 'replace_reject') {
    if (onReject(step, position, input)) return;
  } else if (key.leg === 'e' && input.reason === 'SELF_TRADE') {
    sendEntryAgain(step, position, input);
  }
  settle(step, position, at);
}

/** Rejects that ask for something else than another try. True where that has been done. */
function onReject(step: Step, position: StrategyPosition, input: Execution): boolean {
  const { key, reason, at } = input;
  const { leg } = key;
  if (leg === 'x') {
    if (reason === 'BELOW_MINIMUM')
      emit(step, { type: 'share_to_dust', strategyPositionId: position.id, at });
    return false;
  }
  if (leg === 'e' || position.closing !== null) return false;
  if (reason === 'WOULD_TRIGGER') {
    // The price is already beyond the leg: the same price again would be rejected again, so the position is closed.
    if (leg === 's') alert(step, 'STOP_REJECTED', position, findOrder(position, key), at);
    startClose(step, position, leg === 's' ? 'stop_loss' : 'take_profit', at);
    return true;
  }
  if (reason === 'CAPACITY' || reason === 'PRICE_OUT_OF_RANGE')
    return onNoRoom(step, position, leg, reason, at);
  if (reason === 'BELOW_MINIMUM') {
    // The rest of the entry may make it large enough; else nothing can protect it, and what cannot be closed is DUST.
    if (position.entry === null || !isLive(position.entry.state)) {
      startClose(step, position, position.closedBy ?? 'manual', at);
    }
    return true;
  }
  return false;
}

/**
 * There is no room for a leg, or none at its price: the pair goes to a mode that needs less. Where a stop may not be watched here, what is open
 * beyond any that is in force cannot be kept. True where the position is being closed.
 */
function onNoRoom(
  step: Step,
  position: StrategyPosition,
  leg: 't' | 's',
  reason: 'CAPACITY' | 'PRICE_OUT_OF_RANGE',
  at: number,
): boolean {
  const protection = loweredProtection(position.protection, leg);
  if (protection === null) return false;
  if (protection !== 'synthetic' || step.state.allowSynthetic) {
    const { id: strategyPositionId } = position;
    emit(step, { type: 'protection_changed', strategyPositionId, protection, reason, at });
    return false;
  }
  // A stop that was to be replaced still holds what it held: where that is all, the other is tried a few times more.
  if (protectedQty(step.state, position) >= openQty(position)) return false;
  alert(step, 'STOP_REJECTED', position, position.stopLoss, at);
  startClose(step, position, 'halt', at);
  return true;
}

/** Self-trade prevention took the entry because another strategy's order stood against it: the rest goes out anew. */
function sendEntryAgain(step: Step, position: StrategyPosition, { at, key, report }: Execution): void {
  const { entry, failures } = position;
  const ended = report.execType === 'expire' || report.execType === 'cancel';
  if (!ended || entry === null || entry.terms.key.generation !== key.generation) return;
  const orderQty = entry.state.orderQty - entry.state.cumQty;
  if (position.closing !== null || step.state.tradingState !== 'ACTIVE' || step.state.frozen) return;
  if (orderQty <= 0 || failures >= MAX_FAILURES) return;
  const terms = { ...entry.terms, orderQty, key: { ...key, generation: position.nextGeneration } };
  emit(step, { type: 'order_requested', terms, at });
}

/** The order belonged to a position that was over. Its fill is still that strategy's, and is closed at once. */
function reopen(step: Step, input: Execution): StrategyPosition {
  const { key, side, at } = input;
  const id = key.strategyPositionId;
  emit(step, {
    type: 'position_reopened',
    strategyPositionId: id,
    strategyId: id.slice(0, id.lastIndexOf('-')),
    side: (side === 'BUY') === (key.leg === 'e') ? 'LONG' : 'SHORT',
    at,
  });
  const position = step.state.positions.get(id)!;
  alert(step, 'LATE_FILL', position, null, at);
  return position;
}

/** The acknowledgement of a replacement may name the new generation. */
function isReplacement(position: StrategyPosition, { key }: Execution): boolean {
  const order = key.leg === 't' ? position.takeProfit : key.leg === 's' ? position.stopLoss : null;
  return order?.replacement?.key.generation === key.generation;
}

function alert(
  step: Step,
  code: AlertCode,
  position: StrategyPosition,
  order: ChannelOrder | null,
  at: number,
): void {
  emit(step, {
    type: 'alert',
    code,
    strategyPositionId: position.id,
    leg: order?.terms.key.leg ?? null,
    quantity: Math.abs(position.share.quantity),
    at,
  });
}
