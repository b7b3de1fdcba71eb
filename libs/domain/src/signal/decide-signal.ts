import type { Instrument } from '../instrument/index.js';
import { legPrices, needsVolatility, offsetPrice, type ProtectionPlan } from '../oco/protection.js';
import {
  openingSide,
  type Decimal,
  type Lots,
  type PositionSide,
  type Ticks,
  type TimeMs,
} from '../primitives/index.js';
import { checkClient, checkOrder, isDuplicate, type ProposedEntry } from '../risk/entry-checks.js';
import type { DenialCode } from '../risk/denial.js';
import { sizeEntry } from '../sizing/sizing.js';
import {
  clientExposure,
  sizingBalance,
  type ChannelBook,
  type ClientState,
  type RoutingPart,
  type Target,
} from './client-state.js';
import type { CloseIntent, OpenIntent } from './intent.js';
import type { Distance } from './params.js';

/** A strategy's signal as it reaches one channel of one client. Prices are in the channel's ticks. */
export interface PendingSignal {
  readonly id: string;
  readonly strategyId: string;
  readonly signal: 1 | 0 | -1;
  /** The strategy's own time: orders its signals. */
  readonly time: TimeMs;
  /** Limit price, or what slippage of a market order is measured against. */
  readonly price: Ticks | null;
  readonly takeProfit: Ticks | null;
  readonly stopLoss: Ticks | null;
  /** Replaces the computed volatility. */
  readonly volatility: number | null;
  /** Replaces the computed quantity. */
  readonly quantity: Lots | null;
  readonly expiresAt: TimeMs | null;
  /** The channel's part of it, where it was split when it came in. Absent: as the strategy's target says. */
  readonly routing?: RoutingPart;
}

/** What is known of the market when the signal acts. */
export interface MarketFacts {
  readonly at: TimeMs;
  /** The price acted on, before slippage. */
  readonly price: Ticks;
  /** Fill price that a market order would get; null where there is no telling. */
  readonly expectedPrice: { readonly BUY: Ticks; readonly SELL: Ticks } | null;
  readonly volatility: number | null;
  /** Why nothing may be entered on what is known, whatever the signal says; null or absent: it may. */
  readonly stale?: DenialCode | null;
}

export type IgnoreReason = 'STALE' | 'EXPIRED' | 'UNCHANGED' | 'ALREADY_FLAT' | 'NOT_FOLLOWED' | 'NOT_ROUTED';

export type ClientEvent =
  | {
      readonly type: 'signal_ignored';
      readonly channel: number;
      readonly signal: PendingSignal;
      readonly reason: IgnoreReason;
    }
  | {
      readonly type: 'entry_denied';
      readonly channel: number;
      readonly signal: PendingSignal;
      readonly code: DenialCode;
      /** The order that would have been sent; null where it did not come to be. */
      readonly entry: ProposedEntry | null;
      readonly at: TimeMs;
    }
  | {
      readonly type: 'entry_ordered';
      readonly channel: number;
      readonly signal: PendingSignal;
      readonly intent: OpenIntent;
    }
  | {
      readonly type: 'close_ordered';
      readonly channel: number;
      readonly signal: PendingSignal;
      readonly intent: CloseIntent;
      /** The opposite entry that follows once the close is terminal. */
      readonly pending: PendingSignal | null;
    }
  /** A person, or a rule, closes what the strategy has in the channel; nothing follows. */
  | { readonly type: 'close_commanded'; readonly channel: number; readonly intent: CloseIntent };

/**
 * Turns a signal into what the channel is asked to do: 1 be long, -1 be short (flat in `longOnly`), 0 be flat.
 * A reversal is a close first; the entry is sized, and checked against the limits, once the close has been
 * reported, because its result counts.
 */
export function decideSignal(
  state: ClientState,
  channel: number,
  signal: PendingSignal,
  facts: MarketFacts,
): ClientEvent {
  const target = state.channels[channel]!.targets.get(signal.strategyId)!;
  if (signal.time < target.lastSignalTime)
    return { type: 'signal_ignored', channel, signal, reason: 'STALE' };
  const side = wantedSide(target, signal);
  const exposed = target.openQty + target.workingQty > 0;
  if (side !== null && signal.expiresAt !== null && facts.at > signal.expiresAt) {
    return { type: 'signal_ignored', channel, signal, reason: 'EXPIRED' };
  }
  // A close that is not over yet is replaced as well: by the entry that should follow it now, or by none.
  if ((exposed || target.closing) && side !== target.side) {
    const intent: CloseIntent = {
      type: 'close',
      intentId: signal.id,
      strategyId: signal.strategyId,
      reason: side === null ? 'signal' : 'reversal',
      at: facts.at,
    };
    return { type: 'close_ordered', channel, signal, intent, pending: side === null ? null : signal };
  }
  if (side === null) return { type: 'signal_ignored', channel, signal, reason: 'ALREADY_FLAT' };
  if (target.closing)
    return { type: 'close_ordered', channel, signal, intent: closeAgain(signal, facts.at), pending: signal };
  if (exposed && !(target.params.scaleIn && target.workingQty === 0)) {
    return { type: 'signal_ignored', channel, signal, reason: 'UNCHANGED' };
  }
  return decideEntry(state, channel, target, side, signal, facts);
}

/** The entry that waited for a close, now that the position is flat. Null where nothing waits. */
export function decidePending(
  state: ClientState,
  channel: number,
  strategyId: string,
  facts: MarketFacts,
): ClientEvent | null {
  const target = state.channels[channel]!.targets.get(strategyId)!;
  const signal = target.pending;
  if (signal === null || target.openQty + target.workingQty > 0) return null;
  if (signal.expiresAt !== null && facts.at > signal.expiresAt) {
    return { type: 'signal_ignored', channel, signal, reason: 'EXPIRED' };
  }
  const side = wantedSide(target, signal);
  if (side === null) return { type: 'signal_ignored', channel, signal, reason: 'ALREADY_FLAT' };
  return decideEntry(state, channel, target, side, signal, facts);
}

/** Stands for any part: what is sized on is then the balance of all the client's accounts. */
const SPLIT: RoutingPart = { part: 1n, whole: 1n };

/** What an entry of a signal that is split over exchanges would be in this channel alone; null: there is none. */
export function wholeEntry(
  state: ClientState,
  channel: number,
  signal: PendingSignal,
  facts: MarketFacts,
): Lots | null {
  const book = state.channels[channel]!;
  const target = book.targets.get(signal.strategyId)!;
  const side = wantedSide(target, signal);
  if (side === null || (facts.stale ?? null) !== null) return null;
  const price = limitPriceOf(book, target.params, side, signal, facts) ?? facts.price;
  const plan = planProtection(target, signal, facts);
  const { breakEven, stopLoss, takeProfit, trailingStop, volatility } = plan;
  if (volatility === null && needsVolatility(takeProfit, stopLoss, trailingStop, breakEven)) return null;
  const whole =
    signal.quantity ?? target.fixedLots ?? sizeTarget(state, book, target, side, plan, price, SPLIT);
  return typeof whole === 'string' || whole <= 0 ? null : whole;
}

/** Whether the signal asks a strategy that has something to give it up. */
export function wantsClose(target: Target, signal: PendingSignal): boolean {
  return target.openQty + target.workingQty > 0 && wantedSide(target, signal) !== target.side;
}

function wantedSide(target: Target, signal: PendingSignal): PositionSide | null {
  if (signal.signal === 1) return 'LONG';
  return signal.signal === -1 && target.params.mode === 'longShort' ? 'SHORT' : null;
}

function closeAgain(signal: PendingSignal, at: TimeMs): CloseIntent {
  return { type: 'close', intentId: signal.id, strategyId: signal.strategyId, reason: 'reversal', at };
}

function decideEntry(
  state: ClientState,
  channel: number,
  target: Target,
  side: PositionSide,
  signal: PendingSignal,
  facts: MarketFacts,
): ClientEvent {
  const { stale = null } = facts;
  if (stale !== null) return denied(channel, signal, stale, facts.at);
  const book = state.channels[channel]!;
  const { params } = target;
  const limitPrice = limitPriceOf(book, params, side, signal, facts);
  const price = limitPrice ?? facts.price;
  const plan = planProtection(target, signal, facts);

  if (
    plan.volatility === null &&
    needsVolatility(plan.takeProfit, plan.stopLoss, plan.trailingStop, plan.breakEven)
  ) {
    return denied(channel, signal, 'VOLATILITY_UNAVAILABLE', facts.at);
  }
  const wrongSide = protectionOnWrongSide(side, signal, price);
  if (wrongSide !== null) return denied(channel, signal, wrongSide, facts.at);
  const routing = signal.routing ?? target.routing;
  const whole =
    signal.quantity ?? target.fixedLots ?? sizeTarget(state, book, target, side, plan, price, routing);
  if (typeof whole === 'string') return denied(channel, signal, whole, facts.at);
  const quantity = partOf(whole, routing);
  if (quantity <= 0) return denied(channel, signal, 'QUANTITY_ZERO', facts.at);

  const buySell = openingSide(side);
  const entry: ProposedEntry = {
    instrument: book.instrument,
    symbol: book.symbol,
    side: buySell,
    quantity,
    price,
    expectedPrice: limitPrice === null && facts.expectedPrice !== null ? facts.expectedPrice[buySell] : null,
    referencePrice: signal.price ?? facts.price,
    at: facts.at,
  };
  const code =
    checkOrder(entry, target.limits, target) ??
    (state.limited || state.tradingState !== 'ACTIVE'
      ? checkClient(entry, state.limits, clientExposure(state, book.account, facts.at))
      : null) ??
    (isDuplicate(entry, state.limits.duplicateOrderWindowMs, target.lastEntry) ? 'DUPLICATE_ORDER' : null);
  if (code !== null) return { ...denied(channel, signal, code, facts.at), entry };
  return {
    type: 'entry_ordered',
    channel,
    signal,
    intent: {
      type: 'open',
      intentId: signal.id,
      strategyId: signal.strategyId,
      side,
      quantity,
      orderType: params.orderType,
      limitPrice,
      timeInForce: params.timeInForce,
      ...(params.execution === undefined ? {} : { execution: params.execution }),
      scaleIn: params.scaleIn,
      plan,
      referencePrice: entry.referencePrice,
      at: facts.at,
      expiresAt: signal.expiresAt,
    },
  };
}

function denied(channel: number, signal: PendingSignal, code: DenialCode, at: TimeMs) {
  return { type: 'entry_denied', channel, signal, code, entry: null, at } as const;
}

/** Null: an entry is a market order. */
function limitPriceOf(
  { instrument }: ChannelBook,
  { limitOffsetBps, orderType }: Target['params'],
  side: PositionSide,
  signal: PendingSignal,
  facts: MarketFacts,
): Ticks | null {
  return orderType === 'limit' ? entryLimitPrice(instrument, side, signal, facts, limitOffsetBps) : null;
}

/** The signal's own price, else the acting price less the offset; on the tick of its passive side. */
function entryLimitPrice(
  instrument: Instrument,
  side: PositionSide,
  signal: PendingSignal,
  facts: MarketFacts,
  offsetBps: Decimal,
): Ticks {
  if (signal.price !== null) return signal.price;
  // Away from the acting price is the passive side, in distance and in rounding. A basis point is 0.01 %.
  const offset: Distance = { kind: 'pct', percent: { units: offsetBps.units, scale: offsetBps.scale + 2 } };
  return offsetPrice(instrument, side === 'SHORT', offset, null, BigInt(facts.price), 1);
}

function planProtection(target: Target, signal: PendingSignal, facts: MarketFacts): ProtectionPlan {
  const { params } = target;
  return {
    takeProfit: signal.takeProfit !== null ? { kind: 'price', price: signal.takeProfit } : params.takeProfit,
    stopLoss: signal.stopLoss !== null ? { kind: 'price', price: signal.stopLoss } : params.stopLoss,
    volatility: signal.volatility ?? facts.volatility,
    trailingStop: params.trailingStop,
    breakEven: params.breakEven,
    timeExitMs: params.timeExitMs,
  };
}

function protectionOnWrongSide(side: PositionSide, signal: PendingSignal, price: Ticks): DenialCode | null {
  const { takeProfit, stopLoss } = signal;
  const long = side === 'LONG';
  if (takeProfit !== null && (long ? takeProfit <= price : takeProfit >= price))
    return 'TAKE_PROFIT_WRONG_SIDE';
  if (stopLoss !== null && (long ? stopLoss >= price : stopLoss <= price)) return 'STOP_LOSS_WRONG_SIDE';
  return null;
}

/** The channel's part of a signal, rounded down to the lot. */
function partOf(quantity: Lots, routing: RoutingPart | null): Lots {
  return routing === null ? quantity : Number((BigInt(quantity) * routing.part) / routing.whole);
}

function sizeTarget(
  state: ClientState,
  { account, instrument }: ChannelBook,
  target: Target,
  side: PositionSide,
  plan: ProtectionPlan,
  price: Ticks,
  routing: RoutingPart | null,
): Lots | DenialCode {
  const { sizing } = target.params;
  const balance = sizingBalance(state, account, routing);
  const stopPrice =
    sizing.kind === 'riskPerTrade' ? legPrices(instrument, side, plan, BigInt(price), 1).stopLoss : null;
  return sizeEntry(sizing, { instrument, price, balance, stopPrice });
}
