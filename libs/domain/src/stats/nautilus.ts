import { cashToNumber } from '../primitives/index.js';
import { annualVolatility, historicalValueAtRisk, sharpeRatio, sortinoRatio } from './bowline.js';
import { dayEndedAt, totalReturn, type EquitySeries } from './equity-series.js';
import { mean, ratio } from './moments.js';
import type { PerformanceFigures, PerformanceInput } from './performance.js';
import { pnlFigures, profitFactor, systemQualityNumber } from './trade-figures.js';

const DAYS = 252;

/**
 * The definitions of NautilusTrader's portfolio analyzer (crates/analysis/src/statistics): 252 days whatever the
 * market, P&L after fees, profit factor of the trades' returns, trades of zero P&L left out of the expectancy.
 * Where Nautilus answers NaN or 0 for "undefined", this answers null.
 */
export function nautilusFigures({ trades, equity }: PerformanceInput): PerformanceFigures {
  const pnls = trades.map((trade) => cashToNumber(trade.netPnl));
  const { wins, losses, averageWin, averageLoss, payoffRatio } = pnlFigures(pnls);
  const expectancy = mean(pnls.filter((pnl) => pnl !== 0));
  const returns = equity === null ? null : geometricDailyReturns(equity);
  const cagr = returns === null ? null : nautilusCagr(returns);
  return {
    winRate: ratio(wins, pnls.length),
    lossRate: ratio(losses, pnls.length),
    averageWin,
    averageLoss,
    payoffRatio,
    expectancy,
    expectancyRatio: ratio(expectancy, averageLoss === null ? null : -averageLoss),
    profitFactor: profitFactor(
      trades.map((trade) => Number(trade.netPnl) / Math.max(Number(trade.entryValue), 1)),
    ),
    sqn: systemQualityNumber(pnls),
    totalReturn: equity === null ? null : totalReturn(equity),
    cagr,
    volatility: returns === null ? null : annualVolatility(returns, DAYS),
    sharpe: returns === null ? null : sharpeRatio(returns, DAYS),
    sortino: returns === null ? null : sortinoRatio(returns, DAYS),
    calmar: returns === null ? null : ratio(cagr, compoundedDrawdown(returns)),
    valueAtRisk95: returns === null ? null : historicalValueAtRisk(returns, 0.95),
    valueAtRisk99: returns === null ? null : historicalValueAtRisk(returns, 0.99),
    probabilisticSharpe: null,
  };
}

/** Returns from sample to sample, compounded within each UTC day that has samples. Null after ruin. */
export function geometricDailyReturns(series: EquitySeries): number[] | null {
  const bins: number[] = [];
  let day: number | null = null;
  let previous = series.startingEquity;
  for (let i = 0; i < series.times.length; i += 1) {
    if (!(previous > 0)) return null;
    const growth = series.equity[i] / previous;
    const sampleDay = dayEndedAt(series.times[i]);
    if (sampleDay === day) bins[bins.length - 1] = (1 + bins[bins.length - 1]) * growth - 1;
    else bins.push(growth - 1);
    day = sampleDay;
    previous = series.equity[i];
  }
  return bins;
}

/** (1 + R)^(252 / days) - 1, where the days are those that have a return. Null without any, and after ruin. */
export function nautilusCagr(returns: readonly number[]): number | null {
  const grown = returns.reduce((value, each) => value * (1 + each), 1);
  if (returns.length === 0 || grown < 0) return null;
  const rate = Math.pow(grown, DAYS / returns.length) - 1;
  return Number.isFinite(rate) ? rate : null;
}

/** The largest fall of compounded returns from a running peak that starts at 1, as a fraction. */
export function compoundedDrawdown(returns: readonly number[]): number {
  let value = 1;
  let peak = 1;
  let worst = 0;
  for (const each of returns) {
    value *= 1 + each;
    peak = Math.max(peak, value);
    worst = Math.max(worst, (peak - value) / peak);
  }
  return worst;
}
