import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maxDrawdown, underwater } from './drawdown.js';
import type { EquitySeries } from './equity-series.js';

function series(equity: readonly number[], startingEquity = equity[0] ?? 0): EquitySeries {
  return { startTime: 0, startingEquity, times: equity.map((_value, i) => (i + 1) * 10), equity };
}

describe('maxDrawdown', () => {
  it('names peak, trough and recovery', () => {
    //              t:   10   20   30  40  50   60   70   80
    const fall = maxDrawdown(series([100, 120, 90, 80, 100, 120, 130, 125]));
    expect(fall).toEqual({
      amount: 40,
      fraction: 40 / 120,
      peakTime: 20,
      troughTime: 40,
      recoveryTime: 60,
      durationMs: 40,
      recoveryMs: 20,
      longestMs: 40,
    });
  });

  it('leaves the recovery open where equity never came back', () => {
    expect(maxDrawdown(series([100, 60, 90]))).toMatchObject({
      amount: 40,
      peakTime: 10,
      troughTime: 20,
      recoveryTime: null,
      durationMs: 20,
      recoveryMs: null,
      longestMs: 20,
    });
  });

  it('counts a loss from the starting equity', () => {
    expect(maxDrawdown(series([90, 95], 100))).toMatchObject({
      amount: 10,
      fraction: 0.1,
      peakTime: 0,
      troughTime: 10,
    });
  });

  it('takes the relative fall from another peak than the absolute one where that is deeper', () => {
    const fall = maxDrawdown(series([10, 5, 100, 90, 100]));
    expect(fall).toMatchObject({ amount: 10, fraction: 0.5, peakTime: 30, troughTime: 40 });
  });

  it('has nothing to report on a rising curve', () => {
    expect(maxDrawdown(series([1, 2, 3]))).toMatchObject({
      amount: 0,
      fraction: 0,
      peakTime: null,
      durationMs: null,
    });
  });

  it('has no fraction where there never was anything to lose', () => {
    expect(maxDrawdown(series([-1, -5], 0))).toMatchObject({ amount: 5, fraction: null });
  });

  it('agrees with comparing every sample with every later one', () => {
    const equity = fc.array(fc.integer({ min: -50, max: 200 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(equity, fc.integer({ min: 1, max: 200 }), (samples, start) => {
        const all = [start, ...samples];
        let amount = 0;
        let fraction = 0;
        for (let from = 0; from < all.length; from += 1) {
          for (let to = from; to < all.length; to += 1) {
            amount = Math.max(amount, all[from] - all[to]);
            if (all.slice(0, to + 1).every((value) => value <= all[from]))
              fraction = Math.max(fraction, (all[from] - all[to]) / all[from]);
          }
        }
        const fall = maxDrawdown(series(samples, start));
        expect(fall.amount).toBe(amount);
        expect(fall.fraction).toBeCloseTo(fraction, 12);
      }),
    );
  });

  it('spans the fall that it reports', () => {
    const equity = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(equity, (samples) => {
        const curve = series(samples);
        const fall = maxDrawdown(curve);
        const at = (time: number | null): number => samples[Number(time) / 10 - 1];
        if (fall.amount === 0) {
          expect(fall.troughTime).toBeNull();
        } else {
          const peak = fall.peakTime === 0 ? curve.startingEquity : at(fall.peakTime);
          expect(peak - at(fall.troughTime)).toBe(fall.amount);
          if (fall.recoveryTime !== null) expect(at(fall.recoveryTime)).toBeGreaterThanOrEqual(peak);
          expect(fall.longestMs).toBeGreaterThanOrEqual(fall.durationMs ?? NaN);
        }
      }),
    );
  });

  it('reaches its depth somewhere under water', () => {
    const equity = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(equity, (samples) => {
        const curve = series(samples);
        expect(-Math.min(...underwater(curve))).toBeCloseTo(maxDrawdown(curve).fraction ?? NaN, 12);
      }),
    );
  });
});
