import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createInstrument } from '../../instrument/index.js';
import { cash, divFloor, formatUnits, rescale, type Decimal } from '../../primitives/index.js';
import {
  allocateForcedClose,
  allocateFunding,
  compareToExchange,
  splitBaseFee,
  sumShares,
  type OwnerShare,
} from './index.js';

const instrument = createInstrument({
  exchange: 'x',
  symbol: 'BTCUSDT',
  kind: 'spot',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  multiplier: '1',
  inverse: false,
  tickSize: '0.01',
  lotSize: '0.00001',
  minNotional: '5',
});

const decimals = (min: bigint, max: bigint): fc.Arbitrary<Decimal> =>
  fc.record({ units: fc.bigInt({ min, max }), scale: fc.integer({ min: 0, max: 10 }) });
/** Owners are distinct: one share per owner, as in a ledger. */
const shares: fc.Arbitrary<OwnerShare[]> = fc.uniqueArray(
  fc.record({
    owner: fc.string({ maxLength: 3 }),
    signedLots: fc.integer({ min: -10_000_000, max: 10_000_000 }),
  }),
  { maxLength: 8, selector: ({ owner }) => owner },
);
const sharesTwice = shares.chain((list) =>
  fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
);

describe('funding', () => {
  it('sums with DUST to the charge, exactly, and each amount is within half a unit of the exact one', () => {
    fc.assert(
      fc.property(
        shares,
        fc.integer({ min: 1, max: 20_000_000 }),
        decimals(-(10n ** 6n), 10n ** 6n),
        fc.boolean(),
        (list, price, rate, hedge) => {
          const { amounts, charge, dust } = allocateFunding(list, price, rate, instrument, hedge);
          expect(amounts.reduce((sum, { amount }) => sum + amount, dust)).toBe(charge);
          const unit = cash('0.00000001');
          for (const [i, { amount }] of amounts.entries()) {
            expect(amount % unit).toBe(0n);
            const exact = -BigInt(list[i]!.signedLots) * BigInt(price) * instrument.tickLotCash * rate.units;
            const error = amount * 10n ** BigInt(rate.scale) - exact;
            expect((error < 0n ? -error : error) * 2n).toBeLessThanOrEqual(unit * 10n ** BigInt(rate.scale));
          }
          // Half a unit for each rounding at most.
          const roundings = BigInt(list.length + (hedge ? 2 : 1));
          expect((dust < 0n ? -dust : dust) * 2n).toBeLessThanOrEqual(unit * roundings);
        },
      ),
      { seed: 1 },
    );
  });

  it('gives each owner the same whatever the order', () => {
    fc.assert(
      fc.property(sharesTwice, decimals(-1000n, 1000n), fc.boolean(), ([list, shuffled], rate, hedge) => {
        const a = allocateFunding(list, 4_500_000, rate, instrument, hedge);
        const b = allocateFunding(shuffled, 4_500_000, rate, instrument, hedge);
        expect(new Map(b.amounts.map(({ owner, amount }) => [owner, amount]))).toEqual(
          new Map(a.amounts.map(({ owner, amount }) => [owner, amount])),
        );
        expect([b.charge, b.dust]).toEqual([a.charge, a.dust]);
      }),
      { seed: 2 },
    );
  });
});

describe('a forced close', () => {
  it('sums exactly, takes from no owner more than it has on that side, and less than one lot off its quota', () => {
    fc.assert(
      fc.property(shares, fc.constantFrom('LONG', 'SHORT'), fc.nat(30_000_000), (list, side, quantity) => {
        const { closes, unallocated } = allocateForcedClose(list, side, quantity);
        expect(closes.reduce((sum, close) => sum + close.quantity, unallocated)).toBe(quantity);
        const sign = side === 'LONG' ? 1 : -1;
        const held = list.map(({ signedLots }) => Math.max(0, sign * signedLots));
        const total = held.reduce((sum, lots) => sum + lots, 0);
        expect(unallocated).toBe(Math.max(0, quantity - total));
        for (const [i, { quantity: taken }] of closes.entries()) {
          expect(taken).toBeGreaterThanOrEqual(0);
          expect(taken).toBeLessThanOrEqual(held[i]!);
          if (total > 0) {
            const quota = (BigInt(quantity - unallocated) * BigInt(held[i]!)) / BigInt(total);
            expect([quota, quota + 1n]).toContain(BigInt(taken));
          }
        }
      }),
      { seed: 3 },
    );
  });

  it('takes the same from each owner whatever the order', () => {
    fc.assert(
      fc.property(
        sharesTwice,
        fc.constantFrom('LONG', 'SHORT'),
        fc.nat(100),
        ([list, shuffled], side, quantity) => {
          const taken = (of: OwnerShare[]): Map<string, number> =>
            new Map(
              allocateForcedClose(of, side, quantity).closes.map((close) => [close.owner, close.quantity]),
            );
          expect(taken(shuffled)).toEqual(taken(list));
        },
      ),
      { seed: 4 },
    );
  });
});

describe('a base fee', () => {
  it('loses nothing over any number of fills: owners, DUST and carry are the fills less the fees', () => {
    const fill = fc.record({
      quantity: fc.integer({ min: 1, max: 10_000_000 }),
      /** Fee in millionths of the quantity. */
      ppm: fc.bigInt({ min: -500n, max: 10_000n }),
    });
    fc.assert(
      fc.property(fc.array(fill, { maxLength: 10 }), (fills) => {
        const scale = instrument.lot.scale + 6;
        let carry: Decimal = { units: 0n, scale: 0 };
        let expected = 0n;
        let owned = 0n;
        for (const { quantity, ppm } of fills) {
          const fee = { units: BigInt(quantity) * ppm, scale };
          expected += BigInt(quantity) * 10n ** 6n - fee.units;
          const split = splitBaseFee(quantity, fee, instrument, carry);
          carry = split.carry;
          owned += BigInt(split.owner + split.dust) * 10n ** 6n;
          const residue = rescale(carry, scale)!;
          expect(residue >= 0n && residue < 10n ** 6n).toBe(true);
          expect(BigInt(split.owner)).toBe(divFloor(BigInt(quantity) * (10n ** 6n - ppm), 10n ** 6n));
        }
        expect(formatUnits(owned + rescale(carry, scale)!, scale)).toBe(formatUnits(expected, scale));
      }),
      { seed: 5 },
    );
  });
});

describe('the comparison with the exchange', () => {
  it('is equal exactly where everything owned sums to what is reported, in any order', () => {
    fc.assert(
      fc.property(
        sharesTwice,
        fc.integer({ min: -9, max: 9 }),
        fc.integer({ min: -9, max: 9 }),
        fc.integer({ min: -2, max: 2 }),
        ([list, shuffled], external, dust, off) => {
          const reported = sumShares(list) + external + dust + off;
          const result = compareToExchange({ shares: shuffled, external, dust, reported });
          expect(result).toEqual(
            off === 0
              ? { kind: 'equal' }
              : { kind: 'drift', owned: reported - off, reported, difference: off },
          );
        },
      ),
      { seed: 8 },
    );
  });
});
