import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ceilTolerant,
  closingSide,
  compareCodePoints,
  divCeil,
  divFloor,
  divHalfEven,
  divHalfUp,
  openingSide,
  signOf,
  tickLots,
} from './index.js';

describe('integer division', () => {
  it.each<[bigint, bigint, { floor: bigint; ceil: bigint; halfUp: bigint; halfEven: bigint }]>([
    [7n, 2n, { floor: 3n, ceil: 4n, halfUp: 4n, halfEven: 4n }],
    [5n, 2n, { floor: 2n, ceil: 3n, halfUp: 3n, halfEven: 2n }],
    [-5n, 2n, { floor: -3n, ceil: -2n, halfUp: -3n, halfEven: -2n }],
    [-7n, 2n, { floor: -4n, ceil: -3n, halfUp: -4n, halfEven: -4n }],
    [6n, 3n, { floor: 2n, ceil: 2n, halfUp: 2n, halfEven: 2n }],
    [-6n, 3n, { floor: -2n, ceil: -2n, halfUp: -2n, halfEven: -2n }],
    [1n, 3n, { floor: 0n, ceil: 1n, halfUp: 0n, halfEven: 0n }],
    [-1n, 3n, { floor: -1n, ceil: 0n, halfUp: 0n, halfEven: 0n }],
    [0n, 9n, { floor: 0n, ceil: 0n, halfUp: 0n, halfEven: 0n }],
  ])('of %s by %s', (a, b, expected) => {
    expect({
      floor: divFloor(a, b),
      ceil: divCeil(a, b),
      halfUp: divHalfUp(a, b),
      halfEven: divHalfEven(a, b),
    }).toEqual(expected);
  });

  it('lies between floor and ceiling, and the nearest is never further than half', () => {
    const value = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    fc.assert(
      fc.property(value, fc.bigInt({ min: 1n, max: 10n ** 20n }), (a, b) => {
        const floor = divFloor(a, b);
        expect(floor * b <= a && a < (floor + 1n) * b).toBe(true);
        expect(divCeil(a, b) - floor).toBe(floor * b === a ? 0n : 1n);
        for (const nearest of [divHalfUp(a, b), divHalfEven(a, b)]) {
          const away = 2n * (nearest * b - a);
          expect(away <= b && -away <= b).toBe(true);
        }
        expect(divHalfUp(-a, b)).toBe(-divHalfUp(a, b));
      }),
    );
  });
});

describe('ceilTolerant', () => {
  it.each([
    [3 * 0.01 * 4_500_000, 135_000],
    [135_000.1, 135_001],
    [135_000.999_999_999_9, 135_001],
    [1_010_000_000.3, 1_010_000_001],
    [0.1 + 0.2, 1],
    [-2.5, -2],
    [7, 7],
  ])('of %d is %d', (value, whole) => {
    expect(ceilTolerant(value)).toBe(whole);
  });
});

describe('tickLots', () => {
  it('is the exact product, beyond safe integers too', () => {
    const safe = fc.maxSafeInteger();
    fc.assert(
      fc.property(safe, safe, (price, quantity) => {
        expect(tickLots(price, quantity)).toBe(BigInt(price) * BigInt(quantity));
      }),
    );
  });
});

describe('sides', () => {
  it('open and close', () => {
    expect([openingSide('LONG'), closingSide('LONG'), signOf('LONG')]).toEqual(['BUY', 'SELL', 1]);
    expect([openingSide('SHORT'), closingSide('SHORT'), signOf('SHORT')]).toEqual(['SELL', 'BUY', -1]);
  });
});

describe('compareCodePoints', () => {
  it('orders as the code points do, which UTF-16 units do not', () => {
    expect(['\u{1F600}', '\uFF5E', 'b', 'a', 'ab', ''].sort(compareCodePoints)).toEqual([
      '',
      'a',
      'ab',
      'b',
      '\uFF5E',
      '\u{1F600}',
    ]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(naive([...a], [...b]));
      }),
    );
  });
});

function naive(a: readonly string[], b: readonly string[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i];
    if (y === undefined) return 1;
    if (x !== y) return Math.sign(x.codePointAt(0)! - y.codePointAt(0)!);
  }
  return a.length === b.length ? 0 : -1;
}
