import { describe, expect, it } from '@jest/globals';
import { cash, createInstrument, formatCash, type Cash } from '@bowline/domain';
import type { TickBars } from '@bowline/ports';
import fc from 'fast-check';
import { closeLine, samplePlaces } from './close-line.js';
import { DrawdownMeter } from './drawdown.js';
import { CurveMaker, equityPerBar, type Holding } from './equity.js';
import { EquitySteps } from './equity-steps.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const instrument = createInstrument({
  exchange: 'okx',
  symbol: 'ETHUSDT',
  kind: 'perpetual',
  base: 'ETH',
  quote: 'USDT',
  settle: 'USDT',
  multiplier: '1',
  inverse: false,
  tickSize: '0.5',
  lotSize: '0.25',
  minNotional: '0',
});

/** Currency units of a tick x lot: exact in a double, so that the curves of doubles can be compared for equality. */
const UNIT = 0.125;

interface Fill {
  readonly row: number;
  readonly lots: number;
  readonly price: number;
  /** Eighths of a currency unit. */
  readonly feeEighths: number;
}

interface Drawn {
  readonly bars: TickBars;
  readonly fills: readonly Fill[];
}

function barsOf(openTime: readonly number[], close: readonly number[], intervalMs: number): TickBars {
  const column = Float64Array.from(close);
  return {
    length: close.length,
    openTime: Float64Array.from(openTime),
    open: column,
    high: column,
    low: column,
    close: column,
    intervalMs,
  };
}

/** Bars over some weeks with gaps, more than a block of the index, and fills in the order of their rows. */
const drawnArbitrary = fc
  .record({
    interval: fc.constantFrom(HOUR, 3 * HOUR, 7 * HOUR),
    first: fc.nat(20),
    steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 80, max: 120 })), {
      minLength: 1,
      maxLength: 260,
      size: 'max',
    }),
    fills: fc.array(
      fc.record({
        row: fc.nat(259),
        lots: fc.integer({ min: -5, max: 5 }).filter((lots) => lots !== 0),
        price: fc.integer({ min: 80, max: 120 }),
        feeEighths: fc.nat(3),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ fills, first, interval, steps }): Drawn => {
    let time = first * HOUR;
    const openTime = steps.map(([skip]) => (time += skip * interval));
    const close = steps.map(([, price]) => price);
    const within = fills.filter(({ row }) => row < steps.length).sort((a, b) => a.row - b.row);
    return { bars: barsOf(openTime, close, interval), fills: within };
  });

function holdingOf({ bars, fills }: Drawn, every: 'daily' | 'bar'): Holding {
  const steps = new EquitySteps(instrument, bars, every);
  for (const { feeEighths, lots, price, row } of fills) steps.add(row, lots, price, cash(feeEighths / 8));
  steps.finish();
  return { bars, steps, unit: UNIT, exactUnit: instrument.tickLotCash };
}

/** The definition: cash and lots after all fills of bars that have closed, at the last close. */
function equityAt(drawn: readonly Drawn[], time: number, start: number): number {
  return drawn.reduce((equity, { bars, fills }) => {
    const row = bars.openTime.filter((openTime) => openTime + bars.intervalMs <= time).length - 1;
    const done = fills.filter((fill) => fill.row <= row);
    const spent = done.reduce(
      (sum, { feeEighths, lots, price }) => sum + lots * price * UNIT + feeEighths / 8,
      0,
    );
    const lots = done.reduce((sum, fill) => sum + fill.lots, 0);
    return equity - spent + (row < 0 ? 0 : lots * bars.close[row]! * UNIT);
  }, start);
}

function closesOf(drawn: readonly Drawn[]): number[] {
  const all = drawn.flatMap(({ bars }) =>
    Array.from(bars.openTime, (openTime) => openTime + bars.intervalMs),
  );
  return [...new Set(all)].sort((a, b) => a - b);
}

function largestFall(curve: readonly number[], start: number): { amount: number; percent: number | null } {
  let amount = 0;
  let percent: number | null = null;
  let peak = start;
  for (const value of curve) {
    peak = Math.max(peak, value);
    amount = Math.max(amount, peak - value);
    if (peak > 0) percent = Math.max(percent ?? 0, ((peak - value) / peak) * 100);
  }
  return { amount, percent };
}

describe('the curve of several holdings', () => {
  it('is at every close, at every sample and in its drawdown what its fills add up to', () => {
    fc.assert(
      fc.property(
        fc.array(drawnArbitrary, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        fc.constantFrom('daily' as const, 'bar' as const),
        fc.constantFrom('0', '50', '100000'),
        (drawn, sameBars, every, balance) => {
          const all = sameBars ? drawn.map(({ fills }) => withBarsOf(drawn[0]!, fills)) : drawn;
          const start = Number(balance);
          const holdings = all.map((each) => holdingOf(each, every));
          const line = closeLine(all.map(({ bars }) => bars));
          const closes = closesOf(all);
          const expected = closes.map((time) => equityAt(all, time, start));
          expect(Array.from(line.times, (time) => time + line.shift)).toEqual(closes);
          expect([...equityPerBar(holdings, line, start)]).toEqual(expected);

          const curve = new CurveMaker(line, every).curve(
            { clientId: 'odum', strategyId: null },
            holdings,
            cash(balance),
          );
          const { amount, percent } = largestFall(expected, start);
          expect(curve.maxDrawdown).toBe(amount);
          if (percent === null) expect(curve.maxDrawdownPct).toBeNull();
          else expect(curve.maxDrawdownPct).toBeCloseTo(percent, 10);
          expect(curve.equity.map(formatCash)).toEqual(
            Array.from(curve.times, (time) => formatCash(cash(equityAt(all, time, start)))),
          );
        },
      ),
      { numRuns: 150, seed: 20261121, endOnFailure: true },
    );
  });
});

function withBarsOf({ bars }: Drawn, fills: readonly Fill[]): Drawn {
  return { bars, fills: fills.filter(({ row }) => row < bars.length) };
}

describe('samplePlaces', () => {
  it('takes the last close of each UTC day, and counts a close at midnight to the day it ends', () => {
    const closes = [1, 23, 24, 25, 47, 80].map((hour) => hour * HOUR);
    const line = closeLine([
      barsOf(
        closes.map((time) => time - MINUTE),
        closes.map(() => 100),
        MINUTE,
      ),
    ]);
    expect(samplePlaces(line, 'daily').map((place) => closes[place]! / HOUR)).toEqual([24, 47, 80]);
    expect(samplePlaces(line, 'bar')).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('takes nothing where there are no bars', () => {
    expect(samplePlaces(closeLine([]), 'daily')).toEqual([]);
  });
});

describe('DrawdownMeter', () => {
  const measured = (start: number, values: readonly number[]) => {
    const meter = new DrawdownMeter(start);
    for (const value of values) meter.add(value);
    return { amount: meter.amount, percent: meter.percent };
  };

  it('measures from the start, which is the first peak', () => {
    expect(measured(100, [90, 95])).toEqual({ amount: 10, percent: 10 });
  });

  it('finds the largest amount and the largest percentage where they are not the same fall', () => {
    expect(measured(100, [80, 400, 350])).toEqual({ amount: 50, percent: 20 });
  });

  it('measures stretches of which only the extremes are known as it measures values, or leaves them alone', () => {
    const curve = fc.array(fc.integer({ min: -40, max: 60 }), { maxLength: 60, size: 'max' });
    const starts = fc.constantFrom(-7, 0, 50, 1_000);
    let stretches = 0;
    fc.assert(
      fc.property(starts, curve, fc.integer({ min: 1, max: 7 }), (start, moves, length) => {
        let value = start;
        const values = moves.map((move) => (value += move * 0.7));
        const meter = new DrawdownMeter(start);
        for (let from = 0; from < values.length; from += length) {
          const stretch = values.slice(from, from + length);
          if (meter.addStretch(Math.min(...stretch), Math.max(...stretch))) stretches += 1;
          else for (const each of stretch) meter.add(each);
        }
        expect({ amount: meter.amount, percent: meter.percent }).toEqual(measured(start, values));
      }),
      { numRuns: 2_000, seed: 20261122 },
    );
    expect(stretches).toBeGreaterThan(5_000);
  });

  it('has no percentage while no peak is above 0', () => {
    expect(measured(0, [-5, -1])).toEqual({ amount: 5, percent: null });
    expect(measured(0, [-5, 10, 9])).toEqual({ amount: 5, percent: 10 });
  });
});

describe('EquitySteps', () => {
  it('keeps exact cash when prices times quantities outgrow what a double holds', () => {
    const bars = barsOf([0, MINUTE], [100, 100], MINUTE);
    const steps = new EquitySteps(instrument, bars, 'bar');
    const price = 90_071_992_547;
    const lots = 1_000_003;
    const fees: Cash[] = [cash('0.000000000000000001'), cash('2')];
    steps.add(0, lots, price, fees[0]!);
    steps.add(0, lots, price, fees[1]!);
    steps.add(1, -lots, price + 1, 0n);
    steps.finish();
    const spent = 2n * BigInt(lots) * BigInt(price) - BigInt(lots) * BigInt(price + 1);
    expect(steps.exactCash.at(-1)).toBe(-spent * instrument.tickLotCash - fees[0]! - fees[1]!);
    expect(steps.exactLots.at(-1)).toBe(lots);
  });
});
