import { describe, expect, it } from '@jest/globals';
import type { TickBars, TickColumns } from '@bowline/ports';
import { barsOf, BTC, ETH, play, ticksOf, updatesOf } from './market.spec-support.js';
import { replayBars, replayTicks } from './replay.js';

const MINUTE = 60_000;

function bars(
  rows: readonly (readonly [minute: number, open: number, high: number, low: number, close: number])[],
): TickBars {
  const column = (at: number): Float64Array => Float64Array.from(rows.map((row) => row[at]));
  return {
    length: rows.length,
    openTime: column(0).map((minute) => minute * MINUTE),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    intervalMs: MINUTE,
  };
}

function ticks(
  rows: readonly (readonly [time: number, price: number, quantity: number])[],
  withQuantity = true,
): TickColumns {
  const column = (at: number): Float64Array => Float64Array.from(rows.map((row) => row[at]));
  return {
    length: rows.length,
    time: column(0),
    price: column(1),
    quantity: withQuantity ? column(2) : null,
  };
}

describe('candles that are played', () => {
  it.each([
    ['the low is nearer', [0, 100, 120, 95, 110], [100, 95, 120, 110]],
    ['the high is nearer', [0, 100, 104, 80, 90], [100, 104, 80, 90]],
    ['both are as near', [0, 100, 110, 90, 105], [100, 90, 110, 105]],
    ['the open is the low', [0, 100, 110, 100, 105], [100, 100, 110, 105]],
  ] as const)('go to the nearer end first: %s', (_what, row, prices) => {
    const happened = play((sink) => replayBars({ series: [{ instrument: BTC, bars: bars([row]) }], sink }));
    expect(updatesOf(happened).map(({ at, last }) => [at, last])).toEqual([
      [0, prices[0]],
      [20_000, prices[1]],
      [40_000, prices[2]],
      [59_999, prices[3]],
    ]);
  });

  it('come out as they went in, each at its end, gaps and all', () => {
    const given = bars([
      [0, 100, 120, 95, 110],
      [1, 110, 115, 108, 109],
      [5, 90, 99, 85, 95],
    ]);
    const happened = play((sink) => replayBars({ series: [{ instrument: BTC, bars: given }], sink }));
    expect(barsOf(happened)).toEqual(
      [0, 1, 2].map((at) => ({
        exchange: 'sim',
        symbol: 'BTCUSDT',
        openTime: given.openTime[at],
        intervalMs: MINUTE,
        open: given.open[at],
        high: given.high[at],
        low: given.low[at],
        close: given.close[at],
      })),
    );
    const closedAt = happened.flatMap((each) => (each.what === 'bar' ? [each.at] : []));
    expect(closedAt).toEqual([MINUTE, 2 * MINUTE, 6 * MINUTE]);
  });

  it("of several symbols are played side by side, in the symbols' order", () => {
    const series = [
      { instrument: ETH, bars: bars([[0, 10, 11, 9, 10]]) },
      { instrument: BTC, bars: bars([[0, 100, 110, 90, 105]]) },
    ];
    const happened = play((sink) => replayBars({ series, sink }));
    expect(updatesOf(happened).map(({ symbol }) => symbol)).toEqual(
      Array.from({ length: 4 }, () => ['BTCUSDT', 'ETHUSDT']).flat(),
    );
    expect(barsOf(happened).map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT']);
  });

  it('are nothing where there are none', () => {
    expect(play((sink) => replayBars({ series: [{ instrument: BTC, bars: bars([]) }], sink }))).toEqual([]);
  });
});

describe('trades that are played', () => {
  const rows = [
    [500, 100, 7],
    [500, 101, 2],
    [1_500, 99, 1],
    [61_000, 105, 3],
  ] as const;

  it('come with their own quantities, in their order', () => {
    const series = [{ instrument: BTC, ticks: ticks(rows) }];
    const happened = play((sink) => replayTicks({ series, sink }));
    expect(ticksOf(happened).map(({ price, quantity }) => [price, quantity])).toEqual(
      rows.map(([, price, quantity]) => [price, quantity]),
    );
    expect(updatesOf(happened).map(({ at }) => at)).toEqual(rows.map(([time]) => time));
  });

  it('fill anybody where their quantity is not known', () => {
    const series = [{ instrument: BTC, ticks: ticks(rows, false) }];
    const happened = play((sink) => replayTicks({ series, sink }));
    for (const { asks, quantity } of ticksOf(happened)) expect(quantity).toBeGreaterThan(asks[0][1] * 100);
  });

  it('make candles', () => {
    const series = [{ instrument: BTC, ticks: ticks(rows) }];
    const happened = play((sink) => replayTicks({ series, sink }));
    expect(barsOf(happened)).toMatchObject([
      { openTime: 0, open: 100, high: 101, low: 99, close: 99 },
      { openTime: MINUTE, open: 105, high: 105, low: 105, close: 105 },
    ]);
    expect(happened.at(-1)).toMatchObject({ what: 'bar', at: 2 * MINUTE });
  });

  it('show quotes as wide and as deep as they are asked to', () => {
    const series = [{ instrument: BTC, ticks: ticks([[0, 600_000, 1]]) }];
    const open = { series, halfSpreadBps: 2, depth: 600_000 };
    const [tick] = ticksOf(play((sink) => replayTicks({ ...open, sink })));
    // 60,000 a coin in lots of a thousandth: 10 coins.
    expect(tick).toMatchObject({
      bids: [[599_880, 10_000], [599_760, 20_000], expect.anything(), expect.anything()],
    });
  });

  it('show no bids below the last tick', () => {
    const series = [{ instrument: BTC, ticks: ticks([[0, 2, 1]]) }];
    const happened = play((sink) => replayTicks({ series, sink }));
    expect(ticksOf(happened)[0].bids.map(([price]) => price)).toEqual([1]);
  });
});
