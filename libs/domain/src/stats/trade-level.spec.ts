import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cash } from '../primitives/index.js';
import {
  maximumAdverse,
  maximumFavorable,
  percentText,
  realizedPnlPctText,
  slippageBpsText,
} from './trade-level.js';
import { coveredMs, timeInMarket, turnover } from './market-time.js';

describe('percentages', () => {
  it.each([
    ['3', '45', '6.6667'],
    ['-4', '92', '-4.3478'],
    ['1', '8', '12.5'],
    ['1', '1600000', '0.0001'],
    ['0.5', '1000000', '0'],
    ['1.5', '1000000', '0.0002'],
    ['-0.5', '1000000', '0'],
    ['100', '100', '100'],
  ])('%s of %s is %s %%', (part, whole, text) => {
    expect(realizedPnlPctText(cash(part), cash(whole))).toBe(text);
  });

  it('are undefined of nothing', () => {
    expect(percentText(1n, 0n)).toBeNull();
  });
});

describe('slippage', () => {
  it.each([
    ['a buy above the signal is against us', 'LONG', 1001n, 1000, '10'],
    ['a buy below is in our favour', 'LONG', 999n, 1000, '-10'],
    ['a sale below is against us', 'SHORT', 999n, 1000, '10'],
    ['an exact fill has none', 'SHORT', 1000n, 1000, '0'],
  ] as const)('%s', (_name, side, price, signalPrice, text) => {
    expect(slippageBpsText(side, price * 7n, 7, signalPrice)).toBe(text);
  });

  it('is undefined without a price to compare with', () => {
    expect(slippageBpsText('LONG', 7000n, 7, null)).toBeNull();
  });
});

describe('excursions', () => {
  it.each([
    ['long', 'LONG', 95, 110, -50n, 100n],
    ['short', 'SHORT', 110, 95, -100n, 50n],
    ['never in loss', 'LONG', 100, 101, 0n, 10n],
    ['never in profit', 'SHORT', 104, 100, -40n, 0n],
  ] as const)('%s', (_name, side, worst, best, mae, mfe) => {
    expect(maximumAdverse(side, 1000n, 10, worst)).toBe(mae);
    expect(maximumFavorable(side, 1000n, 10, best)).toBe(mfe);
  });
});

describe('time in the market', () => {
  it('counts overlaps once, and nothing outside the span', () => {
    const intervals = [
      { from: 10, to: 30 },
      { from: 20, to: 40 },
      { from: 60, to: 70 },
      { from: 95, to: 200 },
    ];
    expect(timeInMarket(intervals, { from: 0, to: 100 })).toBe(0.45);
    expect(timeInMarket([], { from: 0, to: 100 })).toBe(0);
    expect(timeInMarket(intervals, { from: 5, to: 5 })).toBeNull();
  });

  it('agrees with looking at every instant', () => {
    const interval = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }));
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 12 }), (list) => {
        const intervals = list.map(([from, length]) => ({ from, to: from + length }));
        const instants = Array.from({ length: 100 }, (_value, t) => t);
        const covered = instants.filter((t) => intervals.some(({ from, to }) => from <= t && t < to)).length;
        expect(coveredMs(intervals)).toBe(covered);
      }),
    );
  });
});

describe('turnover', () => {
  it('is the traded value over the mean equity', () => {
    expect(turnover(5000, 1000)).toBe(5);
    expect(turnover(5000, 0)).toBeNull();
    expect(turnover(5000, null)).toBeNull();
  });
});
