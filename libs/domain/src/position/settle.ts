import { isLive, isSettled } from '../order/index.js';
import type { Lots, TimeMs } from '../primitives/index.js';
import { settleProtection } from '../oco/settle-protection.js';
import { openQty, ordersOf, type StrategyPosition } from './channel-state.js';
import { onOpen } from './open.js';
import { cancel, giveUp, MAX_FAILURES, requestOrder } from './requests.js';
import { emit, type Step } from './step.js';

/**
 * Compares what the position is with what it should be, and asks for the difference. Called after anything that
 * may have changed the position, it needs to know nothing of how the state came about: whichever of the races
 * between entry, legs, close and cancels has happened, the same few rules finish the job.
 */
export function settle(step: Step, position: StrategyPosition, at: TimeMs): void {
  const open = openQty(position);
  if (open < 0) return flattenExcess(step, position, at);
  if (position.closing === null && open === 0 && isOver(position)) {
    // A leg has closed all of it, or the entry ended without a fill: what is left of its orders goes too.
    emit(step, {
      type: 'close_started',
      strategyPositionId: position.id,
      reason: position.closedBy ?? 'signal',
      at,
    });
  }
  if (position.closing !== null) return settleClose(step, position, at);
  const { entry } = position;
  if (entry !== null && isLive(entry.state) && entry.state.cancelRequested) cancel(step, position, entry, at);
  settleProtection(step, position, at);
}

/** Nothing is owned and nothing more is wanted: a leg closed the position, or its entry has ended. */
function isOver({ closedBy, entry }: StrategyPosition): boolean {
  return closedBy !== null || entry === null || isSettled(entry.state);
}

/**
 * Cancels first; the exit goes out once no leg can close the same quantity a second time. An order that has ended
 * with fills that have not arrived yet is waited for like a live one, and so is a replacement without an answer.
 */
function settleClose(step: Step, position: StrategyPosition, at: TimeMs): void {
  const open = openQty(position);
  let pending = false;
  let closing = false;
  for (const order of ordersOf(position)) {
    if (isSettled(order.state) && order.replacement === null) continue;
    const { leg } = order.terms.key;
    pending = true;
    if (leg !== 'e') closing = true;
    // Also in a native pair, of which the exchange cancels the second leg itself: a leg that was sent again while its
    // sibling was filling is in no list any more. An exit goes too once a late fill of a leg has done its work.
    if ((leg !== 'x' || open === 0) && isLive(order.state)) cancel(step, position, order, at);
  }
  if (open > 0 && !closing) requestExit(step, position, open, at);
  else if (open === 0 && !pending) finish(step, position, at);
}

/** Both legs filled, or more was filled than ordered: the owner has the other side now, and gives it back at once. */
function flattenExcess(step: Step, position: StrategyPosition, at: TimeMs): void {
  if (position.closing === null) {
    emit(step, {
      type: 'close_started',
      strategyPositionId: position.id,
      reason: position.closedBy ?? 'manual',
      at,
    });
  }
  let live = false;
  for (const order of ordersOf(position)) {
    if (!isLive(order.state)) continue;
    if (order.terms.key.leg === 'x') live = true;
    else cancel(step, position, order, at);
  }
  if (!live) requestExit(step, position, openQty(position), at);
}

/** A market order over `open` lots: against the side where the position is open, with it where it is in excess. */
function requestExit(step: Step, position: StrategyPosition, open: Lots, at: TimeMs): void {
  if (position.failures >= MAX_FAILURES) return giveUp(step, position, 'CLOSE_GIVEN_UP', 'x', at);
  requestOrder(step, position, 'x', 'market', Math.abs(open), null, open > 0 ? 'close' : 'open', at);
}

function finish(step: Step, position: StrategyPosition, at: TimeMs): void {
  const { next } = position;
  emit(step, { type: 'position_closed', strategyPositionId: position.id, at });
  // It is asked for now: what has happened since the intent counts, its expiry as well.
  if (next !== null) onOpen(step, { ...next, at });
}
