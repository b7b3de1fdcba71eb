import { describe, expect, it } from '@jest/globals';
import { flat, flats, runBars, type ParamsSpec, type SignalTuple } from '@bowline/testkit';

describe('a signal that leads nowhere is counted by its reason', () => {
  const limit = { orderType: 'limit', limitOffsetBps: 100 } as const;

  it.each<[string, ParamsSpec, SignalTuple[], Record<string, number>]>([
    ['a 0 with nothing to close', {}, [[0, 'a', 0]], { ALREADY_FLAT: 1 }],
    ['a -1 in longOnly likewise', { mode: 'longOnly' }, [[0, 'a', -1]], { ALREADY_FLAT: 1 }],
    [
      'a repeated 1',
      {},
      [
        [0, 'a', 1],
        [1, 'a', 1],
      ],
      { UNCHANGED: 1 },
    ],
    [
      'a repeated -1',
      {},
      [
        [0, 'a', -1],
        [1, 'a', -1],
      ],
      { UNCHANGED: 1 },
    ],
    [
      'a 1 while an entry rests',
      limit,
      [
        [0, 'a', 1],
        [1, 'a', 1],
      ],
      { UNCHANGED: 1 },
    ],
    ['before the data', {}, [[-1, 'a', 1]], { OUTSIDE_DATA: 1 }],
    ['after the data', {}, [[4.1, 'a', 1]], { OUTSIDE_DATA: 1 }],
    ['after the last open', {}, [[3.5, 'a', 1]], { NO_BAR: 1 }],
    ['before the first close', { entryPoint: 'close' }, [[0.5, 'a', 1]], { NO_BAR: 1 }],
    [
      'contradicted at the same moment',
      {},
      [
        [1, 'a', 1],
        [1, 'a', -1],
      ],
      { SUPERSEDED: 1 },
    ],
    ['of a symbol without bars', {}, [[1, 'a', 1, { symbol: 'XRPUSDT' }]], { NO_BARS: 1 }],
    [
      'several reasons, by name',
      {},
      [
        [9, 'a', 1],
        [0, 'a', 0],
        [0, 'b', 0],
      ],
      { ALREADY_FLAT: 2, OUTSIDE_DATA: 1 },
    ],
    [
      'none of those that act',
      {},
      [
        [0, 'a', 1],
        [1, 'a', -1],
        [2, 'a', 0],
      ],
      {},
    ],
  ])('%s', (_, params, signals, ignored) => {
    const run = runBars({ bars: flats(4, 100), params, signals });
    expect(run.ignored).toEqual(ignored);
    expect(Object.keys(run.ignored)).toEqual(Object.keys(ignored).sort());
  });

  it('once for each channel that it reaches', () => {
    const { ignored } = runBars({
      bars: { 'okx:BTCUSDT': flats(2, 100), 'binance-usdm:BTCUSDT': flats(2, 100) },
      clients: { odum: { accounts: { okx: {}, 'binance-usdm': {} } }, ikenna: {} },
      signals: [[0, 'a', 0]],
    });
    expect(ignored).toEqual({ ALREADY_FLAT: 3 });
  });

  it('in the channel whose bars it misses: symbols need not cover the same span', () => {
    const { ignored, open } = runBars({
      bars: { BTCUSDT: flats(2, 100), ETHUSDT: { rows: flats(2, 50), from: 10 } },
      signals: [
        [1, 'a', 1],
        [1, 'a', 1, { symbol: 'ETHUSDT' }],
        [10, 'a', 1, { symbol: 'ETHUSDT' }],
      ],
    });
    expect([ignored, open.map(({ entry }) => entry)]).toEqual([
      { OUTSIDE_DATA: 1 },
      ['100 at 1', '50 at 10'],
    ]);
  });

  it('a denial is not ignored: it stands in the list of denials, and its signal is used up', () => {
    const { denials, ignored, open } = runBars({
      bars: [flat(100), flat(100), flat(100)],
      params: { maxPositionSize: 1 },
      signals: [
        [0, 'a', 1, { quantity: 5 }],
        [1, 'a', 0],
        [2, 'a', 1],
      ],
    });
    expect([denials, ignored]).toEqual([['a MAX_POSITION_SIZE at 0'], { ALREADY_FLAT: 1 }]);
    expect(open).toMatchObject([{ entry: '100 at 2' }]);
  });
});
