import { describe, expect, it } from '@jest/globals';
import { InputError } from '@bowline/contracts';
import { createInstrument, type Instrument } from '@bowline/domain';
import type { BarColumns } from '@bowline/ports';
import fc from 'fast-check';
import { finestScale, inferredTickSize } from './price-scale.js';
import { roundToTickBars, toTickBars } from './tick-bars.js';

const START = Date.UTC(2021, 3, 20);

function instrument(tickSize: string): Instrument {
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
    lotSize: '0.001',
    minNotional: '0',
  });
}

function bars(...rows: [open: number, high: number, low: number, close: number][]): BarColumns {
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => row[at]);
  return {
    length: rows.length,
    openTime: Float64Array.from(rows, (_, at) => START + at * 60_000),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: new Float64Array(rows.length),
    intervalMs: 60_000,
  };
}

describe('bars in ticks', () => {
  it.each([
    ['0.01', 56738.76, 5673876],
    ['0.1', 56738.7, 567387],
    ['0.5', 10.5, 21],
    ['0.25', 4312.75, 17251],
    ['5', 105, 21],
    ['0.00000001', 0.00001234, 1234],
    ['0.01', 0.1 + 0.2, 30],
    ['0.01', 4.35 * 100, 43500],
    ['0.00000001', 60000.12345678, 6000012345678],
  ])('counts ticks of %s in %d', (tickSize, price, ticks) => {
    const { open, high, low, close } = toTickBars(bars([price, price, price, price]), instrument(tickSize));
    expect([open[0], high[0], low[0], close[0]]).toEqual([ticks, ticks, ticks, ticks]);
  });

  it('gives back any price that is a decimal on the tick', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 47 }), fc.nat(12), (ticks, scale) => {
        const price = Number(`${ticks}e-${scale}`);
        expect(
          toTickBars(bars([price, price, price, price]), instrument(inferredTickSize(scale))).close[0],
        ).toBe(ticks);
      }),
    );
  });

  it('puts ticks where the prices were, for who has no use for these any more', () => {
    const source = bars([1.5, 2.25, 1.25, 2], [2, 3.5, 1.75, 3]);
    const { open, high, low, close } = toTickBars(source, instrument('0.25'), { consume: true });
    expect([open, high, low, close].map((column) => [...column])).toEqual([
      [6, 8],
      [9, 14],
      [5, 7],
      [8, 12],
    ]);
    expect([open, high, low, close]).toEqual([source.open, source.high, source.low, source.close]);
    expect(open).toBe(source.open);
  });

  it('shows the price that is off the tick, also where the ticks take its place', () => {
    const off = bars([1, 2, 1, 2], [2, 3, 1.5, 3], [2, 3, 1, 2.25]);
    expect(() => toTickBars(off, instrument('1'), { consume: true })).toThrow(
      'bar 2 (2021-04-20T00:01:00.000Z): low 1.5 is not a multiple of tickSize 1',
    );
  });

  it('keeps times, length and interval, in shared memory', () => {
    const source = bars([1, 2, 1, 2], [2, 3, 2, 3]);
    const ticks = toTickBars(source, instrument('1'));
    expect(ticks).toMatchObject({ length: 2, intervalMs: 60_000, openTime: source.openTime });
    expect(ticks.high.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('names the first bar, whatever the field, that is off the tick', () => {
    const off = bars([1, 2, 1, 2], [1, 2, 1, 1.255], [1.001, 2, 1, 2]);
    expect(() => toTickBars(off, instrument('0.01'))).toThrow(
      new InputError([
        'binance-usdm:BTCUSDT, bar 2 (2021-04-20T00:01:00.000Z): close 1.255 is not a multiple of tickSize 0.01; set instruments.BTCUSDT.tickSize to that of the data, or use --repair, which rounds to the tick',
      ]),
    );
  });

  it('refuses a tick so fine that a double cannot hold the price', () => {
    expect(() => toTickBars(bars([60_000, 60_000, 60_000, 60_000]), instrument('0.000000000001'))).toThrow(
      'open 60000 has more digits than tickSize 0.000000000001 can hold exactly; set instruments.BTCUSDT.tickSize to a coarser one',
    );
  });

  it('rounds to the tick where that is asked for, so that the bar never shrinks', () => {
    const { bars: ticks, notes } = roundToTickBars(
      bars([1.004, 1.021, 1.009, 1.016], [1, 2, 1, 2]),
      instrument('0.01'),
    );
    expect([ticks.open[0], ticks.high[0], ticks.low[0], ticks.close[0]]).toEqual([100, 103, 100, 102]);
    expect(notes).toEqual([
      'binance-usdm:BTCUSDT: rounded 4 prices to tickSize 0.01 (open and close to the nearest, high up, low down)',
    ]);
  });

  it('says nothing where nothing had to be rounded', () => {
    const source = bars([1, 2, 1, 2]);
    expect(roundToTickBars(source, instrument('0.01'))).toEqual({
      bars: toTickBars(source, instrument('0.01')),
      notes: [],
    });
  });

  it('does not round a price away to nothing', () => {
    expect(() => roundToTickBars(bars([0.3, 0.9, 0.2, 0.6]), instrument('1'))).toThrow(
      'low 0.2 is below one tick of 1; set instruments.BTCUSDT.tickSize to a finer one',
    );
  });
});

describe('decimal places of prices', () => {
  it.each([
    [[1, 20, 300], 0],
    [[1.5], 1],
    [[56738.76, 56840.3], 2],
    [[0.00001234], 8],
    [[0.1 + 0.2], 1],
    [[1e-12], 12],
    [[1 / 3], 12],
  ])('of %j are %d', (prices, scale) => {
    expect(finestScale(prices, 0)).toBe(scale);
  });

  it.each([
    [0, '1'],
    [1, '0.1'],
    [2, '0.01'],
    [12, '0.000000000001'],
  ])('%d stand for a tick of %s', (scale, tickSize) => {
    expect(inferredTickSize(scale)).toBe(tickSize);
  });
});
