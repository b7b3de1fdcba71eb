import { describe, expect, it } from '@jest/globals';
import { flat, flats, runBars, type BarRow, type SignalTuple } from '@bowline/testkit';

/** Opens and closes: each bar stands still at the price. */
const stairs = (...prices: number[]): BarRow[] => prices.map(flat);

describe('all closes of a moment come before its entries', () => {
  it('an entry is sized on what a later channel has realized at the same open', () => {
    // Z closes 10 x (110 - 100) = 100; a takes half of 10,100 at 101.
    const { open, trades } = runBars({
      bars: { ETHUSDT: stairs(100, 110), BTCUSDT: stairs(100, 101) },
      strategies: { a: { percentOfBalance: 50 }, z: { fixedQuantity: 10 } },
      signals: [
        [0, 'z', 1, { symbol: 'ETHUSDT' }],
        [1, 'a', 1],
        [1, 'z', 0, { symbol: 'ETHUSDT' }],
      ],
    });
    expect(trades).toMatchObject([{ strategyId: 'z', realizedPnl: '100' }]);
    expect(open).toMatchObject([{ position: 'a-1', quantity: '50' }]);
  });

  it('an entry has the leverage that a later strategy gives back at the same close', () => {
    const { denials, open } = runBars({
      bars: flats(3, 100),
      strategies: { a: { entryPoint: 'close' }, z: { entryPoint: 'close' } },
      params: { fixedQuantity: 90 },
      limits: { maxLeverage: 1 },
      signals: [
        [1, 'z', 1],
        [2, 'a', 1],
        [2, 'z', 0],
      ],
    });
    expect([denials, open.map(({ position }) => position)]).toEqual([[], ['a-1']]);
  });

  it('a reversal gives back its leverage before anybody enters', () => {
    const { denials, open } = runBars({
      bars: flats(2, 100),
      params: { fixedQuantity: 60 },
      limits: { maxLeverage: '1.2' },
      signals: [
        [0, 'z', 1],
        [1, 'z', -1],
        [1, 'a', 1],
      ],
    });
    expect([denials, open.map(({ position }) => position)]).toEqual([[], ['a-1', 'z-2']]);
  });
});

describe('within a phase channels follow the code points of (client, exchange, symbol, strategyId)', () => {
  // Room for one entry: the first channel takes it.
  const one = { params: { fixedQuantity: 60 }, limits: { maxGrossExposure: 10_000 } };

  it.each([
    ['capitals before small letters', 'Zeta', 'alpha'],
    ['digits before letters', 's-10', 's-9'],
    ['a prefix first', 'trend', 'trend-2'],
    ['by code point, not by UTF-16 unit', 'x\uff5e', 'x\u{1f600}'],
  ])('strategies: %s', (_, first, second) => {
    const { denials, open } = runBars({
      ...one,
      bars: flats(2, 100),
      signals: [
        [0, second, 1],
        [0, first, 1],
      ],
    });
    expect(open).toMatchObject([{ position: `${first}-1` }]);
    expect(denials).toEqual([`${second} MAX_GROSS_EXPOSURE at 0`]);
  });

  it.each([
    ['the exchange before the symbol', 'binance-usdm:ETHUSDT', 'okx:BTCUSDT', 'z', 'a'],
    ['the symbol before the strategy', 'okx:BTCUSDT', 'okx:ETHUSDT', 'z', 'a'],
  ])('%s', (_, first, second, firstId, secondId) => {
    const symbolOf = (market: string) => market.slice(market.indexOf(':') + 1);
    const { open, result } = runBars({
      bars: { [second]: flats(2, 100), [first]: flats(2, 100) },
      clients: { odum: { ...one, accounts: { okx: {}, 'binance-usdm': {} } } },
      signals: [
        [0, secondId, 1, { symbol: symbolOf(second) }],
        [0, firstId, 1, { symbol: symbolOf(first) }],
      ],
    });
    expect(open).toMatchObject([{ position: `${firstId}-1` }]);
    expect(result.channels.map(({ exchange, symbol }) => `${exchange}:${symbol}`)).toEqual([first, second]);
  });

  it('clients are listed by code point and know nothing of each other', () => {
    const { result, trades } = runBars({
      bars: flats(2, 100),
      clients: { odum: one, Odum: one, christian: one },
      signals: [
        [0, 'a', 1],
        [1, 'a', 0],
      ],
    });
    expect(trades.map(({ channel }) => channel.split('.')[0])).toEqual(['Odum', 'christian', 'odum']);
    expect(result.denials).toEqual([]);
  });
});

describe('a bar goes through its phases in order', () => {
  it('(0) a time exit comes before signals: a 1 at that open re-enters', () => {
    const { open, trades } = runBars({
      bars: stairs(100, 101, 102),
      params: { timeExitMinutes: 2 },
      signals: [
        [0, 'a', 1],
        [2, 'a', 1],
      ],
    });
    expect(trades).toMatchObject([{ position: 'a-1', exit: '102 at 2', reason: 'time_exit' }]);
    expect(open).toMatchObject([{ position: 'a-2', entry: '102 at 2' }]);
  });

  it('(0) funding comes before signals: who closes at that open still pays, who enters does not', () => {
    const { open, result, trades } = runBars({
      bars: flats(2, 100),
      signals: [
        [0, 'a', 1],
        [1, 'a', 0],
        [1, 'b', 1],
      ],
      funding: { BTCUSDT: [[1, '0.01']] },
    });
    expect(trades).toMatchObject([{ strategyId: 'a', funding: '-1', netPnl: '-1' }]);
    expect([open[0].position, result.openPositions[0].funding]).toEqual(['b-1', 0n]);
  });

  it.each([
    ['stop-loss', [90, 100, 90, 100], '90 at 1'],
    ['take-profit', [110, 110, 100, 100], '110 at 1'],
  ] as const)('(a) a close at the open comes before the %s that the open has passed', (_, bar, exit) => {
    const { trades } = runBars({
      bars: [flat(100), bar],
      params: { takeProfitPct: 5, stopLossPct: 5 },
      signals: [
        [0, 'a', 1],
        [1, 'a', 0],
      ],
    });
    expect(trades).toMatchObject([{ exit, reason: 'signal' }]);
  });

  it('(b) before (c): a resting entry of a later strategy fills before a leg of an earlier one', () => {
    const { fills } = runBars({
      bars: [flat(100), [100, 102, 99, 100]],
      strategies: { a: { takeProfitPct: 2 }, z: { orderType: 'limit', limitOffsetBps: 100 } },
      signals: [
        [0, 'a', 1],
        [0, 'z', 1],
      ],
    });
    expect(fills).toEqual([
      '0: a-1.e BUY 1 @ 100 taker',
      '1: z-1.e BUY 1 @ 99 maker',
      '1: a-1.t SELL 1 @ 102 maker',
    ]);
  });

  it('(c) before (d): a leg that the bar has reached comes before the signal at its close', () => {
    const { ignored, trades } = runBars({
      bars: [flat(100), [100, 102, 100, 101]],
      params: { takeProfitPct: 2, entryPoint: 'close' },
      signals: [
        [1, 'a', 1],
        [2, 'a', 0],
      ],
    });
    expect(trades).toMatchObject([{ exit: '102 at 1', reason: 'take_profit' }]);
    expect(ignored).toEqual({ ALREADY_FLAT: 1 });
  });
});

describe('bars of two intervals in one run', () => {
  const bars = { BTCUSDT: { rows: flats(8, 100) }, ETHUSDT: { rows: stairs(100, 120), every: 5 } };

  it('what closes at a time comes before what opens at it', () => {
    // The long of ETHUSDT closes at minute 10, at 120: 100 more for the entry that opens at minute 10.
    const { open } = runBars({
      bars: { ...bars, BTCUSDT: { rows: flats(12, 100) } },
      strategies: { a: { percentOfBalance: 50 }, z: { entryPoint: 'close', fixedQuantity: 5 } },
      signals: [
        [5, 'z', 1, { symbol: 'ETHUSDT' }],
        [10, 'z', 0, { symbol: 'ETHUSDT' }],
        [10, 'a', 1],
      ],
    });
    expect(open).toMatchObject([{ position: 'a-1', quantity: '50.5', entry: '100 at 10' }]);
  });

  it('what opens at a time comes after what closes at it', () => {
    // At minute 5 the long of ETHUSDT closes at the open of 120; an entry at the close of minute 5 does not know it.
    const { open } = runBars({
      bars,
      strategies: { a: { percentOfBalance: 50, entryPoint: 'close' }, z: { fixedQuantity: 5 } },
      signals: [
        [0, 'z', 1, { symbol: 'ETHUSDT' }],
        [5, 'z', 0, { symbol: 'ETHUSDT' }],
        [5, 'a', 1],
      ],
    });
    expect(open).toMatchObject([{ position: 'a-1', quantity: '50', entry: '100 at 5' }]);
  });

  it('each leg waits for the bars of its own market', () => {
    const { trades } = runBars({
      bars: { ...bars, ETHUSDT: { rows: [flat(100), [100, 102, 100, 100]], every: 5 } },
      params: { takeProfitPct: 2 },
      signals: [
        [0, 'a', 1],
        [0, 'a', 1, { symbol: 'ETHUSDT' }],
      ],
    });
    expect(trades).toMatchObject([{ channel: 'odum.binance-usdm.ETHUSDT', exit: '102 at 5' }]);
  });
});

describe('several signals of one strategy at one moment', () => {
  it.each<
    [before: 1 | 0, now: (1 | 0 | -1)[], trades: string[], open: string[], ignored: Record<string, number>]
  >([
    [0, [1, 1], [], ['a-1 LONG'], { UNCHANGED: 1 }],
    [0, [1, 0], [], [], { SUPERSEDED: 1, ALREADY_FLAT: 1 }],
    [0, [-1, 1], [], ['a-1 LONG'], { SUPERSEDED: 1 }],
    [0, [1, -1, 0, -1], [], ['a-1 SHORT'], { SUPERSEDED: 3 }],
    [1, [0, 1], ['a-1 signal'], ['a-2 LONG'], {}],
    [1, [-1, 1], ['a-1 reversal'], ['a-2 LONG'], {}],
    [1, [1, -1], ['a-1 reversal'], ['a-2 SHORT'], { SUPERSEDED: 1 }],
    [1, [-1, 0], ['a-1 reversal'], [], { ALREADY_FLAT: 1 }],
    [1, [0, -1, -1], ['a-1 signal'], ['a-2 SHORT'], { UNCHANGED: 1 }],
    [1, [1, 1], [], ['a-1 LONG'], { UNCHANGED: 2 }],
  ])(
    'holding %p, told %p: the last that agree enter, those before them have at most closed',
    (before, now, closed, held, ignored) => {
      const first: SignalTuple[] = before === 0 ? [] : [[0, 'a', before]];
      const run = runBars({
        bars: flats(3, 100),
        signals: [...first, ...now.map((signal): SignalTuple => [1, 'a', signal])],
      });
      expect(run.trades.map(({ position, reason }) => `${position} ${reason}`)).toEqual(closed);
      expect(run.open.map(({ position, side }) => `${position} ${side}`)).toEqual(held);
      expect(run.ignored).toEqual(ignored);
    },
  );
});
