import { deepStrictEqual } from 'node:assert/strict';
import { runHistorical } from '@bowline/engine';
import type { HistoricalResult } from '@bowline/ports';
import { historicalInput, type Scenario } from './scenario.js';
import {
  denialTexts,
  exchangePositionViews,
  fillTexts,
  openPositionViews,
  orderViews,
  tradeViews,
  type ExchangePositionView,
  type OpenPositionView,
  type OrderView,
  type TradeView,
} from './views.js';

/** What a run has left, in decimals and minutes. */
export interface BarRun {
  readonly result: HistoricalResult;
  readonly trades: readonly TradeView[];
  /** `minute: order side quantity @ price liquidity`, as `3: a-1.e BUY 1 @ 100 taker`. */
  readonly fills: readonly string[];
  readonly orders: readonly OrderView[];
  /** `strategy CODE at minute`. */
  readonly denials: readonly string[];
  readonly open: readonly OpenPositionView[];
  readonly exchangePositions: readonly ExchangePositionView[];
  readonly ignored: Readonly<Record<string, number>>;
}

/**
 * Runs the scenario twice, with the quick desk where it can be had and with the channel's decider alone, and returns
 * what both leave. Throws where the two differ, or where an invariant was violated.
 */
export function runBars(scenario: Scenario): BarRun {
  const input = historicalInput(scenario);
  const result = runHistorical(input);
  deepStrictEqual(runHistorical({ ...input, desk: 'decider' }), result);
  deepStrictEqual(result.invariants.violated, 0);
  return {
    result,
    trades: tradeViews(result),
    fills: fillTexts(result),
    orders: orderViews(result),
    denials: denialTexts(result),
    open: openPositionViews(result),
    exchangePositions: exchangePositionViews(result),
    ignored: result.ignoredSignals,
  };
}
