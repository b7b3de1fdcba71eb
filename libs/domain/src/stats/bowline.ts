import { cashToNumber } from '../primitives/index.js';
import {
  compoundAnnualGrowth,
  dailyReturns,
  elapsedDays,
  finalEquity,
  totalReturn,
} from './equity-series.js';
import { maxDrawdown } from './drawdown.js';
import { downsideDeviation, mean, quantile, ratio, sampleStd, spread } from './moments.js';
import type { PerformanceFigures, PerformanceInput } from './performance.js';
import { pnlFigures, systemQualityNumber } from './trade-figures.js';

/**
 * The convention of this house: trades by realizedPnl before fees, with trades of zero P&L in the count but neither
 * won nor lost; ratios of daily UTC returns of equity, after fees, with the sample standard deviation.
 */
export function bowlineFigures(input: PerformanceInput): PerformanceFigures {
  const pnls = input.trades.map((trade) => cashToNumber(trade.realizedPnl));
  const { wins, losses, averageWin, averageLoss, payoffRatio, profitFactor } = pnlFigures(pnls);
  const expectancy = mean(pnls);
  return {
    winRate: ratio(wins, pnls.length),
    lossRate: ratio(losses, pnls.length),
    averageWin,
    averageLoss,
    payoffRatio,
    // winRate x averageWin + lossRate x averageLoss, which is the plain mean.
    expectancy,
    expectancyRatio: ratio(expectancy, averageLoss === null ? null : -averageLoss),
    profitFactor,
    sqn: systemQualityNumber(pnls),
    ...equityFigures(input),
    probabilisticSharpe: null,
  };
}

type EquityFigures = Pick<
  PerformanceFigures,
  'totalReturn' | 'cagr' | 'volatility' | 'sharpe' | 'sortino' | 'calmar' | 'valueAtRisk95' | 'valueAtRisk99'
>;

function equityFigures({ equity, daysPerYear, maxDrawdownFraction }: PerformanceInput): EquityFigures {
  const returns = equity === null ? null : dailyReturns(equity, daysPerYear);
  const cagr =
    equity === null
      ? null
      : compoundAnnualGrowth(equity.startingEquity, finalEquity(equity), elapsedDays(equity), 365);
  const fraction = maxDrawdownFraction ?? (equity === null ? null : maxDrawdown(equity).fraction);
  return {
    totalReturn: equity === null ? null : totalReturn(equity),
    cagr,
    volatility: returns === null ? null : annualVolatility(returns, daysPerYear),
    sharpe: returns === null ? null : sharpeRatio(returns, daysPerYear),
    sortino: returns === null ? null : sortinoRatio(returns, daysPerYear),
    // Young, "Calmar Ratio: A Smoother Tool", Futures 20(1), 1991.
    calmar: ratio(cagr, fraction),
    valueAtRisk95: returns === null ? null : historicalValueAtRisk(returns, 0.95),
    valueAtRisk99: returns === null ? null : historicalValueAtRisk(returns, 0.99),
  };
}

/** Sample standard deviation of the returns x sqrt(periods per year). Null below two returns. */
export function annualVolatility(returns: readonly number[], periodsPerYear: number): number | null {
  const deviation = sampleStd(returns);
  return deviation === null ? null : deviation * Math.sqrt(periodsPerYear);
}

/**
 * Mean / sample standard deviation x sqrt(periods per year), risk-free rate 0: Sharpe, "The Sharpe Ratio", Journal
 * of Portfolio Management 21(1), 1994. Null without spread.
 */
export function sharpeRatio(returns: readonly number[], periodsPerYear: number): number | null {
  const quotient = ratio(mean(returns), spread(sampleStd(returns), returns));
  return quotient === null ? null : quotient * Math.sqrt(periodsPerYear);
}

/**
 * Mean / downside deviation x sqrt(periods per year), target 0: Sortino and Price, 1994. Null without a loss, and
 * below two returns.
 */
export function sortinoRatio(returns: readonly number[], periodsPerYear: number): number | null {
  if (returns.length < 2) return null;
  const quotient = ratio(mean(returns), downsideDeviation(returns));
  return quotient === null ? null : quotient * Math.sqrt(periodsPerYear);
}

/**
 * Historical value at risk: the empirical quantile of the returns at 1 - confidence (Jorion, Value at Risk,
 * McGraw-Hill 2007). A return: -0.03 says that a day as bad as -3 % or worse comes that often.
 */
export function historicalValueAtRisk(returns: readonly number[], confidence: number): number | null {
  return quantile(returns, 1 - confidence);
}
