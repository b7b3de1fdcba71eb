import type { ClientSignal } from '@bowline/contracts';
import {
  decideSignal,
  decimal,
  quantityToLots,
  wantsClose,
  type ClientEvent,
  type Instrument,
  type PendingSignal,
  type TimeMs,
} from '@bowline/domain';
import { signalForChannel } from '../../signal-for-channel.js';
import type { MarketView } from '../market-view.js';
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
): ClientEvent {
  const decision = decide(state, setup, market, channel, signal, at);
  return paramsOf(setup.client, signal.strategyId) === null ? onlyClosing(decision) : decision;
}

/** A strategy that is not followed, or no longer, may give up what it has, and enters nothing. */
function onlyClosing(decision: ClientEvent): ClientEvent {
  if (decision.type === 'close_ordered') return { ...decision, pending: null };
  if (decision.type !== 'entry_ordered' && decision.type !== 'entry_denied') return decision;
  const { channel, signal } = decision;
  return { type: 'signal_ignored', channel, signal, reason: 'NOT_FOLLOWED' };
}

function decide(
  state: OrderGeneratorState,
  setup: OrderGeneratorSetup,
  market: MarketView,
  channel: GeneratorChannel,
  signal: ClientSignal,
  at: TimeMs,
): ClientEvent {
  const target = targetOf(state, setup, channel, signal.strategyId);
  const facts = factsOf(state, setup, market, channel, target.params, at);
  const { instrument } = state.client.channels[channel.index]!;
  const { orderType } = target.params;
  if (signal.quantity === null || quantityToLots(instrument, decimal(signal.quantity)) !== null) {
    const pending = inChannelUnits(instrument, orderType, signal, setup.signalTtlMs);
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
