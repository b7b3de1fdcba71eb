import type { ExecutionPlan } from '../execution/plan.js';
import { cashValue, type Instrument } from '../instrument/index.js';
import type { ProtectionPlan } from '../oco/protection.js';
import { leavesQty, type OrderState, type TradeId } from '../order/index.js';
import {
  signOf,
  type Cash,
  type Lots,
  type PositionSide,
  type Side,
  type TickLots,
  type Ticks,
  type TimeMs,
} from '../primitives/index.js';
import type { TradingState } from '../risk/denial.js';
import type { CloseReason, OpenIntent, PositionReport } from '../signal/intent.js';
import type { TimeInForce } from '../signal/params.js';
import type { Share } from './share.js';

/** e entry, t take-profit, s stop-loss, x any other exit. */
export type Leg = 'e' | 't' | 's' | 'x';

/** What names an order inside its channel. The clientOrderId is derived from it outside of the core. */
export interface OrderKey {
  readonly strategyPositionId: string;
  readonly leg: Leg;
  /** Raised at each replacement. */
  readonly generation: number;
}

export interface OrderTerms {
  readonly key: OrderKey;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly orderType: 'market' | 'limit' | 'stop_market';
  readonly orderQty: Lots;
  readonly limitPrice: Ticks | null;
  readonly stopPrice: Ticks | null;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  /** How the gateway works it; absent: it is sent as it is. */
  readonly execution?: ExecutionPlan;
}

/** An order of the channel: what was asked for, and what is known of it. */
export interface ChannelOrder {
  readonly terms: OrderTerms;
  readonly state: OrderState;
  /** The next generation, asked for and not yet acknowledged. Until then this order is the one that counts. */
  replacement: OrderTerms | null;
  readonly requestedAt: TimeMs;
  /** When the exchange last said something of it. */
  updatedAt: TimeMs;
}

/**
 * How a pair is protected, by capability: `native` (the exchange's own OCO), `paired` (two resting orders),
 * `guarded` (the stop rests, the take-profit is watched here), `synthetic` (both are watched here).
 */
export type ProtectionMode = 'native' | 'paired' | 'guarded' | 'synthetic';

/** One strategy's share of the exchange position, with everything that belongs to it. */
export interface StrategyPosition {
  readonly id: string;
  readonly strategyId: string;
  readonly side: PositionSide;
  plan: ProtectionPlan;
  readonly referencePrice: Ticks;
  readonly openedAt: TimeMs;
  /** How its pair is protected: as the channel prefers, unless facts have lowered it. */
  protection: ProtectionMode;
  /** The mode that it was lowered to before it was raised again; null: it was never raised. */
  raisedFrom: ProtectionMode | null;
  /** Signed; against `side` only while an excess is being flattened. */
  readonly share: Share;
  enteredQty: Lots;
  entryValue: TickLots;
  exitValue: TickLots;
  /** Ticks x lots, before fees. */
  realized: TickLots;
  fees: Cash;
  funding: Cash;
  firstFillAt: TimeMs | null;
  lastFillAt: TimeMs;
  /** Where the legs belong now; null: no such leg, or nothing filled yet. */
  takeProfitPrice: Ticks | null;
  stopLossPrice: Ticks | null;
  entry: ChannelOrder | null;
  takeProfit: ChannelOrder | null;
  stopLoss: ChannelOrder | null;
  exit: ChannelOrder | null;
  /** Earlier generations that may still fill. */
  readonly superseded: ChannelOrder[];
  /** Every order that filled, in order of first fill. */
  readonly filledOrders: OrderKey[];
  /** Set once a close has been asked for; the position then only shrinks. */
  closing: CloseReason | null;
  /** What the last closing fill belonged to. */
  closedBy: CloseReason | null;
  nextGeneration: number;
  /** Rejects and unasked ends of legs and exits since something last worked. */
  failures: number;
  /** Since when open quantity has had no stop in force, at the exchange or watched; null: protected, or no stop wanted. */
  unprotectedSince: TimeMs | null;
  /** It was so for too long, and the channel was halted for it. */
  overdue: boolean;
  /** Opens once this position is over. */
  next: OpenIntent | null;
  /** A rule gave up on it; a person has to look. */
  stuck: boolean;
}

/** Trade ids that have been booked. A set, or an overlay on one. */
export interface TradeIds {
  has(tradeId: TradeId): boolean;
  add(tradeId: TradeId): unknown;
}

/** Everything of one client at one exchange in one symbol. Owned by one runner. */
export interface ChannelState {
  readonly instrument: Instrument;
  /** How pairs are protected where nothing stands in the way. */
  readonly protection: ProtectionMode;
  /** Stops may be watched here where none can rest at the exchange. */
  readonly allowSynthetic: boolean;
  /** The exchange keeps LONG and SHORT apart. */
  readonly hedgeMode: boolean;
  /** Closing orders carry reduceOnly: only where owners can never be on opposite sides, in hedge mode never. */
  readonly reduceOnly: boolean;
  /** By strategyPositionId, until they are over. */
  readonly positions: Map<string, StrategyPosition>;
  /** The position that a strategy's next signal is about. */
  readonly current: Map<string, StrategyPosition>;
  /** Number of positions that a strategy ever had here: names the next one. */
  readonly sequence: Map<string, number>;
  /** An open older than its strategy's last close is refused. */
  readonly lastCloseAt: Map<string, TimeMs>;
  readonly tradeIds: TradeIds;
  tradingState: TradingState;
  /** Since when no price has come for what is watched here; null: prices come. */
  watchStaleSince: TimeMs | null;
  /** Increases wait: the shares do not add up to what the exchange says. */
  frozen: boolean;
  /** Signed lots that no strategy owns: traded by hand, or unexplained. */
  external: Lots;
  /** Signed lots too small to trade. */
  dust: Lots;
  /** Cash that roundings left over, less what DUST's lots cost. */
  dustCash: Cash;
  reopened: number;
}

export interface ChannelSetup {
  readonly allowSynthetic: boolean;
  readonly hedgeMode: boolean;
  readonly instrument: Instrument;
  readonly protection: ProtectionMode;
  readonly reduceOnly: boolean;
}

export function createChannel(setup: ChannelSetup): ChannelState {
  return {
    ...setup,
    positions: new Map(),
    current: new Map(),
    sequence: new Map(),
    lastCloseAt: new Map(),
    tradeIds: new Set(),
    tradingState: 'ACTIVE',
    watchStaleSince: null,
    frozen: false,
    external: 0,
    dust: 0,
    dustCash: 0n,
    reopened: 0,
  };
}

/** What the shares say that the exchange position is: signed lots. */
export function sumOfShares(state: ChannelState): Lots {
  let sum = state.external + state.dust;
  for (const position of state.positions.values()) sum += position.share.quantity;
  return sum;
}

/** What the position owns, in the direction of its side; negative while an excess is being flattened. */
export function openQty(position: StrategyPosition): Lots {
  return position.share.quantity * signOf(position.side);
}

/** Every order of the position that the channel still knows. */
export function ordersOf(position: StrategyPosition): ChannelOrder[] {
  const { entry, takeProfit, stopLoss, exit, superseded } = position;
  return [entry, takeProfit, stopLoss, exit, ...superseded].filter((order) => order !== null);
}

/** The order that a key names; null where it is not (or no longer) known. */
export function findOrder(position: StrategyPosition, key: OrderKey): ChannelOrder | null {
  const current = currentOrder(position, key.leg);
  if (current !== null && current.terms.key.generation === key.generation) return current;
  for (const order of position.superseded) {
    if (order.terms.key.leg === key.leg && order.terms.key.generation === key.generation) return order;
  }
  return null;
}

export function currentOrder(position: StrategyPosition, leg: Leg): ChannelOrder | null {
  switch (leg) {
    case 'e':
      return position.entry;
    case 't':
      return position.takeProfit;
    case 's':
      return position.stopLoss;
    case 'x':
      return position.exit;
  }
}

/** What the order-generator and analytics are told after a change. */
export function reportOf(position: StrategyPosition): PositionReport {
  return {
    strategyId: position.strategyId,
    side: position.side,
    openQty: Math.max(0, openQty(position)),
    entryLeavesQty: entryLeaves(position),
    closing: position.closing !== null,
    closed: null,
  };
}

/**
 * What they are told once a position is over: its result, beside what its strategy has in the channel by now. That is
 * something where the position was one that a late fill had brought back.
 */
export function closedReportOf(state: ChannelState, position: StrategyPosition): PositionReport {
  const { enteredQty, fees, funding, realized, side, strategyId } = position;
  const current = state.current.get(strategyId);
  const realizedPnl = cashValue(state.instrument, realized);
  return {
    ...(current === undefined ? { strategyId, side, openQty: 0, entryLeavesQty: 0 } : reportOf(current)),
    closed: { realizedPnl, netPnl: realizedPnl - fees + funding, traded: enteredQty > 0 },
  };
}

function entryLeaves(position: StrategyPosition): Lots {
  let leaves = position.entry === null ? 0 : leavesQty(position.entry.state);
  for (const { state, terms } of position.superseded) if (terms.key.leg === 'e') leaves += leavesQty(state);
  return leaves;
}
