import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  averagePriceText,
  createInstrument,
  priceText,
  quantityText,
  type Instrument,
} from '@bowline/domain';
import { fastAveragePriceText, fastPriceText, fastQuantityText } from './decimal-text.js';
import { fastTimeText, timeText } from './time-text.js';

describe('fast texts', () => {
  it('of times are what the calendar says, in any order', () => {
    const time = fc.integer({ min: Date.UTC(1965, 0), max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(fc.array(time), (times) => {
        const text = fastTimeText();
        expect(times.map((each) => text(each))).toEqual(times.map((each) => timeText(each)));
      }),
    );
  });

  it.each([
    [Date.UTC(2021, 4, 19, 12), '2021-05-19T12:00:00.000Z'],
    [Date.UTC(2020, 1, 29, 23, 59, 59, 7), '2020-02-29T23:59:59.007Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
  ])('of %d is %s', (time, text) => {
    expect(fastTimeText()(time)).toBe(text);
  });

  it('of prices and quantities are those of the domain, for any tick and lot', () => {
    const size = fc.constantFrom('1', '5', '25', '0.5', '0.25', '0.01', '0.001', '0.00000001', '1000');
    const count = fc.oneof(fc.integer({ min: -5_000, max: 5_000 }), fc.maxSafeInteger());
    fc.assert(
      fc.property(size, size, count, (tickSize, lotSize, units) => {
        const instrument = instrumentWith(tickSize, lotSize);
        expect(fastPriceText(instrument, units)).toBe(priceText(instrument, units));
        expect(fastQuantityText(instrument, units)).toBe(quantityText(instrument, units));
      }),
    );
  });

  it('of averages are those of the domain, filled at one price or at several, and none of nothing', () => {
    const tick = fc.constantFrom('1', '0.5', '0.01', '0.00000001', '0.0000000001');
    const price = fc.oneof(fc.integer({ min: 1, max: 5_000_000 }), fc.maxSafeNat());
    const quantity = fc.oneof(fc.nat(1_000), fc.maxSafeNat());
    fc.assert(
      fc.property(tick, price, quantity, fc.integer({ min: 0, max: 2 }), (tickSize, each, lots, more) => {
        const instrument = instrumentWith(tickSize, '0.001');
        const value = BigInt(each) * BigInt(lots) + BigInt(lots === 0 ? 0 : more);
        expect(fastAveragePriceText(instrument, value, lots)).toBe(averagePriceText(instrument, value, lots));
      }),
      { numRuns: 1_000 },
    );
  });
});

function instrumentWith(tickSize: string, lotSize: string): Instrument {
  return createInstrument({
    exchange: 'e',
    symbol: 's',
    kind: 'perpetual',
    base: 'B',
    quote: 'Q',
    settle: 'Q',
    multiplier: '1',
    inverse: false,
    tickSize,
    lotSize,
    minNotional: '0',
  });
}
