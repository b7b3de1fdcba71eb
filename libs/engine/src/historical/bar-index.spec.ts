import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { actingRow } from './acting-signals.js';
import { firstAtOrAfter, indexOf, lastAtOrBefore, nextTouch } from './bar-index.js';
import type { TickBars } from '@bowline/ports';

/** More than three blocks of the index, most of it quiet, in a narrow range: bounds are often met exactly. */
const lows = fc.oneof(
  { weight: 60, arbitrary: fc.integer({ min: 96, max: 103 }) },
  { weight: 1, arbitrary: fc.constantFrom(84, 88, 90, 91, 109, 112) },
);
const bars = fc
  .array(fc.tuple(lows, fc.nat(6)), { minLength: 40, maxLength: 220, size: 'max' })
  .map((rows): TickBars => {
    const column = (pick: (row: [number, number]) => number) => Float64Array.from(rows, pick);
    const middle = column(([low]) => low);
    return {
      length: rows.length,
      openTime: Float64Array.from(rows, (_, row) => row),
      open: middle,
      high: column(([low, range]) => low + range),
      low: middle,
      close: middle,
      intervalMs: 1,
    };
  });

const bound = (values: number[]) => fc.constantFrom(-Infinity, Infinity, ...values);

describe('nextTouch', () => {
  it('finds what a look at every bar finds, and has seen the extremes of the bars before it', () => {
    let found = 0;
    fc.assert(
      fc.property(
        bars,
        fc.nat(70),
        fc.integer({ min: 60, max: 220 }),
        bound([84, 88, 90, 91]),
        bound([112, 113, 115, 117]),
        (of, a, b, lower, upper) => {
          const from = Math.min(a, of.length);
          const to = Math.max(from, Math.min(b, of.length));
          const rows = Array.from({ length: to - from }, (_, i) => from + i);
          const touches = (row: number) => of.low[row] <= lower || of.high[row] >= upper;
          const expected = rows.find(touches) ?? to;
          const before = rows.filter((row) => row < expected);
          const extremes = { lowest: 100, highest: 101 };
          expect(nextTouch(indexOf(of), from, to, lower, upper, extremes)).toBe(expected);
          expect(extremes).toEqual({
            lowest: Math.min(100, ...before.map((row) => of.low[row])),
            highest: Math.max(101, ...before.map((row) => of.high[row])),
          });
          if (expected < to && expected - from > 64) found += 1;
        },
      ),
      { numRuns: 2_000, seed: 20261120 },
    );
    // Some were beyond a whole block.
    expect(found).toBeGreaterThan(100);
  });

  it('indexes the same bars once', () => {
    const [one] = fc.sample(bars, 1);
    expect(indexOf(one)).toBe(indexOf(one));
  });
});

/** Times that ascend, with gaps. */
const times = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 60 }).map((steps) => {
  let time = 0;
  return Float64Array.from(steps, (step) => (time += step));
});

describe('searching by time', () => {
  it('finds the first row at or after and the last at or before, from any hint that is not beyond them', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: -3, max: 550 }), fc.nat(), (openTime, time, hinted) => {
        const { length } = openTime;
        const after = openTime.findIndex((each) => each >= time);
        const first = after < 0 ? length : after;
        const last = openTime.filter((each) => each <= time).length - 1;
        expect(firstAtOrAfter(openTime, length, time, hinted % (first + 1))).toBe(first);
        expect(lastAtOrBefore(openTime, length, time, last < 0 ? 0 : hinted % (last + 1))).toBe(last);
      }),
      { numRuns: 2_000, seed: 20261120 },
    );
  });
});

describe('actingRow', () => {
  it('is what rule 1 says, from any hint that is not after it', () => {
    fc.assert(
      fc.property(
        times,
        fc.integer({ min: -3, max: 550 }),
        fc.nat(20),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        fc.nat(),
        (openTime, time, latency, intervalMs, atOpen, hinted) => {
          const column = openTime;
          const of: TickBars = {
            length: openTime.length,
            openTime,
            open: column,
            high: column,
            low: column,
            close: column,
            intervalMs,
          };
          const outside = time < openTime[0] || time > openTime[openTime.length - 1] + intervalMs;
          const row = atOpen
            ? openTime.findIndex((each) => each >= time + latency)
            : openTime.filter((each) => each + intervalMs <= time + latency).length - 1;
          const entryPoint = atOpen ? 'open' : 'close';
          const expected = outside ? 'OUTSIDE_DATA' : row < 0 ? 'NO_BAR' : row;
          expect(actingRow(of, time, latency, entryPoint, row < 0 ? 0 : hinted % (row + 1))).toBe(expected);
        },
      ),
      { numRuns: 2_000, seed: 20261120 },
    );
  });
});
