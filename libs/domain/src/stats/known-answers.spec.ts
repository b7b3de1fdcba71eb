import { describe, expect, it } from '@jest/globals';
import { historicalValueAtRisk, sharpeRatio, sortinoRatio } from './bowline.js';
import { compoundAnnualGrowth, DAY_MS } from './equity-series.js';
import { freqtradeCalmar, freqtradeExpectancy, freqtradeSharpe, freqtradeSortino } from './freqtrade.js';
import {
  leanAnnualReturn,
  leanSharpe,
  leanSortino,
  leanTradeRates,
  normalValueAtRisk,
  probabilisticSharpe,
} from './lean.js';
import { sampleVariance } from './moments.js';
import { compoundedDrawdown, geometricDailyReturns, nautilusCagr } from './nautilus.js';
import { systemQualityNumber } from './trade-figures.js';

/** The figures that each project publishes in its own tests, for the same input. */
describe('nautilus', () => {
  it.each([
    ['Sharpe', sharpeRatio([0.01, -0.02, 0.015, -0.005, 0.025], 252), 4.48998886412873],
    ['Sortino', sortinoRatio([-0.01, 0.02, -0.015, 0.005, -0.02], 252), -5.273224492824493],
    [
      'value at risk 95',
      historicalValueAtRisk([0.02, -0.05, 0.01, -0.08, 0.03, -0.02, 0.04, -0.1, 0.015, -0.03], 0.95),
      -0.091,
    ],
    ['CAGR of 10 % in half a year', nautilusCagr(new Array<number>(126).fill(1.1 ** (1 / 126) - 1)), 0.21],
    ['drawdown of a loss from the start', compoundedDrawdown([-0.4, -0.1]), 0.46],
    ['drawdown after a rise', compoundedDrawdown([0.1, -0.1, 0.5, -0.2, 0.1]), 0.2],
  ])('%s', (_name, figure, expected) => {
    expect(figure).toBeCloseTo(expected, 12);
  });

  it('compounds the returns of one UTC day and leaves days without samples out', () => {
    const hour = DAY_MS / 24;
    const series = {
      startTime: 0,
      startingEquity: 100,
      times: [hour, 2 * hour, 24 * hour, 80 * hour],
      equity: [110, 99, 108.9, 217.8],
    };
    const [first, second, ...rest] = geometricDailyReturns(series) ?? [];
    expect(first).toBeCloseTo(0.089, 12);
    expect(second).toBeCloseTo(1, 12);
    expect(rest).toEqual([]);
  });
});

describe('lean', () => {
  const performance = [-0.009025132, 0.003653969, 0, 0];

  it.each([
    [202, 0.00589787137120101, -3.0952570635188, 0.252197874915608],
    [252, 0.00735774052248839, -3.3486737318423, 0.257146306116665],
    [365, 0.0106570448043979, -3.75507953923657, 0.264390639112978],
  ])('%i trading days: variance, Sharpe, probabilistic Sharpe', (days, variance, sharpe, probability) => {
    expect((sampleVariance(performance) ?? NaN) * days).toBeCloseTo(variance, 15);
    expect(leanSharpe(performance, days)).toBeCloseTo(sharpe, 12);
    expect(probabilisticSharpe(performance, 1 / Math.sqrt(days))).toBeCloseTo(probability, 12);
  });

  it('takes trade results as fractions of the capital they met', () => {
    const rates = leanTradeRates([-8000, 10_800], 100_000);
    expect(rates.averageWin).toBeCloseTo(0.1173913043478260869, 15);
    expect(rates.averageLoss).toBe(-0.08);
    expect(rates.payoffRatio).toBeCloseTo(1.4673913043478260869, 14);
    expect(rates.expectancy).toBeCloseTo(0.5 * 1.4673913043478260869 - 0.5, 14);
  });

  it('counts a trade without result as a loss', () => {
    expect(leanTradeRates([10, 0, 0, 10], 100)).toMatchObject({ winRate: 0.5, lossRate: 0.5 });
  });

  it('divides the annual return by the spread of the negative returns alone', () => {
    // Negative returns -0.01 and -0.03: sample standard deviation 0.01 x sqrt(2).
    const returns = [-0.01, 0.05, -0.03, 0.01];
    const annual = leanAnnualReturn(returns, 365) ?? NaN;
    expect(annual).toBeCloseTo(1.005 ** 365 - 1, 12);
    expect(leanSortino(returns, 365)).toBeCloseTo(annual / (0.01 * Math.SQRT2 * Math.sqrt(365)), 10);
  });

  it('reads value at risk off a normal distribution', () => {
    // Mean 0, sample standard deviation 1: the quantiles of the standard normal.
    const returns = [-1, 0, 1];
    expect(normalValueAtRisk(returns, 0.95)).toBeCloseTo(-1.6448536269514722, 12);
    expect(normalValueAtRisk(returns, 0.99)).toBeCloseTo(-2.3263478740408408, 12);
  });
});

describe('freqtrade', () => {
  it('weighs wins and losses by their share of all trades', () => {
    const { expectancy, expectancyRatio } = freqtradeExpectancy([100, 200, 50, -150, 300, -100, 80, -30]);
    expect(expectancy).toBeCloseTo(56.25, 12);
    expect(expectancyRatio).toBeCloseTo(0.60267857, 8);
  });

  it.each([
    ['mixed', [1, -0.5, 2, -1, 0.5, 1.5, -0.5, 1], 1.3229],
    ['all winning', [1, 0.5, 2, 1.5, 0.8], 4.3657],
    ['all losing', [-1, -0.5, -2, -1.5, -0.8], -4.3657],
  ])('SQN, %s', (_name, profits, expected) => {
    expect(systemQualityNumber(profits)).toBeCloseTo(expected, 4);
  });

  it('divides profit per day by the population spread of the trades', () => {
    // Profits / start: 0.1, -0.05, 0.15. Sum 0.2 over 4 days; population variance 0.0650/9 = 0.00722...
    const profits = [10, -5, 15];
    const variance = (0.1 ** 2 + 0.05 ** 2 + 0.15 ** 2) / 3 - (0.2 / 3) ** 2;
    expect(freqtradeSharpe(profits, 100, 4)).toBeCloseTo((0.05 / Math.sqrt(variance)) * Math.sqrt(365), 10);
  });

  it('takes the spread of the losing trades for Sortino, and has none with a single loss', () => {
    // Losses / start: -0.05, -0.15: population standard deviation 0.05. Sum 0 + 0.1 - 0.2 + 0.3 = 0.2 over 2 days.
    expect(freqtradeSortino([10, -5, -15, 30], 100, 2)).toBeCloseTo((0.1 / 0.05) * Math.sqrt(365), 10);
    expect(freqtradeSortino([10, -5], 100, 2)).toBeNull();
  });

  it('takes the relative drawdown of the closed balance for Calmar', () => {
    // 100, 120, 80, 110: falls by a third from its peak; 10 % over 3 days.
    expect(freqtradeCalmar([20, -40, 30], 100, 3)).toBeCloseTo(
      (((0.1 / 3) * 100) / (1 / 3)) * Math.sqrt(365),
      9,
    );
  });

  it('compounds over 365 days', () => {
    // Grown by half in 60 days, as in (final / start) ^ (365 / days) - 1.
    expect(compoundAnnualGrowth(64_900, 176_000, 120, 365)).toBeCloseTo(
      (176_000 / 64_900) ** (365 / 120) - 1,
      12,
    );
  });
});
