import { cashToNumber } from '../primitives/index.js';
import {
  compoundAnnualGrowth,
  DAY_MS,
  finalEquity,
  totalReturn,
  type EquitySeries,
} from './equity-series.js';
import { mean, populationStd, ratio, spread } from './moments.js';
import type { PerformanceFigures, PerformanceInput } from './performance.js';
import { pnlFigures, systemQualityNumber } from './trade-figures.js';

/**
 * The definitions of freqtrade's data/metrics.py: ratios of the trades' profits over the starting balance, per day
 * of the test, with the population standard deviation, and 365 days. Where freqtrade answers 0, 100 or -100 for
 * "undefined", this answers null. It knows no volatility and no value at risk.
 */
export function freqtradeFigures({ trades, equity }: PerformanceInput): PerformanceFigures {
  const profits = trades.map((trade) => cashToNumber(trade.netPnl));
  const { wins, losses, averageWin, averageLoss, payoffRatio, profitFactor } = pnlFigures(profits);
  const days = equity === null ? 0 : wholeDays(equity);
  const start = equity?.startingEquity ?? 0;
  return {
    winRate: ratio(wins, profits.length),
    lossRate: ratio(losses, profits.length),
    averageWin,
    averageLoss,
    payoffRatio,
    ...freqtradeExpectancy(profits),
    profitFactor,
    sqn: systemQualityNumber(profits),
    totalReturn: equity === null ? null : totalReturn(equity),
    cagr: equity === null ? null : compoundAnnualGrowth(start, finalEquity(equity), days, 365),
    volatility: null,
    sharpe: freqtradeSharpe(profits, start, days),
    sortino: freqtradeSortino(profits, start, days),
    calmar: freqtradeCalmar(profits, start, days),
    valueAtRisk95: null,
    valueAtRisk99: null,
    probabilisticSharpe: null,
  };
}

/** expectancy = w x avgWin - l x avgLoss; expectancyRatio = (1 + avgWin / avgLoss) x w - 1. Rates are of all trades. */
export function freqtradeExpectancy(profits: readonly number[]): {
  expectancy: number | null;
  expectancyRatio: number | null;
} {
  const { wins, losses, averageWin, averageLoss } = pnlFigures(profits);
  if (profits.length === 0) return { expectancy: null, expectancyRatio: null };
  const winRate = wins / profits.length;
  const lossRate = losses / profits.length;
  const expectancy = winRate * (averageWin ?? 0) + lossRate * (averageLoss ?? 0);
  const expectancyRatio = averageLoss === null ? null : (1 + (averageWin ?? 0) / -averageLoss) * winRate - 1;
  return { expectancy, expectancyRatio };
}

/** Sum of profits / start / days over the population standard deviation of the profits / start, x sqrt(365). */
export function freqtradeSharpe(profits: readonly number[], start: number, days: number): number | null {
  return annualRatio(profits, profits, start, days);
}

/** As the Sharpe ratio, with the standard deviation of the losing trades alone. */
export function freqtradeSortino(profits: readonly number[], start: number, days: number): number | null {
  return annualRatio(
    profits,
    profits.filter((profit) => profit < 0),
    start,
    days,
  );
}

/** Sum of profits / start / days, in percent, over the largest relative fall of the closed balance, x sqrt(365). */
export function freqtradeCalmar(profits: readonly number[], start: number, days: number): number | null {
  const perDay = dailyProfit(profits, start, days);
  if (perDay === null) return null;
  let balance = start;
  let peak = start;
  let worst: number | null = null;
  let deepest = 0;
  for (const profit of profits) {
    balance += profit;
    peak = Math.max(peak, balance);
    // The relative drawdown is read where the absolute one is deepest.
    if (peak - balance > deepest) {
      deepest = peak - balance;
      worst = deepest / peak;
    }
  }
  return ratio(perDay * 100 * Math.sqrt(365), worst);
}

function annualRatio(
  profits: readonly number[],
  risky: readonly number[],
  start: number,
  days: number,
): number | null {
  const deviation = spread(populationStd(risky), risky);
  const quotient = ratio(dailyProfit(profits, start, days), deviation === null ? null : deviation / start);
  return quotient === null ? null : quotient * Math.sqrt(365);
}

/** At least one day, as freqtrade counts. Null without trades or capital. */
function dailyProfit(profits: readonly number[], start: number, days: number): number | null {
  const average = mean(profits);
  if (average === null || !(start > 0)) return null;
  return (average * profits.length) / start / Math.max(1, days);
}

function wholeDays(equity: EquitySeries): number {
  const last = equity.times.length === 0 ? equity.startTime : equity.times[equity.times.length - 1];
  return Math.floor((last - equity.startTime) / DAY_MS);
}
