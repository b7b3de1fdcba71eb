import type { ExecutionPlan } from '../execution/plan.js';
import type { Cash, Decimal } from '../primitives/index.js';

/**
 * What a client decides about one strategy: sizing, protection, order form. One record per (client, strategy),
 * the client's parameters with the strategy's overrides already applied. Percentages: 2 means 2 %.
 */
export interface StrategyParams {
  readonly sizing: Sizing;
  readonly takeProfit: Distance | null;
  readonly stopLoss: Distance | null;
  /** Moves the stop behind the best price of the trade. Null: fixed stop. */
  readonly trailingStop: Distance | null;
  /** Once the price has moved this far in favour, the stop goes to the entry price. Null: never. */
  readonly breakEven: Distance | null;
  /** Closes the position at the market this long after its first fill. Null: never. */
  readonly timeExitMs: number | null;
  /** Log returns in the volatility window. */
  readonly volatilityWindow: number;
  readonly orderType: 'market' | 'limit';
  /** A limit entry rests this far behind the acting price, in basis points. */
  readonly limitOffsetBps: Decimal;
  readonly timeInForce: TimeInForce;
  /** A market entry that would slip more than this is denied. Null: no limit. */
  readonly maxSlippageBps: Decimal | null;
  readonly entryPoint: 'open' | 'close';
  readonly mode: 'longOnly' | 'longShort';
  /** Whether a repeated signal of the same side adds to the position. */
  readonly scaleIn: boolean;
  /** How entries are worked; absent: they are sent as they are. */
  readonly execution?: ExecutionPlan;
  readonly limits: StrategyLimits;
}

export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTX';

/** How large an entry is. */
export type Sizing =
  | { readonly kind: 'fixedQuantity'; readonly quantity: Decimal }
  | { readonly kind: 'fixedNotional'; readonly notional: Cash }
  | { readonly kind: 'percentOfBalance'; readonly percent: Decimal }
  | { readonly kind: 'riskPerTrade'; readonly percent: Decimal };

/** A distance from the entry price. */
export type Distance =
  /** `multiple` x volatility per bar x entry price. */
  | { readonly kind: 'sd'; readonly multiple: number }
  /** `percent` of the entry price, exact. */
  | { readonly kind: 'pct'; readonly percent: Decimal };

/** Limits on one strategy's position and orders. Null: off. */
export interface StrategyLimits {
  /** Largest position of one strategy in one channel, base units. */
  readonly maxPositionSize: Decimal | null;
  /** The same in the quote currency. */
  readonly maxPositionNotional: Cash | null;
  /** Largest single order, base units. */
  readonly maxOrderQuantity: Decimal | null;
  /** Largest single order, quote currency. */
  readonly maxOrderValue: Cash | null;
  /** Losing trades in a row, after which the strategy's entries are denied until the UTC day ends. */
  readonly maxConsecutiveLosses: number | null;
}

/** Limits on the client as a whole. Null: off. */
export interface ClientLimits {
  /** Gross exposure of an account over its balance (accountBalance + netPnl). */
  readonly maxLeverage: Decimal | null;
  /** Sum of |exposure| over all channels, quote currency. */
  readonly maxGrossExposure: Cash | null;
  /** |sum of exposure| over all channels, quote currency. */
  readonly maxNetExposure: Cash | null;
  /** Net loss of the UTC day (realized, after fees) from which entries are denied until it ends. */
  readonly maxDailyLoss: Cash | null;
  /** Fall of realized equity from its peak, in percent, from which entries are denied. */
  readonly maxDrawdownPct: Decimal | null;
  readonly restrictedSymbols: readonly string[];
  /** A second identical entry (strategy, channel, side, quantity) within this time is denied. 0: off. */
  readonly duplicateOrderWindowMs: number;
}
