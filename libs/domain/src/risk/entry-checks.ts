import { cashValue, type Instrument } from '../instrument/index.js';
import {
  tickLots,
  type Cash,
  type Decimal,
  type Lots,
  type Side,
  type Ticks,
  type TimeMs,
} from '../primitives/index.js';
import type { ClientLimits, StrategyParams } from '../signal/params.js';
import type { DenialCode, TradingState } from './denial.js';

/** An entry as it would be sent. */
export interface ProposedEntry {
  readonly instrument: Instrument;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Lots;
  /** Limit price, or the acting price of a market order: values the order. */
  readonly price: Ticks;
  /** Fill price that a market order expects; null where it is not known or where the price is a limit. */
  readonly expectedPrice: Ticks | null;
  /** Price that slippage is measured against. */
  readonly referencePrice: Ticks;
  readonly at: TimeMs;
}

/** Limits of one strategy in one channel, in the channel's units. Null: off. */
export interface EntryLimits {
  readonly maxPositionLots: Lots | null;
  readonly maxPositionNotional: Cash | null;
  readonly maxOrderLots: Lots | null;
  readonly maxOrderValue: Cash | null;
  readonly maxConsecutiveLosses: number | null;
  readonly maxSlippageBps: Decimal | null;
}

/**
 * Whether one of the limits is missing without which nobody should trade real money: order value, position, price collar
 * (`maxSlippageBps`), loss of the day.
 */
export function lacksLimits(
  { limits: own, maxSlippageBps }: Pick<StrategyParams, 'limits' | 'maxSlippageBps'>,
  { maxDailyLoss }: Pick<ClientLimits, 'maxDailyLoss'>,
): boolean {
  const position = own.maxPositionSize ?? own.maxPositionNotional;
  return own.maxOrderValue === null || position === null || maxSlippageBps === null || maxDailyLoss === null;
}

/** What the strategy already has in the channel, working quantity included. */
export interface StrategyExposure {
  readonly tradingState: TradingState;
  readonly openQty: Lots;
  readonly workingQty: Lots;
  /** Losing trades in a row on the UTC day `day`. */
  readonly losses: { readonly inARow: number; readonly day: number };
  readonly lastEntry: { readonly at: TimeMs; readonly side: Side; readonly quantity: Lots } | null;
}

/** Controls on the order and on the strategy's own position. Null: passed. */
export function checkOrder(
  entry: ProposedEntry,
  limits: EntryLimits,
  exposure: StrategyExposure,
): DenialCode | null {
  const { instrument, quantity, price } = entry;
  if (exposure.tradingState !== 'ACTIVE')
    return exposure.tradingState === 'HALTED' ? 'TRADING_HALTED' : 'REDUCING_ONLY';
  if (limits.maxOrderLots !== null && quantity > limits.maxOrderLots) return 'MAX_ORDER_QUANTITY';
  const positionLots = exposure.openQty + exposure.workingQty + quantity;
  if (limits.maxPositionLots !== null && positionLots > limits.maxPositionLots) return 'MAX_POSITION_SIZE';
  const needsValue = limits.maxOrderValue !== null || instrument.minNotionalCash > 0n;
  if (needsValue) {
    const value = cashValue(instrument, tickLots(price, quantity));
    if (value < instrument.minNotionalCash) return 'BELOW_MIN_NOTIONAL';
    if (limits.maxOrderValue !== null && value > limits.maxOrderValue) return 'MAX_ORDER_VALUE';
  }
  if (
    limits.maxPositionNotional !== null &&
    cashValue(instrument, tickLots(price, positionLots)) > limits.maxPositionNotional
  ) {
    return 'MAX_POSITION_NOTIONAL';
  }
  if (
    limits.maxConsecutiveLosses !== null &&
    lossesToday(exposure, entry.at) >= limits.maxConsecutiveLosses
  ) {
    return 'CONSECUTIVE_LOSSES';
  }
  return slipsTooFar(entry, limits.maxSlippageBps) ? 'MAX_SLIPPAGE' : null;
}

const DAY_MS = 86_400_000;

/** Days since the epoch, UTC. */
export function utcDay(at: TimeMs): number {
  return Math.floor(at / DAY_MS);
}

function lossesToday({ losses }: StrategyExposure, at: TimeMs): number {
  return losses.day === utcDay(at) ? losses.inARow : 0;
}

/** Slippage against us in basis points of the reference price, compared exactly. */
function slipsTooFar(entry: ProposedEntry, maxSlippageBps: Decimal | null): boolean {
  const { expectedPrice, referencePrice } = entry;
  if (maxSlippageBps === null || expectedPrice === null) return false;
  const slipped = entry.side === 'BUY' ? expectedPrice - referencePrice : referencePrice - expectedPrice;
  if (slipped <= 0) return false;
  const scale = 10n ** BigInt(maxSlippageBps.scale);
  return BigInt(slipped) * 10_000n * scale > maxSlippageBps.units * BigInt(referencePrice);
}

/** The client's accounts and results, as far as its limits ask for them. */
export interface ClientExposure {
  readonly tradingState: TradingState;
  /** Net result of the UTC day, realized. */
  readonly dayNetPnl: Cash;
  /** Realized equity of the client and its peak; null where a balance is unknown. */
  readonly equity: Cash | null;
  readonly peakEquity: Cash | null;
  /** Balance of the entry's account (accountBalance + realized netPnl); null where unknown. */
  readonly accountBalance: Cash | null;
  /** Exposure at the marks, working quantity included, the proposed entry not. */
  readonly accountGross: () => Cash;
  readonly clientGross: () => Cash;
  readonly clientNet: () => Cash;
}

/** Controls on the client as a whole. Null: passed. */
export function checkClient(
  entry: ProposedEntry,
  limits: ClientLimits,
  exposure: ClientExposure,
): DenialCode | null {
  if (exposure.tradingState !== 'ACTIVE')
    return exposure.tradingState === 'HALTED' ? 'TRADING_HALTED' : 'REDUCING_ONLY';
  if (limits.restrictedSymbols.length > 0 && limits.restrictedSymbols.includes(entry.symbol))
    return 'RESTRICTED_SYMBOL';
  if (limits.maxDailyLoss !== null && -exposure.dayNetPnl >= limits.maxDailyLoss) return 'DAILY_LOSS';
  if (limits.maxDrawdownPct !== null && drawnDown(exposure, limits.maxDrawdownPct)) return 'DRAWDOWN';
  const { maxGrossExposure, maxNetExposure, maxLeverage } = limits;
  if (maxGrossExposure === null && maxNetExposure === null && maxLeverage === null) return null;
  const value = cashValue(entry.instrument, tickLots(entry.price, entry.quantity));
  if (maxGrossExposure !== null && exposure.clientGross() + value > maxGrossExposure)
    return 'MAX_GROSS_EXPOSURE';
  if (maxNetExposure !== null && raisesNetAbove(exposure.clientNet(), entry.side, value, maxNetExposure)) {
    return 'MAX_NET_EXPOSURE';
  }
  if (maxLeverage !== null && exposure.accountBalance !== null) {
    const allowed = exposure.accountBalance * maxLeverage.units;
    if ((exposure.accountGross() + value) * 10n ** BigInt(maxLeverage.scale) > allowed) return 'MAX_LEVERAGE';
  }
  return null;
}

function drawnDown(exposure: ClientExposure, maxDrawdownPct: Decimal): boolean {
  const { equity, peakEquity } = exposure;
  if (equity === null || peakEquity === null || peakEquity <= 0n) return false;
  const scale = 10n ** BigInt(maxDrawdownPct.scale);
  return (peakEquity - equity) * 100n * scale >= maxDrawdownPct.units * peakEquity;
}

/** An entry that brings the net exposure closer to zero is never denied for it. */
function raisesNetAbove(net: Cash, side: Side, value: Cash, limit: Cash): boolean {
  const after = side === 'BUY' ? net + value : net - value;
  const magnitude = after < 0n ? -after : after;
  return magnitude > limit && magnitude > (net < 0n ? -net : net);
}

/** The same strategy, side and quantity again within the window. */
export function isDuplicate(
  entry: ProposedEntry,
  windowMs: number,
  last: StrategyExposure['lastEntry'],
): boolean {
  return (
    windowMs > 0 &&
    last !== null &&
    last.side === entry.side &&
    last.quantity === entry.quantity &&
    entry.at - last.at < windowMs
  );
}
