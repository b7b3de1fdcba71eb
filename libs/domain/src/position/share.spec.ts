import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyFill, unrealized, type Share } from './index.js';

function holding(quantity: number, cost: bigint): Share {
  return { quantity, cost };
}

describe('a share', () => {
  it.each<[string, Share, number, number, bigint, Share]>([
    ['opens', holding(0, 0n), 3, 100, 0n, holding(3, 300n)],
    ['adds at its own price', holding(3, 300n), 1, 120, 0n, holding(4, 420n)],
    ['closes in part, taking the floor of its cost', holding(3, 100n), -1, 50, 50n - 33n, holding(2, 67n)],
    ['closes the rest, taking what is left', holding(2, 67n), -2, 50, 100n - 67n, holding(0, 0n)],
    ['opens short', holding(0, 0n), -3, 100, 0n, holding(-3, 300n)],
    ['closes a short in part', holding(-3, 100n), 1, 50, 33n - 50n, holding(-2, 67n)],
    ['goes through zero, and opens with the rest', holding(3, 300n), -5, 110, 30n, holding(-2, 220n)],
    ['goes through zero from below', holding(-2, 220n), 5, 100, 20n, holding(3, 300n)],
  ])('%s', (_name, share, signedQty, price, realized, after) => {
    expect(applyFill(share, signedQty, price)).toBe(realized);
    expect(share).toEqual(after);
  });

  it('is worth its value less its cost, or the other way round', () => {
    expect(unrealized(holding(3, 300n), 110)).toBe(30n);
    expect(unrealized(holding(-3, 300n), 110)).toBe(-30n);
    expect(unrealized(holding(0, 0n), 110)).toBe(0n);
  });

  it('loses nothing: realized less the cost of what is open is what the fills paid and brought in', () => {
    const fill = fc.tuple(
      fc.integer({ min: -50, max: 50 }).filter((lots) => lots !== 0),
      fc.integer({ min: 1, max: 100_000 }),
    );
    fc.assert(
      fc.property(fc.array(fill, { maxLength: 40 }), fc.integer({ min: 1, max: 100_000 }), (fills, mark) => {
        const share = holding(0, 0n);
        let cash = 0n;
        let net = 0;
        let realized = 0n;
        for (const [signedQty, price] of fills) {
          realized += applyFill(share, signedQty, price);
          cash -= BigInt(price) * BigInt(signedQty);
          net += signedQty;
          expect(share.quantity).toBe(net);
          expect(realized - BigInt(Math.sign(net)) * share.cost).toBe(cash);
          expect(net === 0 ? share.cost === 0n : share.cost > 0n).toBe(true);
        }
        // Equity, whichever way it is counted.
        expect(realized + unrealized(share, mark)).toBe(cash + BigInt(net) * BigInt(mark));
      }),
    );
  });

  it('realizes the same in the end in however many parts it closes', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(parts, fc.bigInt({ min: 1n, max: 10n ** 15n }), fc.boolean(), (quantities, cost, long) => {
        const total = quantities.reduce((sum, quantity) => sum + quantity, 0);
        const sign = long ? 1 : -1;
        const share = holding(sign * total, cost);
        let realized = 0n;
        for (const quantity of quantities) realized += applyFill(share, -sign * quantity, 77);
        expect(realized).toBe(BigInt(sign) * (77n * BigInt(total) - cost));
        expect(share.cost).toBe(0n);
        expect(share.quantity + 0).toBe(0);
      }),
    );
  });
});
