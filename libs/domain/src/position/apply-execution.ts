import { cashValue } from '../instrument/index.js';
import { protectedQty } from '../oco/modes.js';
import { applyExecution, applyOrderCommand, createOrder, isSettled } from '../order/index.js';
import { tickLots, type Lots, type Ticks, type TimeMs } from '../primitives/index.js';
import type { CloseReason } from '../signal/intent.js';
import type { Execution } from './channel-events.js';
import {
  currentOrder,
  findOrder,
  openQty,
  type ChannelOrder,
  type ChannelState,
  type OrderKey,
  type OrderTerms,
  type StrategyPosition,
} from './channel-state.js';
import { applyFill } from './share.js';

/** A new order of the position, on its way to the exchange. */
export function placeOrder(position: StrategyPosition, terms: OrderTerms, at: TimeMs): void {
  const order: ChannelOrder = {
    terms,
    state: createOrder(terms.orderQty),
    replacement: null,
    requestedAt: at,
    updatedAt: at,
  };
  applyOrderCommand(order.state, 'submit');
  setCurrent(position, order);
  position.nextGeneration = Math.max(position.nextGeneration, terms.key.generation + 1);
}

/** The newest generation of a leg is the current one; an earlier one that may still fill is kept beside it. */
function setCurrent(position: StrategyPosition, order: ChannelOrder): void {
  const { leg } = order.terms.key;
  const before = currentOrder(position, leg);
  if (before !== null && !isSettled(before.state)) position.superseded.push(before);
  switch (leg) {
    case 'e':
      position.entry = order;
      return;
    case 't':
      position.takeProfit = order;
      return;
    case 's':
      position.stopLoss = order;
      return;
    case 'x':
      position.exit = order;
      return;
  }
}

/** What the exchange said of an order: into the order, the ledger, and what is known of the protection. */
export function applyToOrder(state: ChannelState, execution: Execution): void {
  const { key, report, at } = execution;
  const position = positionOf(state, key.strategyPositionId);
  const order = findOrder(position, key) ?? adoptOrder(position, execution);
  order.updatedAt = at;
  const { newQty } = applyExecution(order.state, report);
  if (report.execType === 'trade') {
    if (report.tradeId !== null) state.tradeIds.add(report.tradeId);
    if (newQty > 0) {
      bookTrade(state, position, order, execution, newQty);
      position.failures = 0;
    }
  } else if (report.execType === 'replace' && order.replacement !== null) {
    const terms = order.replacement;
    order.replacement = null;
    applyExecution(order.state, CANCELED);
    placeOrder(position, terms, at);
    applyExecution(currentOrder(position, terms.key.leg)!.state, ACCEPTED);
    position.failures = 0;
  } else if (report.execType === 'replace_reject') {
    order.replacement = null;
    position.failures += 1;
  } else if (isFailure(order, execution)) {
    position.failures += 1;
  }
  if (isSettled(order.state)) dropSuperseded(position, order);
}

/**
 * A leg or an exit, refused or ended without having been asked to: what always fails must not be tried forever. Only
 * progress (a fill, an acknowledged replacement) forgets it: a stop that is accepted and canceled again each time is
 * no protection. An entry counts where it is sent again, after self-trade prevention.
 */
function isFailure(order: ChannelOrder, { reason, report }: Execution): boolean {
  const ended = report.execType === 'cancel' || report.execType === 'expire';
  if (order.terms.key.leg === 'e') return ended && reason === 'SELF_TRADE';
  // What ends while it is being replaced fails with the answer to that.
  const isAsked = order.state.cancelRequested || order.replacement !== null;
  return report.execType === 'reject' || (ended && !isAsked);
}

const CANCELED = {
  execType: 'cancel',
  tradeId: null,
  lastQty: 0,
  lastPx: 0,
  cumQty: null,
  orderQty: null,
  version: null,
} as const;
const ACCEPTED = { ...CANCELED, execType: 'accept' } as const;

function bookTrade(
  state: ChannelState,
  position: StrategyPosition,
  order: ChannelOrder,
  execution: Execution,
  newQty: Lots,
): void {
  const { side, key } = order.terms;
  const signedQty = side === 'BUY' ? newQty : -newQty;
  if (order.state.cumQty === newQty) position.filledOrders.push(key);
  bookFill(position, signedQty, execution.report.lastPx, execution.at);
  position.fees += execution.fee;
  if (execution.feeBaseLots !== 0) {
    // The account holds that much less: sold at the price of the fill, and the proceeds are the fee.
    position.realized += applyFill(position.share, -execution.feeBaseLots, execution.report.lastPx);
    position.fees += cashValue(state.instrument, tickLots(execution.report.lastPx, execution.feeBaseLots));
  }
  if (key.leg !== 'e') position.closedBy = closedBy(position, key.leg);
}

function closedBy(position: StrategyPosition, leg: 't' | 's' | 'x'): CloseReason {
  if (leg === 't') return 'take_profit';
  if (leg === 's') return 'stop_loss';
  return position.closing ?? 'manual';
}

/** Into the ledger, and into what the trade record says of entry and exit. */
export function bookFill(position: StrategyPosition, signedQty: Lots, price: Ticks, at: TimeMs): void {
  const value = tickLots(price, Math.abs(signedQty));
  if (signedQty > 0 === (position.side === 'LONG')) {
    position.enteredQty += Math.abs(signedQty);
    position.entryValue += value;
    position.firstFillAt ??= at;
  } else {
    position.exitValue += value;
  }
  position.realized += applyFill(position.share, signedQty, price);
  position.lastFillAt = at;
}

/** Protected means: a stop over all that is open is acknowledged by the exchange, or watched here. */
export function noteProtection(state: ChannelState, position: StrategyPosition, at: TimeMs): void {
  if (openQty(position) > protectedQty(state, position)) {
    position.unprotectedSince ??= at;
  } else if (position.unprotectedSince !== null) {
    position.unprotectedSince = null;
    position.overdue = false;
  }
}

function dropSuperseded(position: StrategyPosition, order: ChannelOrder): void {
  const index = position.superseded.indexOf(order);
  if (index >= 0) position.superseded.splice(index, 1);
}

/** A replacement whose acknowledgement was lost, or an order of a position that was already over. */
function adoptOrder(position: StrategyPosition, { at, key, report, side }: Execution): ChannelOrder {
  const before = currentOrder(position, key.leg);
  if (before?.replacement && before.replacement.key.generation === key.generation) {
    const terms = before.replacement;
    before.replacement = null;
    applyExecution(before.state, CANCELED);
    placeOrder(position, terms, at);
    return currentOrder(position, key.leg)!;
  }
  const order: ChannelOrder = {
    terms: {
      key,
      side,
      positionSide: position.side,
      orderType: 'market',
      orderQty: 1,
      limitPrice: null,
      stopPrice: null,
      timeInForce: 'GTC',
      reduceOnly: false,
    },
    state: createOrder(1),
    replacement: null,
    requestedAt: at,
    updatedAt: at,
  };
  applyOrderCommand(order.state, 'submit');
  applyExecution(order.state, CANCELED);
  // What it had filled before is booked, and forgotten with it.
  const booked = Math.max(0, (report.cumQty ?? 0) - report.lastQty);
  order.state.cumQty = booked;
  order.state.reportedCumQty = booked;
  position.superseded.push(order);
  return order;
}

/** The position that must be there: its absence is a bug. */
export function positionOf(state: ChannelState, id: string): StrategyPosition {
  const position = state.positions.get(id);
  if (!position) throw new Error(`unknown strategy position ${id}`);
  return position;
}

/** The order that must be there. */
export function orderOf(state: ChannelState, key: OrderKey): ChannelOrder {
  const order = findOrder(positionOf(state, key.strategyPositionId), key);
  if (!order) throw new Error(`unknown order ${key.strategyPositionId} ${key.leg}${key.generation}`);
  return order;
}
