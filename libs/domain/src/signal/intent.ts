import type { ExecutionPlan } from '../execution/plan.js';
import type { ProtectionPlan } from '../oco/protection.js';
import type { Lots, PositionSide, Ticks, TimeMs } from '../primitives/index.js';
import type { TimeInForce } from './params.js';

/** Why a strategy position was closed: the closed set. */
export type CloseReason =
  'take_profit' | 'stop_loss' | 'signal' | 'reversal' | 'time_exit' | 'manual' | 'halt' | 'liquidation';

/** What the order-generator asks of a channel. */
export type Intent = OpenIntent | CloseIntent | ReverseIntent;

export interface OpenIntent {
  readonly type: 'open';
  readonly intentId: string;
  readonly strategyId: string;
  readonly side: PositionSide;
  readonly quantity: Lots;
  readonly orderType: 'market' | 'limit';
  /** Null for market orders. */
  readonly limitPrice: Ticks | null;
  readonly timeInForce: TimeInForce;
  /** How the entry is worked; absent: it is sent as it is. */
  readonly execution?: ExecutionPlan;
  /** Whether it may add to an open position of the same side. */
  readonly scaleIn: boolean;
  readonly plan: ProtectionPlan;
  /** The price that the signal acted on: slippage is measured against it. */
  readonly referencePrice: Ticks;
  readonly at: TimeMs;
  /** After this the intent is refused. Null: never (historical mode). */
  readonly expiresAt: TimeMs | null;
}

/** Cancels the working or UNKNOWN entry too, and closes every fill, late ones included. */
export interface CloseIntent {
  readonly type: 'close';
  readonly intentId: string;
  readonly strategyId: string;
  readonly reason: CloseReason;
  readonly at: TimeMs;
}

/** Closes, and opens once the close is terminal. */
export interface ReverseIntent {
  readonly type: 'reverse';
  readonly intentId: string;
  readonly strategyId: string;
  readonly open: OpenIntent;
  readonly at: TimeMs;
}

/** What a channel tells of one strategy's position after anything about it has changed; only this frees a reservation. */
export interface PositionReport {
  readonly strategyId: string;
  readonly side: PositionSide;
  readonly openQty: Lots;
  /** Entry quantity that may still fill, UNKNOWN included. */
  readonly entryLeavesQty: Lots;
  /** The position is being closed, by whatever: an entry waits until it is over. Absent: it is not. */
  readonly closing?: boolean;
  /** Set once the position is over: its net result, or zero where nothing ever filled. */
  readonly closed: { readonly netPnl: bigint; readonly realizedPnl: bigint; readonly traded: boolean } | null;
}
