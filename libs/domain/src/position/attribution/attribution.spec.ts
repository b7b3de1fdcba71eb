import { describe, expect, it } from '@jest/globals';
import { createInstrument, type InstrumentSpec } from '../../instrument/index.js';
import { decimal, formatCash, formatUnits, type Decimal } from '../../primitives/index.js';
import {
  allocateForcedClose,
  allocateFunding,
  compareToExchange,
  splitBaseFee,
  type OwnerShare,
} from './index.js';

const BTC: InstrumentSpec = {
  exchange: 'binance-usdm',
  symbol: 'BTCUSDT',
  kind: 'perpetual',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  multiplier: '1',
  inverse: false,
  tickSize: '0.1',
  lotSize: '0.001',
  minNotional: '5',
};
const btc = createInstrument(BTC);

const share = (owner: string, signedLots: number): OwnerShare => ({ owner, signedLots });
const text = ({ units, scale }: Decimal): string => formatUnits(units, scale);

describe('funding', () => {
  it('goes to every owner by its own signed share, the rounding to DUST', () => {
    // 0.001 x 45,000.3 x 0.0001 = 0.00450003 needs no rounding; at a tenth of the rate 0.000450003 does, and the
    // net of three, 0.001350009, rounds up where its parts round down.
    const shares = [share('A', 1), share('B', 1), share('C', 1)];
    const { amounts, charge, dust } = allocateFunding(shares, 450_003, decimal('0.0001'), btc);
    expect(amounts.map(({ owner, amount }) => [owner, formatCash(amount)])).toEqual([
      ['A', '-0.00450003'],
      ['B', '-0.00450003'],
      ['C', '-0.00450003'],
    ]);
    expect([formatCash(charge), formatCash(dust)]).toEqual(['-0.01350009', '0']);
    const finer = allocateFunding(shares, 450_003, decimal('0.00001'), btc);
    expect(finer.amounts.map(({ amount }) => formatCash(amount))).toEqual([
      '-0.00045',
      '-0.00045',
      '-0.00045',
    ]);
    expect([formatCash(finer.charge), formatCash(finer.dust)]).toEqual(['-0.00135001', '-0.00000001']);
  });

  it.each([
    // rate, A long 10, B short 6: longs pay shorts where the rate is above 0
    ['0.0001', '-0.045', '0.027', '-0.018'],
    ['-0.0001', '0.045', '-0.027', '0.018'],
    ['0', '0', '0', '0'],
  ])('at rate %s: long gets %s, short gets %s, the exchange books %s', (rate, long, short, net) => {
    const { amounts, charge, dust } = allocateFunding(
      [share('A', 10), share('B', -6)],
      450_000,
      decimal(rate),
      btc,
    );
    expect([
      ...amounts.map(({ amount }) => formatCash(amount)),
      formatCash(charge),
      formatCash(dust),
    ]).toEqual([long, short, net, '0']);
  });

  it('still moves between owners whose shares cancel out', () => {
    const shares = [share('A', 1), share('B', 1), share('C', -2)];
    const { amounts, charge, dust } = allocateFunding(shares, 450_004, decimal('0.00001'), btc);
    expect(amounts.map(({ amount }) => formatCash(amount))).toEqual(['-0.00045', '-0.00045', '0.00090001']);
    expect([formatCash(charge), formatCash(dust)]).toEqual(['0', '-0.00000001']);
  });

  it('is booked on the net position, in hedge mode on each side', () => {
    const shares = [share('A', 1), share('B', 1), share('C', -1)];
    const oneWay = allocateFunding(shares, 450_004, decimal('0.00001'), btc);
    expect([formatCash(oneWay.charge), formatCash(oneWay.dust)]).toEqual(['-0.00045', '0']);
    const hedge = allocateFunding(shares, 450_004, decimal('0.00001'), btc, true);
    expect([formatCash(hedge.charge), formatCash(hedge.dust)]).toEqual(['-0.00045001', '-0.00000001']);
    expect(hedge.amounts).toEqual(oneWay.amounts);
  });

  it('rounds halves away from zero, for those who pay and those who receive', () => {
    const { amounts } = allocateFunding([share('A', 1), share('B', -1)], 450_005, decimal('0.00001'), btc);
    expect(amounts.map(({ amount }) => formatCash(amount))).toEqual(['-0.00045001', '0.00045001']);
  });

  it('books nothing where nobody holds anything', () => {
    expect(allocateFunding([], 450_000, decimal('0.01'), btc)).toEqual({ amounts: [], charge: 0n, dust: 0n });
  });
});

describe('a forced close', () => {
  it.each([
    ['pro rata where it divides', [share('A', 6), share('B', 3)], 'LONG', 3, { A: 2, B: 1 }, 0],
    [
      'the largest fraction first',
      [share('A', 5), share('B', 3), share('C', 2)],
      'LONG',
      4,
      { A: 2, B: 1, C: 1 },
      0,
    ],
    [
      'ties to the first owner by code point',
      [share('b', 1), share('B', 1), share('a', 1)],
      'LONG',
      2,
      { b: 0, B: 1, a: 1 },
      0,
    ],
    ['only owners on the liquidated side', [share('A', 10), share('B', -6)], 'LONG', 4, { A: 4, B: 0 }, 0],
    ['the short side', [share('A', 10), share('B', -6), share('C', -2)], 'SHORT', 4, { A: 0, B: 3, C: 1 }, 0],
    ['never above a share', [share('A', 2), share('B', 1)], 'LONG', 5, { A: 2, B: 1 }, 2],
    ['nobody on that side', [share('A', 2)], 'SHORT', 5, { A: 0 }, 5],
    ['nothing', [share('A', 2)], 'LONG', 0, { A: 0 }, 0],
  ] as const)('takes %s', (_name, shares, side, quantity, closes, unallocated) => {
    const result = allocateForcedClose(shares, side, quantity);
    expect(Object.fromEntries(result.closes.map((close) => [close.owner, close.quantity]))).toEqual(closes);
    expect(result.unallocated).toBe(unallocated);
  });

  it.each([-1, 0.5, Number.NaN])('refuses a quantity of %p', (quantity) => {
    expect(() => allocateForcedClose([share('A', 2)], 'LONG', quantity)).toThrow(
      /whole number of lots, 0 or more/,
    );
  });
});

describe('a fee in the base currency', () => {
  it.each([
    // quantity, fee, carry in -> owner, dust lots, carry out
    [1000, '0.001', '0', 999, 0, '0'],
    [1000, '0.00075', '0', 999, 0, '0.00025'],
    [1000, '0.00075', '0.0008', 999, 1, '0.00005'],
    [1000, '0', '0', 1000, 0, '0'],
    [1, '0.000001', '0', 0, 0, '0.000999'],
    [1, '0.001', '0.0009', 0, 0, '0.0009'],
    [10, '-0.0025', '0', 12, 0, '0.0005'],
  ])(
    '%p lots less %s with %s carried: owner %p, dust %p, carry %s',
    (quantity, fee, carry, owner, dust, left) => {
      const split = splitBaseFee(quantity, decimal(fee), btc, decimal(carry));
      expect([split.owner, split.dust, text(split.carry)]).toEqual([owner, dust, left]);
    },
  );

  it('counts the contract multiplier', () => {
    const contract = createInstrument({ ...BTC, multiplier: '0.01', lotSize: '1' });
    const split = splitBaseFee(100, decimal('0.015'), contract);
    expect([split.owner, split.dust, text(split.carry)]).toEqual([98, 0, '0.005']);
  });

  it('cannot be larger than the fill', () => {
    expect(() => splitBaseFee(1, decimal('0.0011'), btc)).toThrow(
      'binance-usdm:BTCUSDT: the fee is larger than the fill of 1 lots',
    );
  });
});

describe('the comparison with the exchange', () => {
  it('is equal where shares, EXTERNAL and DUST add up', () => {
    const shares = [share('A', 10), share('B', -6)];
    expect(compareToExchange({ shares, external: -1, dust: 1, reported: 4 })).toEqual({ kind: 'equal' });
  });

  it('is equal on a flat exchange with two open owners that cancel out', () => {
    const shares = [share('A', 10), share('B', -10)];
    expect(compareToExchange({ shares, external: 0, dust: 0, reported: 0 })).toEqual({ kind: 'equal' });
  });

  it.each([
    [7, 3],
    [0, -4],
  ])('is a drift where the exchange reports %p', (reported, difference) => {
    const shares = [share('A', 10), share('B', -6)];
    expect(compareToExchange({ shares, external: 0, dust: 0, reported })).toEqual({
      kind: 'drift',
      owned: 4,
      reported,
      difference,
    });
  });

  it('after A closed whole: the short that is left is all of B', () => {
    expect(compareToExchange({ shares: [share('B', -6)], external: 0, dust: 0, reported: -6 })).toEqual({
      kind: 'equal',
    });
  });
});
