import type { Lots, RejectReason, TimeMs } from '@bowline/domain';
import type { ExchangeReport, ExchangeTrade } from '@bowline/ports';
import { onAccountChanged, onFilters } from './account.js';
import { placeReplacement } from './commands.js';
import { ask, askLater, onAbsent, onLost, onStatus } from './queries.js';
import { onPartTraded } from './parts.js';
import { onActivity, onPositions } from './registry.js';
import { qtyOf, type GatewayOrder } from './state.js';
import type { GatewayStep } from './step.js';

/** What the exchange says. */
export function onReport(step: GatewayStep, report: Exclude<ExchangeReport, { type: 'reconnected' }>): void {
  switch (report.type) {
    case 'trade':
      return onTrade(step, report, report.at);
    case 'position':
      return onPosition(step, report);
    case 'balance':
      return step.emit({ type: 'balance_told', balance: report.balance });
    case 'funding': {
      const { at, price, rateScale, rateUnits, symbol } = report;
      const channel = step.setup.channels.find((each) => each.symbol === symbol);
      if (channel !== undefined) step.tell(channel, { type: 'funding', price, rateUnits, rateScale, at });
      return;
    }
    case 'forced_close': {
      const { at, fee, price, quantity, side, symbol, tradeId } = report;
      const channel = step.setup.channels.find((each) => each.symbol === symbol);
      if (channel !== undefined) {
        step.tell(channel, { type: 'forced_close', tradeId, side, quantity, price, fee, at });
      }
      return;
    }
    case 'filters': {
      const { at: _, id: __, type: ___, ...filters } = report;
      return onFilters(step, filters);
    }
    case 'positions':
      return onPositions(step, report);
    case 'activity':
      return onActivity(step, report);
    case 'account_changed':
      return onAccountChanged(step, report);
    default: {
      const order = report.clientOrderId === null ? undefined : step.state.orders.get(report.clientOrderId);
      // What is over is over; only trades still count.
      if (order !== undefined && order.status !== 'done') onOrderReport(step, order, report);
    }
  }
}

type OrderReport = Extract<
  ExchangeReport,
  { type: 'order' | 'request_refused' | 'request_unknown' | 'order_status' | 'order_absent' }
>;

function onOrderReport(step: GatewayStep, order: GatewayOrder, report: OrderReport): void {
  switch (report.type) {
    case 'order': {
      const { at, cumQty, execType, orderQty, reason } = report;
      if (execType === 'accept') return onOpened(step, order, at);
      if (execType === 'replace' || execType === 'restate') {
        return onRestated(step, order, orderQty, cumQty, at);
      }
      if (execType === 'reject' && mayBeOfAnEarlierSend(order)) {
        step.emit({ type: 'reject_doubted', clientOrderId: order.clientOrderId, reason: reason ?? 'OTHER' });
        return ask(step, order);
      }
      // A trade was lost on the way: it comes with the answer, and the end again after it.
      if (cumQty > order.cumQty) return ask(step, order);
      return onEnded(step, order, execType, at, reason);
    }
    case 'request_refused':
      if (report.unknownOrder) return onLost(step, order);
      return onRefused(step, order, report.at, report.reason);
    case 'request_unknown':
      // A question without an answer is asked again when its time comes.
      return report.request === 'query_order' ? undefined : onLost(step, order);
    case 'order_status':
      return onStatus(step, order, report);
    case 'order_absent':
      return onAbsent(step, order, report.at);
  }
}

/** The exchange's quantity is the order's, also where it was made smaller without a word. */
export function onRestated(
  step: GatewayStep,
  order: GatewayOrder,
  orderQty: Lots,
  cumQty: Lots,
  at: TimeMs,
): void {
  if (orderQty !== qtyOf(order)) {
    step.emit({ type: 'order_restated', clientOrderId: order.clientOrderId, orderQty });
  }
  step.tellStatus(order, 'restate', at, { orderQty, cumQty });
}

/** A cancel was refused. Of what is being replaced it is tried again here; else the channel decides whether it is. */
function onRefused(step: GatewayStep, order: GatewayOrder, at: TimeMs, reason: RejectReason | null): void {
  const { cancelWanted, clientOrderId, closeWanted, replacement, replaces } = order;
  if (cancelWanted && (!closeWanted || replacement !== null || replaces !== null))
    return askLater(step, order);
  if (cancelWanted) step.emit({ type: 'cancel_refused', clientOrderId });
  step.tellStatus(order, 'cancel_reject', at, { reason });
}

/** The order was sent again, or stands in the book: what was refused may have been a request that arrived too late. */
function mayBeOfAnEarlierSend({ intendedAt, sentAt, status }: GatewayOrder): boolean {
  return status === 'open' || sentAt > intendedAt;
}

/** It is in the book. The replacement of a stop is in place now: the old one may go. */
export function onOpened(step: GatewayStep, order: GatewayOrder, at: TimeMs): void {
  const { status } = order;
  if (status === 'open') return;
  step.emit({ type: 'order_opened', clientOrderId: order.clientOrderId, at });
  // The cancel was lost on its way, or refused for an order that had not arrived.
  if (status === 'unknown' && order.cancelWanted) step.cancel(order);
  const old = order.replaces === null ? undefined : step.state.orders.get(order.replaces);
  if (old === undefined) return step.tellStatus(order, 'accept', at);
  if (order.cancelWanted) return;
  if (old.status === 'done') return answerReplace(step, old, 'replace', at);
  if (!old.cancelWanted) step.cancel(old);
}

/** It is over without being filled whole: canceled, expired, or rejected. */
export function onEnded(
  step: GatewayStep,
  order: GatewayOrder,
  execType: 'cancel' | 'expire' | 'reject',
  at: TimeMs,
  reason: RejectReason | null,
): void {
  if (order.status === 'done') return;
  const rejected = execType === 'reject' ? (reason ?? 'OTHER') : null;
  const why = reason === null || rejected !== null ? {} : { reason };
  step.emit({ type: 'order_ended', clientOrderId: order.clientOrderId, rejected, ...why, at });
  const old = order.replaces === null ? undefined : step.state.orders.get(order.replaces);
  if (old !== undefined) return onReplacementEnded(step, old, at, reason);
  const { replacement } = order;
  if (replacement === null) return step.tellStatus(order, execType, at, { reason });
  const by = step.state.orders.get(replacement.clientOrderId);
  if (by === undefined) {
    // Canceled for its replacement's sake, which goes out now.
    if (execType === 'cancel' && order.cancelWanted && !order.closeWanted)
      return placeReplacement(step, order);
    step.tellStatus(order, execType, at, { reason });
    return answerReplace(step, order, 'replace_reject', at);
  }
  // As long as the new one may trade, there is no answer: the channel would close the same quantity twice.
  if (by.cancelWanted) return step.tellStatus(order, execType, at, { reason });
  if (by.status === 'open') answerReplace(step, order, 'replace', at);
}

/** The new order did not come to be: the old one stays, or is gone without one. */
function onReplacementEnded(
  step: GatewayStep,
  old: GatewayOrder,
  at: TimeMs,
  reason: RejectReason | null,
): void {
  // First that it is gone: a channel that hears of the refusal alone asks for the same once more.
  if (old.status === 'done' && old.cumQty < qtyOf(old)) step.tellStatus(old, 'cancel', at);
  answerReplace(step, old, 'replace_reject', at, reason);
}

function answerReplace(
  step: GatewayStep,
  old: GatewayOrder,
  execType: 'replace' | 'replace_reject',
  at: TimeMs,
  reason: RejectReason | null = null,
): void {
  step.emit({ type: 'replace_answered', clientOrderId: old.clientOrderId });
  step.tellStatus(old, execType, at, { reason });
}

function onTrade(step: GatewayStep, trade: ExchangeTrade, at: TimeMs): void {
  const { clientOrderId, cumQty, fee, feeBaseLots, lastPx, lastQty, side, symbol, tradeId } = trade;
  const order = step.state.orders.get(clientOrderId);
  if (order === undefined) {
    const channel = step.setup.channels.find((each) => each.symbol === symbol);
    const signedQty = side === 'BUY' ? lastQty : -lastQty;
    if (channel !== undefined) step.tell(channel, { type: 'external_fill', tradeId, signedQty, at });
    return;
  }
  if (order.trades.has(tradeId)) return;
  // What the channel knows of: of the parts of an order it does not.
  const whole = order.part === undefined ? order : step.state.orders.get(order.part.of)!;
  const wasDone = whole.status === 'done';
  const old = whole.replaces === null ? undefined : step.state.orders.get(whole.replaces);
  if (old !== undefined) {
    // What trades is in place: the old one may go.
    answerReplace(step, old, 'replace', at);
    if (old.status !== 'done' && !old.cancelWanted) step.cancel(old);
  }
  step.emit({ type: 'order_traded', clientOrderId, tradeId, lastQty, at });
  if (whole !== order) {
    step.emit({ type: 'order_traded', clientOrderId: whole.clientOrderId, tradeId, lastQty, at });
  }
  const totalQty = whole === order ? cumQty : whole.cumQty;
  const report = {
    execType: 'trade',
    tradeId,
    lastQty,
    lastPx,
    ...(totalQty === null ? {} : { cumQty: totalQty }),
  } as const;
  step.tellExecution(whole, report, fee, feeBaseLots, null, at);
  if (!wasDone && whole.status === 'done') onFilled(step, whole, at);
  if (whole !== order) onPartTraded(step, whole, at);
}

/** Nothing is left of it. Where it was to be replaced, the new one goes: the answer waits for that, it may fill as well. */
export function onFilled(step: GatewayStep, order: GatewayOrder, at: TimeMs): void {
  if (order.replacement === null) return;
  const by = step.state.orders.get(order.replacement.clientOrderId);
  if (by === undefined) answerReplace(step, order, 'replace_reject', at);
  else if (!by.cancelWanted) step.cancel(by);
}

function onPosition(step: GatewayStep, report: Extract<ExchangeReport, { type: 'position' }>): void {
  const { at, lastTradeId, signedQty, symbol } = report;
  // Only now: a trade that came by the stream says nothing of those before it.
  if (typeof lastTradeId === 'number') step.emit({ type: 'trades_told', symbol, upTo: lastTradeId });
  const channel = step.setup.channels.find((each) => each.symbol === symbol);
  if (channel !== undefined) step.tell(channel, { type: 'position_report', signedQty, lastTradeId, at });
}
