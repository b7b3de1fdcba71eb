import { cashValue } from '../instrument/index.js';
import { applyExecution, applyOrderCommand, createOrder, isLive } from '../order/index.js';
import { tickLots, type Lots, type Ticks, type TimeMs } from '../primitives/index.js';
import type { CloseReason } from '../signal/intent.js';
import type { ChannelEvent, Execution } from './channel-events.js';
import {
  currentOrder,
  findOrder,
  openQty,
  ordersOf,
  type ChannelOrder,
  type ChannelState,
  type OrderKey,
  type OrderTerms,
  type StrategyPosition,
} from './channel-state.js';
import { applyFill } from './share.js';

/** Folds an event into the channel, in place: the state is the fold of its events and of nothing else. */
export function evolveChannel(state: ChannelState, event: ChannelEvent): void {
  switch (event.type) {
    case 'order_requested':
      placeOrder(positionOf(state, event.terms.key.strategyPositionId), event.terms, event.at);
      return;
    case 'cancel_requested':
      applyOrderCommand(orderOf(state, event.key).state, 'cancel_request');
      return;
    case 'replace_requested': {
      const order = orderOf(state, event.key);
      applyOrderCommand(order.state, 'replace_request', event.terms.orderQty);
      order.replacement = event.terms;
      positionOf(state, event.key.strategyPositionId).nextGeneration = event.terms.key.generation + 1;
      return;
    }
    case 'execution_applied':
      applyToOrder(state, event.execution);
      return;
    case 'position_opened':
      openPosition(state, newPosition(event.strategyPositionId, event.strategyId, event.side, event, event.at));
      state.sequence.set(event.strategyId, (state.sequence.get(event.strategyId) ?? 0) + 1);
      return;
    case 'position_reopened': {
      state.reopened += 1;
      const position = newPosition(event.strategyPositionId, event.strategyId, event.side, NO_PLAN, event.at);
      position.nextGeneration = 100 * state.reopened;
      position.closing = 'manual';
      state.positions.set(position.id, position);
      return;
    }
    case 'legs_placed': {
      const position = positionOf(state, event.strategyPositionId);
      position.takeProfitPrice = event.takeProfitPrice;
      position.stopLossPrice = event.stopLossPrice;
      return;
    }
    case 'plan_changed':
      positionOf(state, event.strategyPositionId).plan = event.plan;
      return;
    case 'close_started': {
      const position = positionOf(state, event.strategyPositionId);
      position.closing = event.reason;
      // What a leg has used up of its attempts is not the exit's.
      position.failures = 0;
      position.stuck = false;
      return;
    }
    case 'close_noted':
      state.lastCloseAt.set(event.strategyId, event.at);
      return;
    case 'reversal_queued':
      positionOf(state, event.strategyPositionId).next = event.open;
      return;
    case 'position_closed': {
      const position = positionOf(state, event.strategyPositionId);
      state.positions.delete(position.id);
      if (state.current.get(position.strategyId) === position) state.current.delete(position.strategyId);
      state.lastCloseAt.set(position.strategyId, event.at);
      return;
    }
    case 'share_closed': {
      const position = positionOf(state, event.strategyPositionId);
      bookFill(position, -Math.sign(position.share.quantity) * event.quantity, event.price, event.at);
      position.fees += event.fee;
      position.closedBy = event.reason;
      return;
    }
    case 'share_to_dust': {
      const position = positionOf(state, event.strategyPositionId);
      const { share } = position;
      state.dust += share.quantity;
      state.dustCash -= BigInt(Math.sign(share.quantity)) * cashValue(state.instrument, share.cost);
      share.quantity = 0;
      share.cost = 0n;
      return;
    }
    case 'share_adopted': {
      const position = positionOf(state, event.strategyPositionId);
      state.external -= event.signedQty;
      bookFill(position, event.signedQty, event.price, event.at);
      return;
    }
    case 'external_changed':
      state.external += event.signedQty;
      if (event.tradeId !== null) state.tradeIds.add(event.tradeId);
      return;
    case 'funding_booked':
      positionOf(state, event.strategyPositionId).funding += event.amount;
      return;
    case 'dust_cash_booked':
      state.dustCash += event.amount;
      return;
    case 'trade_noted':
      state.tradeIds.add(event.tradeId);
      return;
    case 'given_up':
      positionOf(state, event.strategyPositionId).stuck = true;
      return;
    case 'retried': {
      const position = positionOf(state, event.strategyPositionId);
      position.stuck = false;
      position.failures = 0;
      for (const order of ordersOf(position)) order.state.cancelAttempts = 0;
      return;
    }
    case 'increases_frozen':
      state.frozen = true;
      return;
    case 'increases_resumed':
      state.frozen = false;
      return;
    case 'trading_state_changed':
      state.tradingState = event.tradingState;
      return;
    case 'denied':
    case 'alert':
      return;
  }
}

const NO_PLAN = {
  plan: { takeProfit: null, stopLoss: null, volatility: null, trailingStop: null, breakEven: null, timeExitMs: null },
  referencePrice: 0,
};

function newPosition(
  id: string,
  strategyId: string,
  side: StrategyPosition['side'],
  from: Pick<StrategyPosition, 'plan' | 'referencePrice'>,
  at: TimeMs,
): StrategyPosition {
  return {
    id,
    strategyId,
    side,
    plan: from.plan,
    referencePrice: from.referencePrice,
    openedAt: at,
    share: { quantity: 0, cost: 0n },
    enteredQty: 0,
    entryValue: 0n,
    exitValue: 0n,
    realized: 0n,
    fees: 0n,
    funding: 0n,
    firstFillAt: null,
    lastFillAt: at,
    takeProfitPrice: null,
    stopLossPrice: null,
    entry: null,
    takeProfit: null,
    stopLoss: null,
    exit: null,
    superseded: [],
    filledOrders: [],
    closing: null,
    closedBy: null,
    nextGeneration: 0,
    failures: 0,
    unprotectedSince: null,
    next: null,
    stuck: false,
  };
}

function openPosition(state: ChannelState, position: StrategyPosition): void {
  state.positions.set(position.id, position);
  state.current.set(position.strategyId, position);
}

function placeOrder(position: StrategyPosition, terms: OrderTerms, at: TimeMs): void {
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
  if (terms.key.leg === 's' && position.unprotectedSince === null) position.unprotectedSince = at;
}

/** The newest generation of a leg is the current one; an earlier one that may still fill is kept beside it. */
function setCurrent(position: StrategyPosition, order: ChannelOrder): void {
  const { leg } = order.terms.key;
  const before = currentOrder(position, leg);
  if (before !== null && isLive(before.state)) position.superseded.push(before);
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

function applyToOrder(state: ChannelState, execution: Execution): void {
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
  } else if (report.execType === 'accept') {
    position.failures = 0;
  } else if (isFailure(order, report.execType)) {
    position.failures += 1;
  }
  if (key.leg === 's') noteProtection(position, at);
  if (!isLive(order.state)) dropSuperseded(position, order);
}

/** A leg or an exit, refused or ended without having been asked to: what always fails must not be tried forever. */
function isFailure(order: ChannelOrder, execType: Execution['report']['execType']): boolean {
  if (order.terms.key.leg === 'e') return false;
  const ended = execType === 'cancel' || execType === 'expire';
  return execType === 'reject' || (ended && !order.state.cancelRequested);
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
function bookFill(position: StrategyPosition, signedQty: Lots, price: Ticks, at: TimeMs): void {
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

/** Protected means: the exchange has acknowledged a stop. */
function noteProtection(position: StrategyPosition, at: TimeMs): void {
  const stop = position.stopLoss;
  const acknowledged = stop !== null && (stop.state.status === 'new' || stop.state.status === 'partially_filled');
  if (acknowledged || openQty(position) === 0) position.unprotectedSince = null;
  else position.unprotectedSince ??= at;
}

function dropSuperseded(position: StrategyPosition, order: ChannelOrder): void {
  const index = position.superseded.indexOf(order);
  if (index >= 0) position.superseded.splice(index, 1);
}

/** A replacement whose acknowledgement was lost, or an order of a position that was already over. */
function adoptOrder(position: StrategyPosition, { at, key, side }: Execution): ChannelOrder {
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
  position.superseded.push(order);
  return order;
}

function positionOf(state: ChannelState, id: string): StrategyPosition {
  const position = state.positions.get(id);
  if (!position) throw new Error(`unknown strategy position ${id}`);
  return position;
}

function orderOf(state: ChannelState, key: OrderKey): ChannelOrder {
  const order = findOrder(positionOf(state, key.strategyPositionId), key);
  if (!order) throw new Error(`unknown order ${key.strategyPositionId} ${key.leg}${key.generation}`);
  return order;
}
