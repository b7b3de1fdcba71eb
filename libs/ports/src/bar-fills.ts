import type { Cash, Lots, Side, TickLots, Ticks, TimeMs } from '@bowline/domain';

/**
 * How one channel's orders fill against bars. The historical loop and the bar exchange behind the services call the
 * same object, so that they cannot fill differently. Prices in ticks; a bar's prices are passed as numbers because
 * the loop keeps bars in columns.
 */
export interface BarFills {
  /** A market or stop fill at `price`: slipped and rounded against us. */
  marketPrice(price: Ticks, side: Side): Ticks;
  /** Whether a limit order trades on arrival at `price`. */
  marketable(side: Side, limit: Ticks, price: Ticks): boolean;
  /** A resting limit order: the open when that is better, its limit when touched, null when not. */
  restingLimit(side: Side, limit: Ticks, open: Ticks, high: Ticks, low: Ticks): Ticks | null;
  /** A resting stop before slippage: the open when that has passed it, its trigger when touched, null when not. */
  restingStop(side: Side, stop: Ticks, open: Ticks, high: Ticks, low: Ticks): Ticks | null;
  /** Which of two legs, closed by `side`, a bar that touches both takes first. */
  firstLeg(side: Side, takeProfit: Ticks, stop: Ticks, open: Ticks, high: Ticks, low: Ticks): 't' | 's';
  /** Lots that a touched resting limit order gets in this bar; 0: the queue did not reach it. */
  take(leaves: Lots, clientOrderId: () => string, openTime: TimeMs): Lots;
  fee(value: TickLots, liquidity: 'maker' | 'taker'): Cash;
}

/** The terms of a channel that its fills depend on. */
export interface BarFillTerms {
  readonly feeMakerBps: { readonly units: bigint; readonly scale: number };
  readonly feeTakerBps: { readonly units: bigint; readonly scale: number };
  readonly slippageBps: { readonly units: bigint; readonly scale: number };
  readonly fillProbability: number;
  readonly partialFillRatio: number;
  readonly intrabar: 'pessimistic' | 'optimistic' | 'path';
  readonly seed: number;
}
