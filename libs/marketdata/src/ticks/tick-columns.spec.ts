import { describe, expect, it } from '@jest/globals';
import { createInstrument } from '@bowline/domain';
import type { TradeColumns } from '@bowline/ports';
import { barsOfTicks, toTickColumns } from './tick-columns.js';

const MINUTE = 60_000;

const BTC = createInstrument({
  exchange: 'sim',
  symbol: 'BTCUSDT',
  kind: 'perpetual',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  multiplier: '1',
  inverse: false,
  tickSize: '0.1',
  lotSize: '0.001',
  minNotional: '0',
});

function trades(rows: readonly (readonly [time: number, price: number, quantity: number])[]): TradeColumns {
  const column = (at: number): Float64Array => Float64Array.from(rows.map((row) => row[at]));
  return { length: rows.length, time: column(0), price: column(1), quantity: column(2) };
}

describe('trades in ticks and lots', () => {
  it('have exact prices, and quantities down to the lot', () => {
    const given = trades([
      [0, 61_800.3, 0.3],
      [1, 0.1 + 0.2, 0.0019],
      [2, 1, 0.0004],
    ]);
    const { price, quantity } = toTickColumns(given, BTC);
    expect([...price]).toEqual([618_003, 3, 10]);
    expect([...(quantity ?? [])]).toEqual([300, 1, 1]);
  });

  it('have no quantities where none are known', () => {
    expect(toTickColumns({ ...trades([[0, 1, 1]]), quantity: null }, BTC).quantity).toBeNull();
  });

  it('are refused where a price lies between two ticks', () => {
    const given = trades([
      [0, 1, 1],
      [1_000, 1.05, 1],
    ]);
    expect(() => toTickColumns(given, BTC)).toThrow(
      'sim:BTCUSDT, trade 2 (1970-01-01T00:00:01.000Z): price 1.05 is not a multiple of tickSize 0.1; set instruments.BTCUSDT.tickSize to that of the data',
    );
  });
});

describe('candles of trades', () => {
  it('are there where trades are', () => {
    const ticks = toTickColumns(
      trades([
        [MINUTE + 1, 10, 1],
        [MINUTE + 2, 12, 1],
        [2 * MINUTE - 1, 9, 1],
        [2 * MINUTE, 11, 1],
        [5 * MINUTE, 13, 1],
        [5 * MINUTE, 14, 1],
      ]),
      BTC,
    );
    const { close, high, intervalMs, length, low, open, openTime } = barsOfTicks(ticks, MINUTE);
    expect([length, intervalMs]).toEqual([3, MINUTE]);
    const bars = Array.from(openTime, (time, at) => [time, open[at], high[at], low[at], close[at]]);
    expect(bars).toEqual([
      [MINUTE, 100, 120, 90, 90],
      [2 * MINUTE, 110, 110, 110, 110],
      [5 * MINUTE, 130, 140, 130, 140],
    ]);
  });
});
