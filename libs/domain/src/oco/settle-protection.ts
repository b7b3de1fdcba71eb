import { canReplace, isLive, isSettled, leavesQty } from '../order/index.js';
import { signOf, type Lots, type Ticks, type TimeMs } from '../primitives/index.js';
import { openQty, type ChannelOrder, type StrategyPosition } from '../position/channel-state.js';
import { cancel, giveUp, MAX_FAILURES, orderTerms, requestOrder } from '../position/requests.js';
import { emit, type Step } from '../position/step.js';
import { rests } from './modes.js';
import { legPrices } from './protection.js';

/**
 * Keeps the pair of an open position in place: every filled part protected at once, each leg over what is open
 * and where the plan puts it, shrunk after the sibling's fill and never before.
 */
export function settleProtection(step: Step, position: StrategyPosition, at: TimeMs): void {
  const open = openQty(position);
  if (open === 0) return;
  const { protection } = position;
  // The stop goes first: of the two it is the one whose absence costs.
  if (position.stopLossPrice !== null && rests(protection, 's')) {
    settleLeg(step, position, 's', position.stopLoss, open, position.stopLossPrice, at);
  } else if (position.stopLoss !== null) cancelLeg(step, position, position.stopLoss, at);
  if (position.takeProfitPrice !== null && rests(protection, 't')) {
    settleLeg(step, position, 't', position.takeProfit, open, position.takeProfitPrice, at);
  } else if (position.takeProfit !== null) cancelLeg(step, position, position.takeProfit, at);
}

/** The plan has changed and does not have this leg any more, or it is watched here now. */
function cancelLeg(step: Step, position: StrategyPosition, order: ChannelOrder, at: TimeMs): void {
  if (isLive(order.state)) cancel(step, position, order, at);
}

/**
 * Works out where the legs belong after entry fills have changed the average. A stop that has been moved by a
 * trailing or break-even rule stays where it is if that is tighter.
 */
export function anchorLegs(step: Step, position: StrategyPosition, at: TimeMs): void {
  const quantity = Math.abs(position.share.quantity);
  if (quantity === 0) return;
  const { plan, side } = position;
  const { takeProfit, stopLoss } = legPrices(
    step.state.instrument,
    side,
    plan,
    position.share.cost,
    quantity,
  );
  const moves = plan.trailingStop !== null || plan.breakEven !== null;
  emit(step, {
    type: 'legs_placed',
    strategyPositionId: position.id,
    takeProfitPrice: takeProfit,
    stopLossPrice: moves ? tighterStop(position, stopLoss) : stopLoss,
    at,
  });
}

/** The tighter of two stops for the side, the position's own and another. */
export function tighterStop<T extends Ticks | null>(position: StrategyPosition, stopPrice: T): T | Ticks {
  const { stopLossPrice } = position;
  if (stopLossPrice === null || stopPrice === null) return stopLossPrice ?? stopPrice;
  return (stopPrice - stopLossPrice) * signOf(position.side) > 0 ? stopPrice : stopLossPrice;
}

function settleLeg(
  step: Step,
  position: StrategyPosition,
  leg: 't' | 's',
  order: ChannelOrder | null,
  open: Lots,
  price: Ticks,
  at: TimeMs,
): void {
  const orderType = leg === 't' ? 'limit' : 'stop_market';
  if (position.stuck) return;
  const settled = order !== null && isLive(order.state) && isInPlace(order, open, price);
  if (settled || (order !== null && isUnderWay(order))) return;
  if (position.failures >= MAX_FAILURES) {
    return giveUp(step, position, leg === 's' ? 'STOP_REJECTED' : 'TAKE_PROFIT_GIVEN_UP', leg, at);
  }
  // A leg that ended while something is open is asked for anew: canceled by a person, expired by the exchange,
  // or filled before the rest of the entry came in.
  if (order === null || !isLive(order.state))
    return requestOrder(step, position, leg, orderType, open, price, 'close', at);
  const terms = orderTerms(step, position, leg, orderType, open, price, 'close');
  emit(step, { type: 'replace_requested', key: order.terms.key, terms, at });
}

/** Whether the order is what its leg should be: over what is open, at the leg's price. */
export function isInPlace({ state, terms }: ChannelOrder, open: Lots, price: Ticks): boolean {
  if (terms.limitPrice === null) return leavesQty(state) === open && terms.stopPrice === price;
  // Where the exchange has reduced a take-profit, asking for the old quantity again would be reduced again.
  return (leavesQty(state) === open || terms.orderQty - state.cumQty === open) && terms.limitPrice === price;
}

/** An answer, or a fill that the exchange has told of, is outstanding: it is waited for, and settles again. */
function isUnderWay(order: ChannelOrder): boolean {
  return order.replacement !== null || (!isSettled(order.state) && !canReplace(order.state));
}
