import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SourceRates } from './source-rates.js';

describe('the rate of a source', () => {
  it('is a burst, and then so much a second', () => {
    let now = 0;
    const rates = new SourceRates(10, 5, () => now);
    expect(rates.take('a', 5)).toBe(0);
    expect(rates.take('a', 1)).toBe(100);
    expect(rates.take('a', 3)).toBe(300);
    now = 300;
    expect(rates.take('a', 3)).toBe(0);
    now = 100_000;
    expect([rates.take('a', 5), rates.take('a', 1)]).toEqual([0, 100]);
  });

  it('is its own', () => {
    const rates = new SourceRates(1, 2, () => 0);
    expect([rates.take('a', 2), rates.take('b', 2), rates.take('a', 1)]).toEqual([0, 0, 1000]);
  });

  it('is never exceeded, and what is promised is kept', () => {
    const steps = fc.array(fc.record({ wait: fc.nat(500), count: fc.integer({ min: 1, max: 8 }) }));
    fc.assert(
      fc.property(steps, (all) => {
        let now = 0;
        let taken = 0;
        const rates = new SourceRates(20, 8, () => now);
        for (const { count, wait } of all) {
          now += wait;
          const after = rates.take('a', count);
          if (after > 0) {
            now += after;
            expect(rates.take('a', count)).toBe(0);
          }
          taken += count;
          expect(taken).toBeLessThanOrEqual(8 + (now / 1000) * 20 + 1e-6);
        }
      }),
    );
  });

  it('is forgotten for those not heard of for the longest time', () => {
    const rates = new SourceRates(1, 1, () => 0);
    rates.take('old', 1);
    expect(rates.take('old', 1)).toBe(1000);
    for (let i = 0; i < 10_000; i += 1) rates.take(`source ${i}`, 1);
    expect([rates.take('source 9999', 1), rates.take('old', 1)]).toEqual([1000, 0]);
  });
});
