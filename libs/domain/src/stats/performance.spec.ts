import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cash, type Cash } from '../primitives/index.js';
import { CONVENTIONS } from './convention.js';
import { DAY_MS, type EquitySeries } from './equity-series.js';
import { performanceFigures, type PerformanceFigures } from './performance.js';
import type { TradeFacts } from './trade-facts.js';

function trade(realizedPnl: Cash, fees: Cash = 0n): TradeFacts {
  return {
    side: 'LONG',
    entryTime: 0,
    exitTime: DAY_MS,
    entryValue: cash('100'),
    exitValue: cash('100') + realizedPnl,
    closeReason: 'signal',
    realizedPnl,
    fees,
    funding: 0n,
    netPnl: realizedPnl - fees,
  };
}

function daily(startingEquity: number, equity: readonly number[]): EquitySeries {
  return { startTime: 0, startingEquity, times: equity.map((_value, i) => (i + 1) * DAY_MS), equity };
}

const trades = ['6', '-2', '0', '4', '-4'].map((pnl) => trade(cash(pnl), cash('1')));

describe('the bowline convention', () => {
  // Returns 0.02, -0.01, 0.03, -0.02: mean 0.005, sample variance (0.000225 + 0.000225 + 0.000625 + 0.000625) / 3.
  const equity = daily(100, [102, 102 * 0.99, 102 * 0.99 * 1.03, 102 * 0.99 * 1.03 * 0.98]);
  const figures = performanceFigures({ trades, equity, daysPerYear: 365 });
  const deviation = Math.sqrt(0.0017 / 3);
  const final = 1.02 * 0.99 * 1.03 * 0.98;

  it.each<[keyof PerformanceFigures, number]>([
    ['winRate', 2 / 5],
    ['lossRate', 2 / 5],
    ['averageWin', 5],
    ['averageLoss', -3],
    ['payoffRatio', 5 / 3],
    ['expectancy', 0.8],
    ['expectancyRatio', 0.8 / 3],
    ['profitFactor', 10 / 6],
    // Deviations from 0.8: 5.2, -2.8, -0.8, 3.2, -4.8, squares sum to 68.8.
    ['sqn', (Math.sqrt(5) * 0.8) / Math.sqrt(68.8 / 4)],
    ['totalReturn', final - 1],
    ['cagr', final ** (365 / 4) - 1],
    ['volatility', deviation * Math.sqrt(365)],
    ['sharpe', (0.005 / deviation) * Math.sqrt(365)],
    ['sortino', (0.005 / Math.sqrt((0.01 ** 2 + 0.02 ** 2) / 4)) * Math.sqrt(365)],
    ['calmar', (final ** (365 / 4) - 1) / 0.02],
    // Sorted -0.02, -0.01, 0.02, 0.03: rank 0.05 x 3 = 0.15, and 0.03.
    ['valueAtRisk95', -0.0185],
    ['valueAtRisk99', -0.0197],
  ])('%s', (name, expected) => {
    expect(figures[name]).toBeCloseTo(expected, 9);
  });

  it('annualizes with 252 days where exchanges keep to the working week', () => {
    const { sharpe } = performanceFigures({ trades, equity, daysPerYear: 252 });
    expect(sharpe).toBeCloseTo((0.005 / deviation) * Math.sqrt(252), 9);
  });

  it('uses the drawdown of every bar where it is known', () => {
    const { calmar } = performanceFigures({ trades, equity, daysPerYear: 365, maxDrawdownFraction: 0.05 });
    expect(calmar).toBeCloseTo((final ** (365 / 4) - 1) / 0.05, 9);
  });
});

describe('every convention', () => {
  it.each(CONVENTIONS)('%s: nothing is defined of nothing', (convention) => {
    const figures = performanceFigures({ trades: [], equity: null, daysPerYear: 365 }, convention);
    expect(new Set(Object.values(figures))).toEqual(new Set([null]));
  });

  it.each(CONVENTIONS)('%s: no figure is ever NaN, infinite, or a sentinel', (convention) => {
    const pnls = fc.array(fc.bigInt({ min: -5n, max: 5n }), { maxLength: 12 });
    const samples = fc.array(fc.integer({ min: -20, max: 400 }), { maxLength: 12 });
    fc.assert(
      fc.property(pnls, samples, fc.integer({ min: 0, max: 200 }), (list, equity, start) => {
        const closed = list.map((pnl) => trade(pnl * cash('1')));
        const figures = performanceFigures(
          { trades: closed, equity: daily(start, equity), daysPerYear: 365 },
          convention,
        );
        for (const [name, value] of Object.entries(figures)) {
          expect([name, value === null || Number.isFinite(value)]).toEqual([name, true]);
        }
      }),
    );
  });

  it.each(CONVENTIONS)(
    '%s: ratios do not depend on the currency unit, amounts scale with it',
    (convention) => {
      // A power of two scales doubles without rounding, so the law holds to the last bit.
      const amounts: readonly string[] = ['averageWin', 'averageLoss', 'expectancy'];
      const pnls = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 10 });
      const samples = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 10 });
      fc.assert(
        fc.property(pnls, samples, (list, equity) => {
          const input = (factor: number): Parameters<typeof performanceFigures>[0] => ({
            trades: list.map((pnl) => ({
              ...trade(BigInt(pnl * factor) * cash('1')),
              entryValue: cash(String(100 * factor)),
            })),
            equity: daily(
              100 * factor,
              equity.map((value) => value * factor),
            ),
            daysPerYear: 365,
          });
          const one = performanceFigures(input(1), convention);
          const four = performanceFigures(input(4), convention);
          for (const [name, value] of Object.entries(one)) {
            const scales = convention !== 'lean' && amounts.includes(name);
            const expected = value === null ? null : scales ? value * 4 : value;
            const actual = four[name as keyof PerformanceFigures];
            if (expected === null) expect([name, actual]).toEqual([name, null]);
            else
              expect(Math.abs((actual ?? NaN) - expected)).toBeLessThanOrEqual(
                1e-12 * Math.max(1, Math.abs(expected)),
              );
          }
        }),
      );
    },
  );

  it('differs in what a trade without result counts as', () => {
    const input = {
      trades: [trade(cash('5')), trade(0n), trade(cash('-5'))],
      equity: daily(100, [100]),
      daysPerYear: 365,
    } as const;
    expect(performanceFigures(input, 'bowline')).toMatchObject({ winRate: 1 / 3, lossRate: 1 / 3 });
    expect(performanceFigures(input, 'lean')).toMatchObject({ winRate: 1 / 3, lossRate: 2 / 3 });
    expect(
      performanceFigures({ ...input, trades: [trade(cash('6')), trade(0n), trade(cash('-2'))] }, 'nautilus'),
    ).toMatchObject({ expectancy: 2 });
  });

  it('bowline judges trades before fees, the others after', () => {
    const input = { trades: [trade(cash('1'), cash('2'))], equity: null, daysPerYear: 365 } as const;
    expect(CONVENTIONS.map((convention) => performanceFigures(input, convention).winRate)).toEqual([
      1, 0, 0, 0,
    ]);
  });
});
