import { describe, expect, it } from '@jest/globals';
import { anInstrument, BTCUSDT } from '@bowline/testkit';
import fc from 'fast-check';
import { cash, decimal, tickLots } from '../primitives/index.js';
import {
  averagePriceText,
  cashValue,
  priceNumber,
  priceText,
  priceToTicks,
  quantityNumber,
  quantityText,
  quantityToLots,
  roundPriceDown,
  roundPriceUp,
  tickStep,
} from './index.js';

/** As Deribit has it for BTC options: 0.0001 below 0.005, 0.0005 from there on. */
const OPTION = anInstrument({
  symbol: 'BTC-27DEC24-100000-C',
  kind: 'option',
  tickSize: '0.0001',
  lotSize: '0.1',
  tickTable: [{ from: '0.005', step: '0.0005' }],
});

describe('createInstrument', () => {
  it('works out what a tick times a lot is worth, the multiplier included', () => {
    expect(BTCUSDT.tickLotCash).toBe(cash('0.00001'));
    expect(anInstrument({ multiplier: '0.001' }).tickLotCash).toBe(cash('0.00000001'));
    expect(anInstrument({ minNotional: '5' }).minNotionalCash).toBe(cash(5));
  });

  it.each<[string, Parameters<typeof anInstrument>[0]]>([
    ['tickSize must be above 0, got 0', { tickSize: '0' }],
    ['lotSize must be above 0, got -1', { lotSize: '-1' }],
    ['multiplier must be above 0, got 0.0', { multiplier: '0.0' }],
    ['not a decimal number: "ten"', { tickSize: 'ten' }],
    ['tickSize x lotSize x multiplier has more than 18 decimals', { tickSize: '1e-10', lotSize: '1e-9' }],
    ['inverse contracts are not supported', { inverse: true }],
    ['tickTable.from is not a multiple of tickSize 0.01', { tickTable: [{ from: '0.005', step: '0.01' }] }],
    ['tickTable.step is not a multiple of tickSize 0.01', { tickTable: [{ from: '1', step: '0.015' }] }],
  ])('refuses: %s', (message, changes) => {
    expect(() => anInstrument(changes)).toThrow(message);
  });
});

describe('prices', () => {
  it('are whole ticks or nothing', () => {
    expect(priceToTicks(BTCUSDT, decimal('45666.67'))).toBe(4_566_667);
    expect(priceToTicks(BTCUSDT, decimal('45666.675'))).toBeNull();
    expect(priceToTicks(BTCUSDT, decimal('1e20'))).toBeNull();
    expect(priceToTicks(anInstrument({ tickSize: '0.25' }), decimal('1.75'))).toBe(7);
    expect(priceToTicks(anInstrument({ tickSize: '5' }), decimal('12'))).toBeNull();
  });

  it('come back as the text that they came as', () => {
    const tick = fc.constantFrom('1', '0.1', '0.01', '0.25', '0.00000001', '5', '0.0005');
    fc.assert(
      fc.property(tick, fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (tickSize, ticks) => {
        const instrument = anInstrument({ tickSize });
        expect(priceToTicks(instrument, decimal(priceText(instrument, ticks)))).toBe(ticks);
        expect(priceNumber(instrument, ticks)).toBeCloseTo(ticks * Number(tickSize), 4);
      }),
    );
  });
});

describe('quantities', () => {
  it('are rounded down to the lot', () => {
    expect(quantityToLots(BTCUSDT, decimal('0.0029999'))).toBe(2);
    expect(quantityToLots(BTCUSDT, decimal('0.0009'))).toBe(0);
    expect(quantityToLots(anInstrument({ lotSize: '0.3' }), decimal('1'))).toBe(3);
    expect(quantityToLots(anInstrument({ lotSize: '10' }), decimal('99'))).toBe(9);
    expect(quantityToLots(BTCUSDT, decimal('1e30'))).toBeNull();
  });

  it('come back as the text that they came as, and never grow', () => {
    const lot = fc.constantFrom('1', '0.001', '0.3', '0.00000001', '10');
    fc.assert(
      fc.property(
        lot,
        fc.nat({ max: 1_000_000_000 }),
        fc.bigInt({ min: 0n, max: 10n ** 16n }),
        (lotSize, lots, odd) => {
          const instrument = anInstrument({ lotSize });
          expect(quantityToLots(instrument, decimal(quantityText(instrument, lots)))).toBe(lots);
          const quantity = { units: odd, scale: 9 };
          const rounded = BigInt(quantityToLots(instrument, quantity)!) * instrument.lot.units;
          const exact = odd * 10n ** BigInt(instrument.lot.scale);
          expect(rounded * 10n ** 9n <= exact).toBe(true);
          expect((rounded + instrument.lot.units) * 10n ** 9n > exact).toBe(true);
          expect(quantityNumber(instrument, lots)).toBeCloseTo(lots * Number(lotSize), 4);
        },
      ),
    );
  });
});

describe('a tick table', () => {
  it.each([
    [49, 1],
    [50, 5],
    [51, 5],
    [10_000, 5],
  ])('makes the step at %d ticks %d', (price, step) => {
    expect(tickStep(OPTION, price)).toBe(step);
  });

  it.each([
    [49, 49, 49],
    [49.5, 49, 50],
    [50, 50, 50],
    [51, 50, 55],
    [54.9, 50, 55],
    [103, 100, 105],
  ])('rounds %d down to %d and up to %d', (price, down, up) => {
    expect([roundPriceDown(OPTION, price), roundPriceUp(OPTION, price)]).toEqual([down, up]);
  });

  it('has a step for each of its bands', () => {
    const bands = anInstrument({
      tickSize: '1',
      tickTable: [
        { from: '100', step: '5' },
        { from: '1000', step: '50' },
      ],
    });
    expect([7, 99, 100, 999, 1_000, 5_000].map((price) => tickStep(bands, price))).toEqual([
      1, 1, 5, 5, 50, 50,
    ]);
    expect([roundPriceDown(bands, 1_049), roundPriceUp(bands, 1_001), roundPriceUp(bands, 996)]).toEqual([
      1_000, 1_050, 1_000,
    ]);
  });

  it('leaves whole ticks alone where there is none', () => {
    expect([roundPriceDown(BTCUSDT, 7.9), roundPriceUp(BTCUSDT, 7.1)]).toEqual([7, 8]);
  });
});

describe('values', () => {
  it('are exact cash', () => {
    // 0.003 BTC at 45,666.67
    expect(cashValue(BTCUSDT, tickLots(4_566_667, 3))).toBe(cash('137.00001'));
    expect(cashValue(anInstrument({ multiplier: '0.01' }), tickLots(4_566_667, 3))).toBe(cash('1.3700001'));
  });

  it('have an average to eight decimals, half-even, and none over nothing', () => {
    expect(averagePriceText(BTCUSDT, tickLots(4_500_000, 1) + tickLots(4_600_000, 2), 3)).toBe(
      '45666.66666667',
    );
    expect(averagePriceText(BTCUSDT, 9_000_000n, 2)).toBe('45000');
    expect(averagePriceText(anInstrument({ tickSize: '0.00000001' }), 5n, 2)).toBe('0.00000002');
    expect(averagePriceText(anInstrument({ tickSize: '0.00000001' }), 7n, 2)).toBe('0.00000004');
    expect(averagePriceText(BTCUSDT, 0n, 0)).toBeNull();
  });
});
