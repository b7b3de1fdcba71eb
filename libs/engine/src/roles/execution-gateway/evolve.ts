import { count, observe } from '@bowline/contracts';
import { evolveOwnership } from './ownership.js';
import {
  qtyOf,
  type GatewayEvent,
  type GatewayOrder,
  type GatewaySetup,
  type GatewayState,
  type Parts,
} from './state.js';

/** How long an order that is over is remembered: longer than any message about it may come again. */
const REMEMBERED_MS = 3_600_000;

/** Folds one event into the account's state, in place. */
export function evolveGateway(state: GatewayState, setup: GatewaySetup, event: GatewayEvent): void {
  evolveOwnership(state, setup, event);
  switch (event.type) {
    case 'order_intended': {
      const { at, inParts, type: _, ...intended } = event;
      const order: GatewayOrder = {
        ...intended,
        key: event.terms.key,
        status: 'sent',
        cumQty: 0,
        trades: new Set(),
        intendedAt: at,
        sentAt: at,
        endedAt: null,
        cancelWanted: false,
        closeWanted: false,
        doubted: null,
        queryAt: null,
        queries: 0,
        replacement: null,
        ...(inParts === undefined ? {} : { parts: newParts(event.terms) }),
      };
      state.orders.set(event.clientOrderId, order);
      state.live.add(order);
      if (event.part === undefined) return;
      const { parts } = orderOf(state, event.part.of);
      parts!.live.add(event.clientOrderId);
      parts!.count = event.part.number;
      return;
    }
    case 'order_refused':
      return countFailure(state, setup, event.symbol, event.orderType, event.reason);
    case 'replace_started':
      orderOf(state, event.clientOrderId).replacement = { terms: event.terms, clientOrderId: event.by };
      return;
    case 'replace_answered': {
      const order = orderOf(state, event.clientOrderId);
      const by = order.replacement === null ? undefined : state.orders.get(order.replacement.clientOrderId);
      order.replacement = null;
      if (by !== undefined) by.replaces = null;
      return;
    }
    case 'cancel_wanted': {
      const order = orderOf(state, event.clientOrderId);
      order.cancelWanted = true;
      if (event.close) order.closeWanted = true;
      return;
    }
    case 'cancel_refused': {
      const order = orderOf(state, event.clientOrderId);
      order.cancelWanted = false;
      order.closeWanted = false;
      return;
    }
    case 'order_opened': {
      const order = orderOf(state, event.clientOrderId);
      // What waits for its price is executed, as far as anybody can be late with it, once it is in place.
      if (order.status === 'sent' && order.terms.orderType !== 'market' && order.part === undefined) {
        observeLatency(state, setup, order, event.at);
      }
      if (order.status !== 'done') order.status = 'open';
      order.doubted = null;
      order.queryAt = null;
      state.unknown.delete(order);
      order.queries = 0;
      return;
    }
    case 'order_traded': {
      const order = orderOf(state, event.clientOrderId);
      order.trades.add(event.tradeId);
      order.cumQty += event.lastQty;
      if (order.parts?.execution !== undefined) order.parts.execution.rejects = 0;
      if (order.cumQty < qtyOf(order) || order.status === 'done') return;
      if (order.part === undefined) countExecuted(state, setup, order);
      if (order.part === undefined && order.terms.orderType === 'market') {
        observeLatency(state, setup, order, event.at);
      }
      return end(state, order, event.at);
    }
    case 'order_ended': {
      const order = orderOf(state, event.clientOrderId);
      // Of what is sent in parts each part has failed by itself.
      if (event.rejected !== null && order.parts === undefined) {
        countFailure(state, setup, order.channel.symbol, order.terms.orderType, event.rejected);
      }
      end(state, order, event.at);
      const parts = order.part === undefined ? undefined : state.orders.get(order.part.of)?.parts;
      if (parts?.execution !== undefined && event.rejected !== null) parts.execution.rejects += 1;
      if (parts !== undefined) parts.reason ??= event.rejected ?? event.reason ?? null;
      return;
    }
    case 'order_restated':
      orderOf(state, event.clientOrderId).restatedQty = event.orderQty;
      return;
    case 'execution_decided': {
      const order = orderOf(state, event.clientOrderId);
      const { isOver, memory, wakeAt } = event;
      const rejects = order.parts!.execution?.rejects ?? 0;
      order.parts!.execution = { memory, wakeAt, isOver, rejects };
      if (wakeAt === null) state.executing.delete(order);
      else state.executing.add(order);
      return;
    }
    case 'filters_told':
      state.filters.set(event.filters.symbol, event.filters);
      return;
    case 'reject_doubted':
      orderOf(state, event.clientOrderId).doubted = event.reason;
      return;
    case 'order_unknown': {
      const order = orderOf(state, event.clientOrderId);
      order.status = 'unknown';
      order.queryAt = event.queryAt;
      order.queries += 1;
      if (event.sentAt !== undefined) order.sentAt = event.sentAt;
      state.unknown.add(order);
      return;
    }
    case 'order_sent_again': {
      const order = orderOf(state, event.clientOrderId);
      order.status = 'sent';
      order.sentAt = event.at;
      order.doubted = null;
      order.queryAt = null;
      state.unknown.delete(order);
      return;
    }
    case 'trades_told':
      state.lastTradeIds.set(event.symbol, Math.max(event.upTo, state.lastTradeIds.get(event.symbol) ?? 0));
      return;
    case 'fill_logged':
    case 'close_matched':
    case 'log_told':
    case 'registry_changed':
    case 'positions_gone':
    case 'adoption_told':
    case 'adoptions_done':
      // Folded above: who owns what is a matter of its own.
      return;
    case 'balance_told':
      state.balance = event.balance;
      return;
    case 'swept':
      state.sweepAt = event.at + setup.sweepMs;
      for (const [id, { endedAt, replacement, replaces }] of state.orders) {
        const answered = replacement === null && replaces === null;
        if (answered && endedAt !== null && endedAt < event.at - REMEMBERED_MS) state.orders.delete(id);
      }
      return;
  }
}

/** The order that must be there: its absence is a bug. */
export function newParts({ execution }: GatewayOrder['terms']): Parts {
  const parts: Parts = { live: new Set(), count: 0, reason: null };
  if (execution !== undefined) parts.execution = { memory: {}, wakeAt: null, isOver: false, rejects: 0 };
  return parts;
}

function orderOf(state: GatewayState, clientOrderId: string): GatewayOrder {
  const order = state.orders.get(clientOrderId);
  if (order === undefined) throw new Error(`unknown order ${clientOrderId}`);
  return order;
}

function end({ executing, live, orders, unknown }: GatewayState, order: GatewayOrder, at: number): void {
  live.delete(order);
  executing.delete(order);
  if (order.part !== undefined) orders.get(order.part.of)?.parts?.live.delete(order.clientOrderId);
  unknown.delete(order);
  order.status = 'done';
  order.endedAt = at;
  order.queryAt = null;
}

function countExecuted(
  { tally }: GatewayState,
  { clientId, exchange }: GatewaySetup,
  { channel: { symbol }, terms: { orderType, side } }: GatewayOrder,
): void {
  const labels = { order_type: orderType, side, symbol, exchange, client_id: clientId };
  count(tally, 'tradeengine_orders_executed_by_type_total', labels);
}

function observeLatency(
  { tally }: GatewayState,
  { clientId, exchange }: GatewaySetup,
  { channel: { symbol }, intendedAt, terms: { orderType } }: GatewayOrder,
  at: number,
): void {
  const labels = { symbol, order_type: orderType, exchange, client_id: clientId };
  observe(tally, 'tradeengine_order_execution_latency_seconds', labels, Math.max(0, at - intendedAt) / 1000);
}

function countFailure(
  { tally }: GatewayState,
  { clientId, exchange }: GatewaySetup,
  symbol: string,
  orderType: GatewayOrder['terms']['orderType'],
  reason: Extract<GatewayEvent, { type: 'order_refused' }>['reason'],
): void {
  count(tally, 'tradeengine_order_failures_total', {
    order_type: orderType,
    symbol,
    exchange,
    failure_reason: reason,
    client_id: clientId,
  });
}
