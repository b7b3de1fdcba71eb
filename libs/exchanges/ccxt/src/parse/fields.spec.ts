import { describe, expect, it } from '@jest/globals';
import { decimal as exact, formatUnits } from '@bowline/domain';
import fc from 'fast-check';
import { decimal, exactDecimal, optional, read, wordOf } from './fields.js';

describe('a decimal number that ccxt has made a double of', () => {
  it('is what the exchange has sent, up to fifteen digits', () => {
    const digits = fc.bigInt({ min: -(10n ** 15n) + 1n, max: 10n ** 15n - 1n });
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 18 }), (units, scale) => {
        const text = formatUnits(units, scale);
        expect(exactDecimal(Number(text))).toEqual(exact(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is never another one: it is that, or nothing', () => {
    const digits = fc.bigInt({ min: 1n, max: 10n ** 22n });
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 18 }), (units, scale) => {
        const text = formatUnits(units, scale);
        const read = exactDecimal(Number(text));
        const significant = String(units).replace(/0+$/, '').length;
        // What has more digits may look as if it had fewer; it is then off by less than a fifteenth digit.
        if (read !== null && significant <= 15) expect(read).toEqual(exact(text));
        if (read !== null) expect(Number(formatUnits(read.units, read.scale))).toBe(Number(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [0.1 + 0.2, null],
    [9_007_199_254_740_993, null],
    [1e-8, exact('0.00000001')],
    [1e21, exact('1000000000000000000000')],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    ['123456789012345678.000000001', exact('123456789012345678.000000001')],
  ])('%p', (value, expected) => {
    expect(exactDecimal(value)).toEqual(expected);
  });
});

describe('reading', () => {
  it('says what could not be read, where, and why', () => {
    expect(() => read('a price', decimal, 0.1 + 0.2)).toThrow(
      'a price cannot be read: is no exact decimal number: 0.30000000000000004',
    );
  });

  it('takes a word that nobody knows for unknown, and what is left out for null', () => {
    expect(wordOf(['open', 'closed']).parse('amended')).toBe('unknown');
    expect([undefined, null, 1].map((value) => optional(decimal).parse(value))).toEqual([
      null,
      null,
      exact('1'),
    ]);
  });
});
