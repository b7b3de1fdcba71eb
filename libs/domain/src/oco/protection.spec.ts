import { describe, expect, it } from '@jest/globals';
import { anInstrument, BTCUSDT, NO_PLAN } from '@bowline/testkit';
import fc from 'fast-check';
import type { Instrument } from '../instrument/index.js';
import { decimal, tickLots, type PositionSide } from '../primitives/index.js';
import type { Distance } from '../signal/index.js';
import { legPrices, needsVolatility, offsetPrice, type LegPlan, type ProtectionPlan } from './index.js';

const pct = (percent: string): Distance => ({ kind: 'pct', percent: decimal(percent) });
const sd = (multiple: number): Distance => ({ kind: 'sd', multiple });
const at = (price: number): LegPlan => ({ kind: 'price', price });

function legs(
  side: PositionSide,
  takeProfit: LegPlan | null,
  stopLoss: LegPlan | null,
  entry: number,
  more: Partial<ProtectionPlan> = {},
) {
  const plan: ProtectionPlan = { ...NO_PLAN, takeProfit, stopLoss, ...more };
  return legPrices(BTCUSDT, side, plan, tickLots(entry, 3), 3);
}

describe('the legs of a position', () => {
  it.each<[string, PositionSide, LegPlan | null, LegPlan | null, number, number | null, number | null]>([
    ['percent', 'LONG', pct('2'), pct('1'), 4_500_000, 4_590_000, 4_455_000],
    ['percent', 'SHORT', pct('2'), pct('1'), 4_500_000, 4_410_000, 4_545_000],
    ['percent, away from the entry where it is off the tick', 'LONG', pct('1'), pct('1'), 101, 103, 99],
    ['percent, away from the entry where it is off the tick', 'SHORT', pct('1'), pct('1'), 101, 99, 103],
    ['a fraction of a percent, exact', 'LONG', pct('0.003'), pct('0.007'), 1_000_000, 1_000_030, 999_930],
    ['given prices', 'LONG', at(4_800_000), at(4_300_000), 4_500_000, 4_800_000, 4_300_000],
    ['given prices on whatever side the fill has left them', 'SHORT', at(120), at(80), 100, 120, 80],
    ['one leg only', 'LONG', null, pct('5'), 1_000, null, 950],
    ['the other only', 'SHORT', pct('5'), null, 1_000, 950, null],
    ['none', 'LONG', null, null, 1_000, null, null],
    ['below zero: one tick', 'LONG', pct('10'), pct('150'), 1_000, 1_100, 1],
    ['below zero: one tick', 'SHORT', pct('100'), pct('10'), 1_000, 1, 1_100],
    ['less than a tick away: the next tick', 'LONG', pct('0.000001'), pct('0.000001'), 100, 101, 99],
  ])('%s (%s)', (_name, side, takeProfit, stopLoss, entry, expectedTakeProfit, expectedStopLoss) => {
    expect(legs(side, takeProfit, stopLoss, entry)).toEqual({
      takeProfit: expectedTakeProfit,
      stopLoss: expectedStopLoss,
    });
  });

  it.each<[PositionSide, number, number, number, number]>([
    // 3 x 0.01 x 4,500,000 = 135,000 exactly, which floats miss by a hair.
    ['LONG', 3, 2, 4_635_000, 4_410_000],
    ['SHORT', 3, 2, 4_365_000, 4_590_000],
    ['LONG', 0.33333, 0.5, 4_515_000, 4_477_500],
  ])('%s: %d and %d standard deviations of 1 %% around 45,000', (side, up, down, takeProfit, stopLoss) => {
    expect(legs(side, sd(up), sd(down), 4_500_000, { volatility: 0.01 })).toEqual({ takeProfit, stopLoss });
  });

  it('are measured from the average of the own entry fills', () => {
    const value = tickLots(100, 1) + tickLots(103, 2);
    const plan = { ...NO_PLAN, takeProfit: pct('10'), stopLoss: pct('10') };
    // The average is 102: up to 112.2, down to 91.8.
    expect(legPrices(BTCUSDT, 'LONG', plan, value, 3)).toEqual({ takeProfit: 113, stopLoss: 91 });
  });

  it('lie on the step of the tick table, away from the entry', () => {
    const instrument = anInstrument({
      tickSize: '1',
      tickTable: [
        { from: '0', step: '2' },
        { from: '100', step: '5' },
      ],
    });
    const plan = { ...NO_PLAN, takeProfit: pct('1'), stopLoss: pct('1') };
    expect(legPrices(instrument, 'LONG', plan, 200n, 1)).toEqual({ takeProfit: 205, stopLoss: 195 });
    expect(legPrices(instrument, 'SHORT', plan, 200n, 1)).toEqual({ takeProfit: 195, stopLoss: 205 });
    expect(legPrices(instrument, 'LONG', plan, 100n, 1)).toEqual({ takeProfit: 105, stopLoss: 98 });
    expect(legPrices(instrument, 'LONG', { ...plan, stopLoss: pct('100') }, 100n, 1).stopLoss).toBe(2);
  });

  it('need a volatility for a distance in standard deviations', () => {
    expect(() => legs('LONG', sd(1), null, 100)).toThrow('needs a volatility');
    expect(needsVolatility(sd(1), null)).toBe(true);
    expect(needsVolatility(at(1), pct('1'), null)).toBe(false);
  });
});

describe('a distance', () => {
  const prices = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 10_000_000_000 }));
  const quantities = fc.oneof(
    fc.integer({ min: 1, max: 1_000 }),
    fc.integer({ min: 1, max: 10_000_000_000_000 }),
  );
  const percents = fc
    .tuple(fc.nat({ max: 20 }), fc.bigInt({ min: 1n, max: 99n * 10n ** 20n }))
    .map(([scale, units]) => ({ scale, units: (units % (99n * 10n ** BigInt(scale))) + 1n }));

  it('in percent is the exact product, rounded away once', () => {
    fc.assert(
      fc.property(
        prices,
        quantities,
        percents,
        fc.constantFrom(-1n, 0n, 1n),
        (price, quantity, percent, hair) => {
          const value = BigInt(price) * BigInt(quantity) + hair;
          fc.pre(value > 0n);
          const up = BigInt(move(BTCUSDT, true, percent, value, quantity));
          const down = BigInt(move(BTCUSDT, false, percent, value, quantity));
          const hundred = 100n * 10n ** BigInt(percent.scale);
          const whole = hundred * BigInt(quantity);
          const above = value * (hundred + percent.units);
          const below = value * (hundred - percent.units);
          expect(up * whole >= above && (up - 1n) * whole < above).toBe(true);
          expect(down === 1n || (down * whole <= below && (down + 1n) * whole > below)).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('in standard deviations is never nearer than asked, and less than two ticks further', () => {
    const multiples = fc.double({ min: 0.01, max: 20, noNaN: true });
    const volatilities = fc.double({ min: 1e-6, max: 0.04, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000_000 }),
        multiples,
        volatilities,
        (price, multiple, volatility) => {
          const distance: Distance = { kind: 'sd', multiple };
          const up = offsetPrice(BTCUSDT, true, distance, volatility, BigInt(price), 1);
          const down = offsetPrice(BTCUSDT, false, distance, volatility, BigInt(price), 1);
          const away = price * multiple * volatility;
          const hair = 1e-9 * (price + away);
          expect(up - price).toBeGreaterThanOrEqual(away - hair);
          expect(up - price).toBeLessThan(away + 1 + hair);
          expect(price - down).toBeLessThan(away + 1 + hair);
          expect(down === 1 || price - down >= away - hair).toBe(true);
        },
      ),
    );
  });
});

function move(
  instrument: Instrument,
  up: boolean,
  percent: { units: bigint; scale: number },
  value: bigint,
  quantity: number,
): number {
  return offsetPrice(instrument, up, { kind: 'pct', percent }, null, value, quantity);
}
