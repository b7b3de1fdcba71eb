import type { BacktestSummary } from '@bowline/contracts';

/** More strategies, or more rows of them, than this would make the page slow to open; summary.json has them all. */
export const MAX_STRATEGIES = 200;

/** The strategies that the page shows: those with the most trades; among equals the first by name. */
export function shownStrategies({ byStrategy }: Pick<BacktestSummary, 'byStrategy'>): ReadonlySet<string> {
  const byTrades = Object.entries(byStrategy).sort(([, a], [, b]) => b.trades - a.trades);
  return new Set(byTrades.slice(0, MAX_STRATEGIES).map(([strategyId]) => strategyId));
}
