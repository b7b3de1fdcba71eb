import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sampleVolatility } from './index.js';

describe('the volatility of closes', () => {
  it('is the sample standard deviation of the last log returns before a row', () => {
    const closes = [100, 110, 99, 105, 105, 120];
    const returns = [110 / 100, 99 / 110, 105 / 99].map(Math.log);
    expect(sampleVolatility(closes, 4, 3)).toBeCloseTo(naive(returns), 15);
    expect(sampleVolatility(closes, 6, 2)).toBeCloseTo(naive([Math.log(105 / 105), Math.log(120 / 105)]), 15);
  });

  it.each([
    [3, 3, null],
    [2, 2, null],
    [0, 2, null],
  ])('needs one close more than the window: %d closes for %d returns', (end, window, expected) => {
    expect(sampleVolatility([100, 101, 102, 103], end, window)).toBe(expected);
    expect(sampleVolatility([100, 101, 102, 103], window + 1, window)).not.toBeNull();
  });

  it('is zero where the price never moves or always by the same factor', () => {
    expect(sampleVolatility([7, 7, 7, 7], 4, 3)).toBe(0);
    expect(sampleVolatility([1, 2, 4, 8], 4, 3)).toBe(0);
  });

  const path = fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 3, maxLength: 60 });

  it('agrees with the textbook, does not see later closes, and does not depend on the unit of price', () => {
    fc.assert(
      fc.property(path, fc.nat(), fc.nat(), (closes, a, b) => {
        const window = 2 + (a % (closes.length - 2));
        const end = window + 1 + (b % (closes.length - window));
        const returns: number[] = [];
        for (let row = end - window; row < end; row += 1)
          returns.push(Math.log(closes[row]! / closes[row - 1]!));
        const volatility = sampleVolatility(closes, end, window)!;
        expect(volatility).toBeCloseTo(naive(returns), 12);
        expect(sampleVolatility(closes.slice(0, end), end, window)).toBe(volatility);
        expect(
          sampleVolatility(
            Float64Array.from(closes, (close) => close / 100),
            end,
            window,
          ),
        ).toBeCloseTo(volatility, 12);
      }),
    );
  });

  it('keeps its digits for tiny returns on a large price', () => {
    const closes = Float64Array.from({ length: 101 }, (_, i) => 1e9 + (i % 2));
    const one = Math.log((1e9 + 1) / 1e9);
    expect(
      sampleVolatility(closes, 101, 100)! /
        naive(Array.from({ length: 100 }, (_, i) => (i % 2 ? -one : one))),
    ).toBeCloseTo(1, 6);
  });
});

function naive(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
