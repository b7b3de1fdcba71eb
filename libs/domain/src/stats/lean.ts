import { cashToNumber } from '../primitives/index.js';
import {
  compoundAnnualGrowth,
  dailyReturns,
  elapsedDays,
  finalEquity,
  totalReturn,
} from './equity-series.js';
import { maxDrawdown } from './drawdown.js';
import { mean, ratio, sampleExcessKurtosis, sampleSkewness, sampleStd, spread } from './moments.js';
import { normalCdf, normalQuantile } from './normal.js';
import type { PerformanceFigures, PerformanceInput } from './performance.js';
import { profitFactor, systemQualityNumber } from './trade-figures.js';

/**
 * The definitions of QuantConnect LEAN's PortfolioStatistics: trade results as fractions of the capital they met,
 * a trade of zero P&L as a loss, the mean return compounded to a year. Where LEAN answers 0 or 10 for "undefined",
 * this answers null; LEAN also rounds drawdown and value at risk to 3 decimals, this does not.
 */
export function leanFigures({ trades, equity, daysPerYear }: PerformanceInput): PerformanceFigures {
  const pnls = trades.map((trade) => cashToNumber(trade.netPnl));
  const rates = leanTradeRates(pnls, equity?.startingEquity ?? 0);
  const returns = equity === null ? null : dailyReturns(equity, daysPerYear);
  const cagr =
    equity === null
      ? null
      : compoundAnnualGrowth(equity.startingEquity, finalEquity(equity), elapsedDays(equity), 365);
  return {
    ...rates,
    profitFactor: profitFactor(pnls),
    sqn: systemQualityNumber(pnls),
    totalReturn: equity === null ? null : totalReturn(equity),
    cagr,
    volatility: returns === null ? null : scaled(sampleStd(returns), Math.sqrt(daysPerYear)),
    sharpe: returns === null ? null : leanSharpe(returns, daysPerYear),
    sortino: returns === null ? null : leanSortino(returns, daysPerYear),
    calmar: ratio(cagr, equity === null ? null : maxDrawdown(equity).fraction),
    valueAtRisk95: returns === null ? null : normalValueAtRisk(returns.slice(-daysPerYear), 0.95),
    valueAtRisk99: returns === null ? null : normalValueAtRisk(returns.slice(-daysPerYear), 0.99),
    probabilisticSharpe: returns === null ? null : probabilisticSharpe(returns, 1 / Math.sqrt(daysPerYear)),
  };
}

type TradeRates = Pick<
  PerformanceFigures,
  'winRate' | 'lossRate' | 'averageWin' | 'averageLoss' | 'payoffRatio' | 'expectancy' | 'expectancyRatio'
>;

/** Every trade's P&L over the capital before it; expectancy = W x (average win / |average loss|) - L. */
export function leanTradeRates(pnls: readonly number[], startingCapital: number): TradeRates {
  const wins: number[] = [];
  const losses: number[] = [];
  let capital = startingCapital;
  let known = true;
  for (const pnl of pnls) {
    // After ruin, or without capital, a result is a fraction of nothing.
    known = known && capital > 0;
    (pnl > 0 ? wins : losses).push(pnl / capital);
    capital += pnl;
  }
  const averageWin = known ? mean(wins) : null;
  const averageLoss = known ? mean(losses) : null;
  const winRate = ratio(wins.length, pnls.length);
  const lossRate = ratio(losses.length, pnls.length);
  const payoffRatio = ratio(averageWin, averageLoss === null ? null : -averageLoss);
  const expectancy =
    winRate === null || lossRate === null || payoffRatio === null ? null : winRate * payoffRatio - lossRate;
  return { winRate, lossRate, averageWin, averageLoss, payoffRatio, expectancy, expectancyRatio: expectancy };
}

/** (1 + mean)^D - 1. */
export function leanAnnualReturn(returns: readonly number[], daysPerYear: number): number | null {
  const average = mean(returns);
  return average === null ? null : Math.pow(1 + average, daysPerYear) - 1;
}

/** Annual return over annual standard deviation, risk-free rate 0. */
export function leanSharpe(returns: readonly number[], daysPerYear: number): number | null {
  const deviation = spread(sampleStd(returns), returns);
  return ratio(leanAnnualReturn(returns, daysPerYear), scaled(deviation, Math.sqrt(daysPerYear)));
}

/** Annual return over the annual sample standard deviation of the negative returns alone. */
export function leanSortino(returns: readonly number[], daysPerYear: number): number | null {
  const negative = returns.filter((each) => each < 0);
  const deviation = spread(sampleStd(negative), negative);
  return ratio(leanAnnualReturn(returns, daysPerYear), scaled(deviation, Math.sqrt(daysPerYear)));
}

/** The quantile at 1 - confidence of a normal distribution with the returns' mean and sample standard deviation. */
export function normalValueAtRisk(returns: readonly number[], confidence: number): number | null {
  const average = mean(returns);
  const deviation = sampleStd(returns);
  return average === null || deviation === null ? null : average + deviation * normalQuantile(1 - confidence);
}

/**
 * Probability that the true per-period Sharpe ratio exceeds `benchmark`, per Bailey and Lopez de Prado, "The Sharpe
 * Ratio Efficient Frontier", Journal of Risk 15(2), 2012. LEAN puts the excess kurtosis where the paper has the
 * plain one; so does this, to give LEAN's numbers. Null below four returns, and without spread.
 */
export function probabilisticSharpe(returns: readonly number[], benchmark: number): number | null {
  const sharpe = ratio(mean(returns), spread(sampleStd(returns), returns));
  const skewness = sampleSkewness(returns);
  const kurtosis = sampleExcessKurtosis(returns);
  if (sharpe === null || skewness === null || kurtosis === null) return null;
  const variance = (1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2) / (returns.length - 1);
  return variance > 0 ? normalCdf((sharpe - benchmark) / Math.sqrt(variance)) : null;
}

function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
