import type { ClientSignal } from '@bowline/contracts';
import {
  decideSignal,
  decimal,
  quantityToLots,
  wantsClose,
  type ClientEvent,
  type IgnoreReason,
  type Instrument,
  type PendingSignal,
  type RoutingPart,
  type TimeMs,
} from '@bowline/domain';
import { signalForChannel } from '../../signal-for-channel.js';
import type { MarketView } from '../market-view.js';
import { bestParts } from './best-parts.js';
import { factsOf } from './facts.js';
import {
  paramsOf,
  targetOf,
  type GeneratorChannel,
  type OrderGeneratorSetup,
  type OrderGeneratorState,
} from './state.js';

/** What one channel of the client makes of a signal. */
export function decideFor(
  state: OrderGeneratorState,
  setup: OrderGeneratorSetup,
  market: MarketView,
  channel: GeneratorChannel,
  signal: ClientSignal,
  at: TimeMs,
  routing: RoutingPart | null = null,
): ClientEvent {
  const decision = decide(state, setup, market, channel, signal, at, routing);
  if (paramsOf(setup.client, signal.strategyId) === null) return onlyClosing(decision, 'NOT_FOLLOWED');
  return routing?.part === 0n ? onlyClosing(decision, 'NOT_ROUTED') : decision;
}

/**
 * What the channels of a symbol get of a signal that is split by what it costs; null: it is not split so.
 */
export function splitSignal(
  state: OrderGeneratorState,
  setup: OrderGeneratorSetup,
  market: MarketView,
  channels: readonly GeneratorChannel[],
  signal: ClientSignal,
  at: TimeMs,
): ReadonlyMap<GeneratorChannel, RoutingPart> | null {
  if (!setup.client.smartRouting || signal.signal === 0) return null;
  const signals = channels.map((channel) => {
    const { instrument } = state.client.channels[channel.index]!;
    const { orderType } = targetOf(state, setup, channel, signal.strategyId).params;
    return {
      channel,
      signal: inChannelUnits(instrument, orderType, countable(instrument, signal), setup.signalTtlMs),
    };
  });
  return bestParts(state, setup, market, signals, at);
}

/** Without a quantity that is too large to count. */
function countable(instrument: Instrument, signal: ClientSignal): ClientSignal {
  const { quantity } = signal;
  const counts = quantity === null || quantityToLots(instrument, decimal(quantity)) !== null;
  return counts ? signal : { ...signal, quantity: null };
}

/** A strategy that may not enter here may give up what it has. */
function onlyClosing(decision: ClientEvent, reason: IgnoreReason): ClientEvent {
  if (decision.type === 'close_ordered') return { ...decision, pending: null };
  if (decision.type !== 'entry_ordered' && decision.type !== 'entry_denied') return decision;
  const { channel, signal } = decision;
  return { type: 'signal_ignored', channel, signal, reason };
}

function decide(
  state: OrderGeneratorState,
  setup: OrderGeneratorSetup,
  market: MarketView,
  channel: GeneratorChannel,
  signal: ClientSignal,
  at: TimeMs,
  routing: RoutingPart | null,
): ClientEvent {
  const part = routing === null ? {} : { routing };
  const target = targetOf(state, setup, channel, signal.strategyId);
  const facts = factsOf(state, setup, market, channel, target.params, at);
  const { instrument } = state.client.channels[channel.index]!;
  const { orderType } = target.params;
  if (signal.quantity === null || quantityToLots(instrument, decimal(signal.quantity)) !== null) {
    const pending = { ...inChannelUnits(instrument, orderType, signal, setup.signalTtlMs), ...part };
    return decideSignal(state.client, channel.index, pending, facts);
  }
  // Nothing can be entered for so many lots; what the strategy has on the other side is closed all the same.
  const pending = inChannelUnits(instrument, orderType, { ...signal, quantity: null }, setup.signalTtlMs);
  if (!wantsClose(target, pending)) {
    return {
      type: 'entry_denied',
      channel: channel.index,
      signal: pending,
      code: 'QUANTITY_TOO_LARGE',
      entry: null,
      at,
    };
  }
  const decision = decideSignal(state.client, channel.index, pending, facts);
  return decision.type === 'close_ordered' ? { ...decision, pending: null } : decision;
}

function inChannelUnits(
  instrument: Instrument,
  orderType: 'market' | 'limit',
  {
    expiresAt,
    id,
    price,
    quantity,
    signal,
    stopLoss,
    strategyId,
    symbol,
    takeProfit,
    time,
    volatility,
  }: ClientSignal,
  ttlMs: number | null,
): PendingSignal {
  const row = {
    time,
    strategyId,
    symbol,
    signal,
    row: 0,
    ...(price === null ? {} : { price }),
    ...(takeProfit === null ? {} : { takeProfit }),
    ...(stopLoss === null ? {} : { stopLoss }),
    ...(volatility === null ? {} : { volatility }),
    ...(quantity === null ? {} : { quantity }),
  };
  const inUnits = signalForChannel(row, instrument, orderType);
  return { ...inUnits, id, expiresAt: expiresAt ?? (ttlMs === null ? null : time + ttlMs) };
}
