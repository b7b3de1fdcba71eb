import { describe, expect, it } from '@jest/globals';
import { createInstrument, decimal, divCeil, divFloor, divHalfUp } from '@bowline/domain';
import fc from 'fast-check';
import { createBarFills } from './bar-fills.js';
import { draw } from './draw.js';
import { feeOn, feeRate } from './fees.js';
import { slippage, slippedPrice } from './prices.js';

function instrumentOf(tickSize: string, lotSize: string) {
  return createInstrument({
    exchange: 'binance-usdm',
    symbol: 'BTCUSDT',
    kind: 'perpetual',
    base: 'BTC',
    quote: 'USDT',
    settle: 'USDT',
    multiplier: '1',
    inverse: false,
    tickSize,
    lotSize,
    minNotional: '0',
  });
}

const instruments = [
  instrumentOf('0.1', '0.001'),
  instrumentOf('0.00000001', '1'),
  instrumentOf('0.25', '0.00001'),
];
const anInstrument = fc.constantFrom(...instruments);
/** A number of basis points as it stands in a configuration. */
const bps = (min: number, max: number) =>
  fc
    .tuple(fc.integer({ min: min * 1_000, max: max * 1_000 }), fc.constantFrom(1, 10, 1_000))
    .map(([thousandths, divisor]) => decimal((thousandths / divisor).toFixed(3)));
/** Sizes on both sides of what a double counts exactly. */
const size = fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 2 ** 46 }));

describe('the shortcuts in numbers', () => {
  it('give the fee that exact arithmetic gives, rebates included', () => {
    fc.assert(
      fc.property(anInstrument, bps(-100, 1_000), size, size, (instrument, rate, price, quantity) => {
        const value = BigInt(price) * BigInt(quantity);
        const exact = divHalfUp(
          value * instrument.tickLotCash * rate.units,
          10_000n * 10n ** BigInt(rate.scale) * 10n ** 10n,
        );
        expect(feeOn(value, feeRate(instrument, rate))).toBe(exact * 10n ** 10n);
      }),
      { numRuns: 3_000, seed: 20261120 },
    );
  });

  it('slip prices as exact arithmetic does', () => {
    fc.assert(
      fc.property(anInstrument, bps(0, 9_999), size, (instrument, rate, price) => {
        const whole = 10_000n * 10n ** BigInt(rate.scale);
        const slips = slippage(instrument, rate);
        const up = divCeil(BigInt(price) * (whole + rate.units), whole);
        const down = divFloor(BigInt(price) * (whole - rate.units), whole);
        expect(slippedPrice(price, 'BUY', slips)).toBe(Number(up));
        expect(slippedPrice(price, 'SELL', slips)).toBe(Math.max(1, Number(down)));
      }),
      { numRuns: 3_000, seed: 20261120 },
    );
  });

  it('take the share of a quantity that the ratio says as a decimal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), size, (ratio, leaves) => {
        const fills = createBarFills(instruments[0], { ...TERMS, partialFillRatio: ratio / 100_000 });
        const share = Number((BigInt(leaves) * BigInt(ratio)) / 100_000n);
        expect(fills.take(leaves, () => 'any', 0)).toBe(Math.max(1, share));
      }),
      { numRuns: 3_000, seed: 20261120 },
    );
  });
});

const TERMS = {
  feeMakerBps: decimal('0'),
  feeTakerBps: decimal('0'),
  slippageBps: decimal('0'),
  fillProbability: 1,
  partialFillRatio: 1,
  intrabar: 'pessimistic',
  seed: 1,
} as const;

describe('draw', () => {
  const minutes = Array.from({ length: 20_000 }, (_, minute) => 1_700_000_000_000 + minute * 60_000);

  it('is the same for the same arguments, and another for any other', () => {
    const id = '0a1b2ce0000123456789abcdefghijkl';
    const values = [draw(1, id, 0), draw(2, id, 0), draw(1, `${id}m`, 0), draw(1, id, 60_000)];
    expect(draw(1, id, 0)).toBe(values[0]);
    expect(new Set(values).size).toBe(4);
  });

  it('spreads evenly over [0, 1), bar after bar and order after order', () => {
    for (const values of [
      minutes.map((time) => draw(7, 'an-order', time)),
      minutes.map((n) => draw(7, `${n}`, 0)),
    ]) {
      const tenths = new Array<number>(10).fill(0);
      for (const value of values) tenths[Math.floor(value * 10)] += 1;
      // Each tenth expects 2,000 with a deviation of 42: five of them either way.
      expect(tenths.filter((count) => Math.abs(count - 2_000) > 212)).toEqual([]);
      expect(tenths).toHaveLength(10);
    }
  });

  it('one bar says nothing of the next', () => {
    const values = minutes.map((time) => draw(7, 'an-order', time) - 0.5);
    const products = values.slice(1).map((value, i) => value * values[i]);
    const correlation = products.reduce((total, product) => total + product, 0) / products.length / (1 / 12);
    expect(Math.abs(correlation)).toBeLessThan(0.035);
  });
});
