import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  downsideDeviation,
  mean,
  median,
  populationStd,
  quantile,
  ratio,
  sampleStd,
  spread,
} from './moments.js';
import { normalCdf, normalQuantile } from './normal.js';

describe('moments', () => {
  it.each([
    ['mean', mean([2, 4, 4, 4, 5, 5, 7, 9]), 5],
    ['population standard deviation', populationStd([2, 4, 4, 4, 5, 5, 7, 9]), 2],
    ['sample standard deviation', sampleStd([2, 4, 4, 4, 5, 5, 7, 9]), Math.sqrt(32 / 7)],
    ['downside deviation', downsideDeviation([0.03, -0.03, 0.01, -0.04]), 0.025],
    ['median of an odd count', median([9, 1, 5]), 5],
    ['median of an even count', median([9, 1, 5, 7]), 6],
    ['first quartile', quantile([1, 2, 3, 4], 0.25), 1.75],
  ])('%s', (_name, figure, expected) => {
    expect(figure).toBeCloseTo(expected, 14);
  });

  it.each([
    ['mean of nothing', mean([])],
    ['sample deviation of one', sampleStd([1])],
    ['population deviation of nothing', populationStd([])],
    ['quantile of nothing', quantile([], 0.5)],
    ['a division by zero', ratio(1, 0)],
    ['a division of the undefined', ratio(null, 1)],
    ['the spread of rounding noise', spread(sampleStd([0.1, 0.1, 0.1]), [0.1, 0.1, 0.1])],
  ])('%s is null', (_name, figure) => {
    expect(figure).toBeNull();
  });

  it('quantiles lie between the extremes and rise with q', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(values, probability, probability, (sample, a, b) => {
        const low = quantile(sample, Math.min(a, b)) ?? NaN;
        const high = quantile(sample, Math.max(a, b)) ?? NaN;
        expect(low).toBeGreaterThanOrEqual(Math.min(...sample));
        expect(high).toBeLessThanOrEqual(Math.max(...sample));
        expect(low).toBeLessThanOrEqual(high + 1e-9);
      }),
    );
  });
});

describe('normal distribution', () => {
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1.959963984540054, 0.025],
    [3, 0.9986501019683699],
    [-6, 9.865876450376946e-10],
    [-8, 6.220960574271786e-16],
    [6, 0.9999999990134123],
  ])('P(Z <= %d) = %d', (z, p) => {
    expect(Math.abs(normalCdf(z) / p - 1)).toBeLessThan(1e-12);
  });

  it('the quantile undoes the distribution', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (p) => {
        expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 12);
      }),
    );
  });

  it.each([0, 1, -0.1, NaN])('refuses the probability %d', (p) => {
    expect(() => normalQuantile(p)).toThrow(RangeError);
  });
});
