import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  cash,
  cashOf,
  cashToNumber,
  CASH_SCALE,
  decimal,
  formatCash,
  formatUnits,
  parseDecimal,
  rescale,
  roundCash,
  type Decimal,
} from './index.js';

describe('parseDecimal', () => {
  it.each<[string, bigint, number]>([
    ['0', 0n, 0],
    ['-0', 0n, 0],
    ['12.50', 125n, 1],
    ['12.', 12n, 0],
    ['.5', 5n, 1],
    ['+3', 3n, 0],
    ['-0.1', -1n, 1],
    [' 7 ', 7n, 0],
    ['1e-8', 1n, 8],
    ['1.5E3', 1_500n, 0],
    ['100', 100n, 0],
    ['0.000', 0n, 0],
    ['123456789012345678901234567890.123456789', 123456789012345678901234567890123456789n, 9],
  ])('reads %s', (text, units, scale) => {
    expect(parseDecimal(text)).toEqual({ units, scale });
  });

  it.each([
    '',
    ' ',
    '.',
    '-',
    'e5',
    '1e',
    '1,000',
    '0x10',
    'NaN',
    'Infinity',
    '1.2.3',
    '--1',
    '1e1000',
    '1_000',
  ])('takes %j for no number', (text) => {
    expect(parseDecimal(text)).toBeNull();
    expect(() => decimal(text)).toThrow(`not a decimal number: ${JSON.stringify(text)}`);
  });

  it('gives back what formatUnits writes, whatever the size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat({ max: 30 }), (units, scale) => {
        const { units: read, scale: at } = decimal(formatUnits(units, scale));
        expect(at).toBeLessThanOrEqual(scale);
        expect(read * 10n ** BigInt(scale - at)).toBe(units);
        expect(formatUnits(read, at)).toBe(formatUnits(units, scale));
      }),
    );
  });

  it('reads every number that JavaScript prints', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const { units, scale } = decimal(value);
        expect(Number(`${units}e-${scale}`)).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

describe('formatUnits', () => {
  it.each<[bigint, number, string]>([
    [45_000n, 0, '45000'],
    [4_500_000n, 2, '45000'],
    [-25n, 2, '-0.25'],
    [1n, 8, '0.00000001'],
    [0n, 5, '0'],
    [-100n, 1, '-10'],
  ])('writes %s x 10^-%s as %s', (units, scale, text) => {
    expect(formatUnits(units, scale)).toBe(text);
  });
});

describe('rescale', () => {
  it('is exact or null, never rounded', () => {
    const value: Decimal = decimal('1.25');
    expect(rescale(value, 4)).toBe(12_500n);
    expect(rescale(value, 2)).toBe(125n);
    expect(rescale(value, 1)).toBeNull();
    expect(rescale(decimal('1.20'), 1)).toBe(12n);
    expect(rescale({ units: 1_200n, scale: 3 }, 1)).toBe(12n);
  });
});

describe('cash', () => {
  it('carries eighteen decimals exactly', () => {
    expect(cash('0.000000000000000001')).toBe(1n);
    expect(cash(3)).toBe(3n * 10n ** BigInt(CASH_SCALE));
    expect(cashOf(decimal('1e-19'))).toBeNull();
    expect(() => cash('1e-19')).toThrow('more than 18 decimals');
  });

  it('is written and read without a loss', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), (amount) => {
        expect(cash(formatCash(amount))).toBe(amount);
      }),
    );
  });

  it.each<[string, number, string]>([
    ['1.005', 2, '1.01'],
    ['-1.005', 2, '-1.01'],
    ['1.004999999999999999', 2, '1'],
    ['0.000000005', 8, '0.00000001'],
    ['2.5', 0, '3'],
    ['-2.5', 0, '-3'],
  ])('rounds %s half-up to %s decimals: %s', (amount, decimals, rounded) => {
    expect(formatCash(roundCash(cash(amount), decimals))).toBe(rounded);
  });

  it('is a plain number for display', () => {
    expect(cashToNumber(cash('-4.25'))).toBe(-4.25);
  });
});
