import type { OrderCommandMessage } from '@bowline/contracts';
import type { RejectReason } from '@bowline/domain';
import { partSizes, refusalOf } from './admission.js';
import { runExecution } from './execution.js';
import { placePart } from './parts.js';
import { onAdopted } from './registry.js';
import type { GatewayStep } from './step.js';
import type { GatewayOrder, GatewayState } from './state.js';

/** What the channel asks for. */
export function onCommand(step: GatewayStep, command: OrderCommandMessage): void {
  switch (command.type) {
    case 'place':
      return onPlace(step, command);
    case 'cancel':
      return onCancel(step, command);
    case 'replace':
      return onReplace(step, command);
    case 'adopted': {
      const { at: _, channel, type: __, ...share } = command;
      return onAdopted(step, { ...share, symbol: channel.symbol });
    }
  }
}

function onPlace(step: GatewayStep, command: Extract<OrderCommandMessage, { type: 'place' }>): void {
  const { channel, expiresAt, strategyId, terms } = command;
  const clientOrderId = step.setup.clientOrderId(channel.symbol, strategyId, terms.key, 0);
  // The exchange forgets an id once its order is over: sent again, it could be filled again.
  if (step.state.orders.has(clientOrderId)) return;
  const isExpired = expiresAt !== null && step.at > expiresAt;
  const refusal = isExpired ? 'NOT_SENT' : refusalOf(step, channel.symbol, terms, false);
  if (refusal !== null) {
    const { orderType } = terms;
    step.emit({ type: 'order_refused', symbol: channel.symbol, orderType, reason: refusal });
    return notSent(step, command, refusal);
  }
  intend(step, clientOrderId, { channel, strategyId, terms, expiresAt }, null);
}

/** Tells the channel that nothing became of its order. */
export function notSent(
  step: GatewayStep,
  { channel, terms }: Extract<OrderCommandMessage, { type: 'place' }>,
  reason: RejectReason = 'NOT_SENT',
): void {
  const order = { channel, key: terms.key, replaces: null, terms };
  step.tellStatus(order, 'reject', step.at, { reason });
}

function onCancel(
  step: GatewayStep,
  { channel, key, strategyId }: Extract<OrderCommandMessage, { type: 'cancel' }>,
): void {
  const order = step.state.orders.get(step.setup.clientOrderId(channel.symbol, strategyId, key, 0));
  if (order === undefined) return;
  const by = order.replacement === null ? undefined : step.state.orders.get(order.replacement.clientOrderId);
  // Whatever takes its place is not wanted any more either.
  if (by !== undefined && by.status !== 'done') step.cancel(by, true);
  if (order.status !== 'done') step.cancel(order, true);
}

/** Nobody would protect what is opened now: orders that open are canceled, what protects stays. */
export function onSilent(step: GatewayStep, symbol: string): void {
  for (const order of openingOrders(step.state, symbol)) {
    // The channel has not asked for it, so here it is tried again where it is refused; but nothing takes its place.
    step.cancel(order, order.replacement !== null || order.replaces !== null);
  }
}

/** Orders of a channel that may still open something, themselves or by what takes their place, and are to stay. */
export function openingOrders({ live }: GatewayState, symbol: string): GatewayOrder[] {
  return [...live].filter(({ cancelWanted, channel, closeWanted, key, part, replacement }) => {
    if (part !== undefined) return false;
    const stays = !cancelWanted || (replacement !== null && !closeWanted);
    return stays && key.leg === 'e' && channel.symbol === symbol;
  });
}

/**
 * A stop is replaced by one that is in place before the old one goes; anything else is canceled first, because two
 * of it could both fill.
 */
function onReplace(step: GatewayStep, command: Extract<OrderCommandMessage, { type: 'replace' }>): void {
  const { channel, key, strategyId, terms } = command;
  const order = step.state.orders.get(step.setup.clientOrderId(channel.symbol, strategyId, key, 0));
  if (order === undefined || order.status === 'done' || order.replacement !== null) {
    return step.tellStatus({ channel, key, replaces: null, terms }, 'replace_reject', step.at);
  }
  const reason = refusalOf(step, channel.symbol, terms, true);
  if (reason !== null) {
    const { orderType } = terms;
    step.emit({ type: 'order_refused', symbol: channel.symbol, orderType, reason });
    return step.tellStatus({ channel, key, replaces: null, terms }, 'replace_reject', step.at, { reason });
  }
  const by = step.setup.clientOrderId(channel.symbol, strategyId, terms.key, 0);
  step.emit({ type: 'replace_started', clientOrderId: order.clientOrderId, terms, by });
  if (key.leg === 's') placeReplacement(step, order);
  else step.cancel(order);
}

/** Sends the order that takes the place of another. */
export function placeReplacement(step: GatewayStep, order: GatewayOrder): void {
  const { channel, clientOrderId, expiresAt, replacement, strategyId } = order;
  const { clientOrderId: by, terms } = replacement!;
  intend(step, by, { channel, strategyId, terms, expiresAt }, clientOrderId);
}

function intend(
  step: GatewayStep,
  clientOrderId: string,
  order: Pick<GatewayOrder, 'channel' | 'strategyId' | 'terms' | 'expiresAt'>,
  replaces: string | null,
): void {
  const { at, traceparent } = step;
  const trace = traceparent === undefined ? {} : { traceparent };
  const intended = { type: 'order_intended', clientOrderId, ...order, replaces, ...trace, at } as const;
  const sizes = partSizes(step, order.channel.symbol, order.terms);
  const isWorked = order.terms.execution !== undefined;
  if (sizes.length === 1 && !isWorked) {
    step.emit(intended);
    return step.place(step.state.orders.get(clientOrderId)!);
  }
  step.emit({ ...intended, inParts: true });
  const whole = step.state.orders.get(clientOrderId)!;
  if (isWorked) return runExecution(step, whole);
  // All of them are in the journal before the first goes out.
  for (const orderQty of sizes) placePart(step, whole, { ...order.terms, orderQty }, order.expiresAt);
}
