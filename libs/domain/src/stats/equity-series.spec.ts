import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  compoundAnnualGrowth,
  dailyCloses,
  dailyReturns,
  DAY_MS,
  elapsedDays,
  sumSeries,
  totalReturn,
  type EquitySeries,
} from './equity-series.js';

const HOUR = DAY_MS / 24;

function hourly(
  startingEquity: number,
  samples: readonly (readonly [number, number])[],
  startTime = 0,
): EquitySeries {
  return {
    startTime,
    startingEquity,
    times: samples.map(([hours]) => hours * HOUR),
    equity: samples.map(([, equity]) => equity),
  };
}

describe('daily closes', () => {
  it('takes the last sample of each UTC day; midnight closes the day before', () => {
    const series = hourly(100, [
      [5, 101],
      [24, 102],
      [25, 103],
      [48, 104],
    ]);
    expect(dailyCloses(series)).toEqual([102, 104]);
  });

  it('repeats the day before for a day without samples, where exchanges never close', () => {
    const series = hourly(100, [
      [24, 110],
      [96, 121],
    ]);
    expect(dailyCloses(series, 365)).toEqual([110, 110, 110, 121]);
    expect(dailyCloses(series, 252)).toEqual([110, 121]);
  });

  it('starts with the day of the first bar', () => {
    expect(dailyCloses(hourly(100, [[72, 90]], DAY_MS))).toEqual([100, 90]);
  });
});

describe('daily returns', () => {
  it('measures the first day against the starting equity', () => {
    expect(
      dailyReturns(
        hourly(100, [
          [24, 110],
          [48, 99],
        ]),
      ),
    ).toEqual([110 / 100 - 1, 99 / 110 - 1]);
  });

  it.each([
    ['without capital', hourly(0, [[24, 10]])],
    [
      'after ruin',
      hourly(100, [
        [24, 0],
        [48, 50],
      ]),
    ],
  ])('are undefined %s', (_name, series) => {
    expect(dailyReturns(series)).toBeNull();
  });

  it('compound to the total return', () => {
    const equity = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        equity,
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 30 }),
        (samples, start, step) => {
          const series = hourly(
            start,
            samples.map((value, i) => [(i + 1) * step, value] as const),
          );
          const grown = (dailyReturns(series) ?? []).reduce((value, each) => value * (1 + each), 1);
          expect(grown - 1).toBeCloseTo(totalReturn(series) ?? NaN, 9);
        },
      ),
    );
  });
});

describe('growth', () => {
  it.each([
    ['doubles in a year', 100, 200, 365, 1],
    ['10 % in half a year', 100, 110, 182.5, 0.21],
    ['loses everything', 100, 0, 365, -1],
  ])('%s', (_name, start, final, days, expected) => {
    expect(compoundAnnualGrowth(start, final, days, 365)).toBeCloseTo(expected, 12);
  });

  it.each([
    ['without capital', 0, 10, 365],
    ['below zero', 100, -1, 365],
    ['within a day', 100, 101, 0.9],
    ['beyond what a double holds', 1, 1e6, 1],
  ])('is undefined %s', (_name, start, final, days) => {
    expect(compoundAnnualGrowth(start, final, days, 365)).toBeNull();
  });

  it('counts days with their fraction', () => {
    expect(
      elapsedDays(
        hourly(
          1,
          [
            [12, 1],
            [36, 1],
          ],
          0,
        ),
      ),
    ).toBe(1.5);
    expect(elapsedDays(hourly(1, []))).toBe(0);
  });
});

describe('sum of series', () => {
  it('carries each series forward to the times of the others', () => {
    const sum = sumSeries([
      hourly(100, [
        [10, 110],
        [30, 130],
      ]),
      hourly(50, [[20, 40]], 5 * HOUR),
    ]);
    expect(sum?.startingEquity).toBe(150);
    expect(sum?.startTime).toBe(0);
    expect(Array.from(sum?.times ?? [], (time) => time / HOUR)).toEqual([10, 20, 30]);
    expect(Array.from(sum?.equity ?? [])).toEqual([160, 150, 170]);
  });

  it('is nothing for nothing, and the series itself for one', () => {
    const only = hourly(1, [[1, 2]]);
    expect(sumSeries([])).toBeNull();
    expect(sumSeries([only])).toBe(only);
  });

  it('does not depend on the order of its parts', () => {
    const part = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 10 }).map((hours) =>
      hourly(
        10,
        [...hours].sort((a, b) => a - b).map((hour) => [hour, (hour * 7) % 11] as const),
      ),
    );
    fc.assert(
      fc.property(part, part, part, (a, b, c) => {
        const one = sumSeries([a, b, c]);
        const other = sumSeries([c, a, b]);
        expect(Array.from(one?.equity ?? [])).toEqual(Array.from(other?.equity ?? []));
        expect(Array.from(one?.times ?? [])).toEqual(Array.from(other?.times ?? []));
      }),
    );
  });
});
