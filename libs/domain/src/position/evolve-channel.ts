import { cashValue } from '../instrument/index.js';
import { applyOrderCommand } from '../order/index.js';
import { NO_PLAN } from '../oco/protection.js';
import type { TimeMs } from '../primitives/index.js';
import {
  applyToOrder,
  bookFill,
  noteProtection,
  orderOf,
  placeOrder,
  positionOf,
} from './apply-execution.js';
import type { ChannelEvent } from './channel-events.js';
import { ordersOf, type ChannelState, type StrategyPosition } from './channel-state.js';

/** Folds an event into the channel, in place: the state is the fold of its events and of nothing else. */
export function evolveChannel(state: ChannelState, event: ChannelEvent): void {
  fold(state, event);
  switch (event.type) {
    case 'order_requested':
      return noteProtection(state, positionOf(state, event.terms.key.strategyPositionId), event.at);
    case 'cancel_requested':
      return noteProtection(state, positionOf(state, event.key.strategyPositionId), event.at);
    case 'execution_applied': {
      const { at, key } = event.execution;
      return noteProtection(state, positionOf(state, key.strategyPositionId), at);
    }
    case 'legs_placed':
    case 'protection_changed':
    case 'protection_noted':
    case 'share_closed':
    case 'share_adopted':
    case 'share_to_dust':
      return noteProtection(state, positionOf(state, event.strategyPositionId), event.at);
    default:
  }
}

function fold(state: ChannelState, event: ChannelEvent): void {
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
      openPosition(
        state,
        newPosition(state, event.strategyPositionId, event.strategyId, event.side, event, event.at),
      );
      state.sequence.set(event.strategyId, (state.sequence.get(event.strategyId) ?? 0) + 1);
      return;
    case 'position_reopened': {
      state.reopened += 1;
      const position = newPosition(
        state,
        event.strategyPositionId,
        event.strategyId,
        event.side,
        NOTHING_PLANNED,
        event.at,
      );
      // Beyond every generation that the position can have had: no id is used twice.
      position.nextGeneration = REOPENED_GENERATIONS * state.reopened;
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
    case 'protection_changed': {
      const position = positionOf(state, event.strategyPositionId);
      position.raisedFrom = event.reason === 'RETRY' ? position.protection : null;
      position.protection = event.protection;
      // What a leg has used up of its attempts is not the new mode's.
      position.failures = 0;
      return;
    }
    case 'watch_changed':
      state.watchStaleSince = event.staleSince;
      return;
    case 'protection_overdue':
      positionOf(state, event.strategyPositionId).overdue = true;
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
    case 'protection_noted':
    case 'trigger_reached':
    case 'denied':
    case 'adoption_refused':
    case 'alert':
      return;
  }
}

/** More than a position ever has. */
const REOPENED_GENERATIONS = 1_000_000;

const NOTHING_PLANNED = { plan: NO_PLAN, referencePrice: 0 };

function newPosition(
  state: ChannelState,
  id: string,
  strategyId: string,
  side: StrategyPosition['side'],
  from: Pick<StrategyPosition, 'plan' | 'referencePrice'> & Partial<Pick<StrategyPosition, 'protection'>>,
  at: TimeMs,
): StrategyPosition {
  return {
    id,
    strategyId,
    side,
    plan: from.plan,
    referencePrice: from.referencePrice,
    openedAt: at,
    protection: from.protection ?? state.protection,
    raisedFrom: null,
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
    overdue: false,
    next: null,
    stuck: false,
  };
}

function openPosition(state: ChannelState, position: StrategyPosition): void {
  state.positions.set(position.id, position);
  state.current.set(position.strategyId, position);
}
