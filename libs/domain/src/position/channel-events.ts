import type { Cash, Decimal, Lots, PositionSide, Side, Ticks, TimeMs } from '../primitives/index.js';
import type { DenialCode, TradingState } from '../risk/denial.js';
import type { CloseReason, Intent, OpenIntent } from '../signal/intent.js';
import type { OrderExecution, TradeId } from '../order/index.js';
import type { AdoptionRefusal } from './adoption-refusal.js';
import type { Leg, OrderKey, OrderTerms, ProtectionMode } from './channel-state.js';

/** What reaches a channel. */
export type ChannelInput =
  | Intent
  | Execution
  | TriggerHit
  | WatchReport
  | UnprotectedDue
  | StopMoved
  | TimeExitDue
  | Retry
  | ExternalFill
  | ForcedClose
  | FundingCharged
  | ExchangePositionReport
  | Adoption
  | TradingStateChange
  | EntriesStopped;

/** What the exchange (or the gateway, of a lost order) says of one of our orders, with what the ledger needs beside it. */
export interface Execution {
  readonly type: 'execution';
  readonly key: OrderKey;
  readonly side: Side;
  readonly report: OrderExecution;
  /** Fee of this trade in the settlement currency. */
  readonly fee: Cash;
  /** Lots that the exchange kept as a fee in the base currency, rounded up; the owner gets that much less. */
  readonly feeBaseLots: Lots;
  /** Why it was rejected or canceled; null where that says nothing. */
  readonly reason: RejectReason | null;
  readonly at: TimeMs;
}

/** What the rules need to know of a reject; adapters map the exchange's codes to it. */
export type RejectReason =
  | 'WOULD_TRIGGER'
  | 'INSUFFICIENT_MARGIN'
  | 'BELOW_MINIMUM'
  | 'POSITION_TOO_SMALL'
  | 'CAPACITY'
  | 'SELF_TRADE'
  | 'PRICE_OUT_OF_RANGE'
  | 'NOT_TRADING'
  | 'NOT_SENT'
  | 'OTHER';

/** A leg that is watched here has been reached. */
export interface TriggerHit {
  readonly type: 'trigger_hit';
  readonly strategyPositionId: string;
  readonly leg: 't' | 's';
  /** What has traded. */
  readonly price: Ticks;
  /** Which price of those that its watcher has seen since its start. */
  readonly sequence: number;
  readonly at: TimeMs;
}

/** Prices for what is watched here have stopped coming, or come again. */
export interface WatchReport {
  readonly type: 'watch_report';
  /** When the last one came; null: they come. */
  readonly staleSince: TimeMs | null;
  readonly at: TimeMs;
}

/** A position may have been without a stop for as long as is borne. */
export interface UnprotectedDue {
  readonly type: 'unprotected_due';
  readonly strategyPositionId: string;
  readonly at: TimeMs;
}

/** A trailing stop or a break-even rule has moved the stop. Ignored where it would loosen it. */
export interface StopMoved {
  readonly type: 'stop_moved';
  readonly strategyPositionId: string;
  readonly stopPrice: Ticks;
  readonly at: TimeMs;
}

export interface TimeExitDue {
  readonly type: 'time_exit_due';
  readonly strategyPositionId: string;
  readonly at: TimeMs;
}

/** Time has passed, or a person has asked: what was given up is tried again. */
export interface Retry {
  readonly type: 'retry';
  readonly strategyPositionId: string;
  readonly at: TimeMs;
}

/** A trade on the account that is none of our orders'. */
export interface ExternalFill {
  readonly type: 'external_fill';
  readonly tradeId: TradeId;
  readonly signedQty: Lots;
  readonly at: TimeMs;
}

/** Liquidation or auto-deleveraging took `quantity` of the position on `side`. */
export interface ForcedClose {
  readonly type: 'forced_close';
  readonly tradeId: TradeId;
  readonly side: PositionSide;
  readonly quantity: Lots;
  readonly price: Ticks;
  readonly fee: Cash;
  readonly at: TimeMs;
}

/** Funding for the position held at `at`; `rateUnits` x 10^-`rateScale` of the value at `price`. */
export interface FundingCharged {
  readonly type: 'funding';
  readonly price: Ticks;
  readonly rateUnits: bigint;
  readonly rateScale: number;
  readonly at: TimeMs;
}

/** What the exchange says it holds, valid once `lastTradeId` has been booked here. */
export interface ExchangePositionReport {
  readonly type: 'position_report';
  readonly signedQty: Lots;
  /** Null: no trade yet. */
  readonly lastTradeId: TradeId | null;
  readonly at: TimeMs;
}

/** An operator gives a strategy what is EXTERNAL, in the figures that were typed. */
export interface Adoption {
  readonly type: 'adopt';
  /** Names the command: a refusal is told under it. */
  readonly adoptionId: string;
  readonly strategyId: string;
  readonly side: PositionSide;
  readonly quantity: Decimal;
  /** The entry price that the operator vouches for. */
  readonly price: Decimal;
  /** Null: none; of a position that the strategy has already, the one that it has. */
  readonly takeProfit: Decimal | null;
  readonly stopLoss: Decimal | null;
  readonly by: string;
  readonly reason: string;
  readonly at: TimeMs;
}

export interface TradingStateChange {
  readonly type: 'trading_state';
  readonly tradingState: TradingState;
  readonly at: TimeMs;
}

/** One strategy is halted: what it has working to enter is canceled. Whether it may enter again is its client's to say. */
export interface EntriesStopped {
  readonly type: 'stop_entries';
  readonly strategyId: string;
  readonly at: TimeMs;
}

export type AlertCode =
  | 'BOTH_LEGS_FILLED'
  | 'OVERFILL'
  | 'LATE_FILL'
  | 'STOP_REJECTED'
  | 'UNPROTECTED'
  | 'WATCH_STALE'
  | 'TAKE_PROFIT_GIVEN_UP'
  | 'CLOSE_GIVEN_UP'
  | 'CANCEL_GIVEN_UP'
  | 'DRIFT'
  | 'EXTERNAL_TRADE'
  | 'FORCED_CLOSE';

export type ProtectionChange = 'CAPACITY' | 'PRICE_OUT_OF_RANGE' | 'RETRY';

/** What has been decided or has become known: the record that the state is the fold of. */
export type ChannelEvent =
  | {
      readonly type: 'position_opened';
      readonly strategyPositionId: string;
      readonly strategyId: string;
      readonly side: PositionSide;
      readonly plan: OpenIntent['plan'];
      readonly referencePrice: Ticks;
      /** Absent in records of versions that had one mode for the whole channel. */
      readonly protection?: ProtectionMode;
      readonly at: TimeMs;
    }
  /** A fill of an order whose position was already over: it belongs to the same owner. */
  | {
      readonly type: 'position_reopened';
      readonly strategyPositionId: string;
      readonly strategyId: string;
      readonly side: PositionSide;
      readonly at: TimeMs;
    }
  | { readonly type: 'order_requested'; readonly terms: OrderTerms; readonly at: TimeMs }
  | { readonly type: 'cancel_requested'; readonly key: OrderKey; readonly at: TimeMs }
  | {
      readonly type: 'replace_requested';
      readonly key: OrderKey;
      readonly terms: OrderTerms;
      readonly at: TimeMs;
    }
  | { readonly type: 'execution_applied'; readonly execution: Execution }
  | {
      readonly type: 'legs_placed';
      readonly strategyPositionId: string;
      readonly takeProfitPrice: Ticks | null;
      readonly stopLossPrice: Ticks | null;
      readonly at: TimeMs;
    }
  | {
      readonly type: 'plan_changed';
      readonly strategyPositionId: string;
      readonly plan: OpenIntent['plan'];
      readonly at: TimeMs;
    }
  /**
   * `CAPACITY`: there was no room for a leg; `PRICE_OUT_OF_RANGE`: none may rest where it belongs; `RETRY`: a person has had
   * what was lowered tried again.
   */
  | {
      readonly type: 'protection_changed';
      readonly strategyPositionId: string;
      readonly protection: ProtectionMode;
      readonly reason: ProtectionChange;
      readonly at: TimeMs;
    }
  | {
      readonly type: 'trigger_reached';
      readonly strategyPositionId: string;
      readonly leg: 't' | 's';
      readonly price: Ticks;
      readonly sequence: number;
      readonly at: TimeMs;
    }
  | { readonly type: 'watch_changed'; readonly staleSince: TimeMs | null; readonly at: TimeMs }
  /** Whether the position is protected may have changed with something that is not its own. */
  | { readonly type: 'protection_noted'; readonly strategyPositionId: string; readonly at: TimeMs }
  | { readonly type: 'protection_overdue'; readonly strategyPositionId: string; readonly at: TimeMs }
  | {
      readonly type: 'close_started';
      readonly strategyPositionId: string;
      readonly reason: CloseReason;
      readonly at: TimeMs;
    }
  /** A close of a strategy that has nothing here: an open that is older than it comes too late. */
  | { readonly type: 'close_noted'; readonly strategyId: string; readonly at: TimeMs }
  | {
      readonly type: 'reversal_queued';
      readonly strategyPositionId: string;
      readonly open: OpenIntent;
      readonly at: TimeMs;
    }
  | { readonly type: 'position_closed'; readonly strategyPositionId: string; readonly at: TimeMs }
  | {
      readonly type: 'share_closed';
      readonly strategyPositionId: string;
      readonly quantity: Lots;
      readonly price: Ticks;
      readonly fee: Cash;
      readonly reason: CloseReason;
      readonly at: TimeMs;
    }
  /** What is left of the share, and what it cost. */
  | { readonly type: 'share_to_dust'; readonly strategyPositionId: string; readonly at: TimeMs }
  /** Lots that were EXTERNAL's are the position's, entered at `price`. Who has said so is kept with it. */
  | {
      readonly type: 'share_adopted';
      readonly strategyPositionId: string;
      readonly signedQty: Lots;
      readonly price: Ticks;
      readonly by: string;
      readonly reason: string;
      readonly at: TimeMs;
    }
  | {
      readonly type: 'adoption_refused';
      readonly adoptionId: string;
      readonly strategyId: string;
      readonly code: AdoptionRefusal;
      readonly at: TimeMs;
    }
  | {
      readonly type: 'external_changed';
      readonly signedQty: Lots;
      readonly tradeId: TradeId | null;
      readonly at: TimeMs;
    }
  | {
      readonly type: 'funding_booked';
      readonly strategyPositionId: string;
      readonly amount: Cash;
      readonly at: TimeMs;
    }
  | { readonly type: 'dust_cash_booked'; readonly amount: Cash; readonly at: TimeMs }
  | { readonly type: 'trade_noted'; readonly tradeId: TradeId; readonly at: TimeMs }
  | { readonly type: 'given_up'; readonly strategyPositionId: string; readonly at: TimeMs }
  | { readonly type: 'retried'; readonly strategyPositionId: string; readonly at: TimeMs }
  | { readonly type: 'increases_frozen'; readonly difference: Lots; readonly at: TimeMs }
  | { readonly type: 'increases_resumed'; readonly at: TimeMs }
  | { readonly type: 'trading_state_changed'; readonly tradingState: TradingState; readonly at: TimeMs }
  | {
      readonly type: 'denied';
      readonly intentId: string;
      readonly strategyId: string;
      readonly code: DenialCode;
      readonly at: TimeMs;
    }
  | {
      readonly type: 'alert';
      readonly code: AlertCode;
      readonly strategyPositionId: string | null;
      readonly leg: Leg | null;
      readonly quantity: Lots;
      readonly at: TimeMs;
    };
