import { describe, expect, it } from '@jest/globals';
import { draw } from '@bowline/exchange-simulator';
import {
  atMinute,
  flat,
  flats,
  runBars,
  type BarRow,
  type ParamsSpec,
  type Scenario,
} from '@bowline/testkit';

const limit = { orderType: 'limit', limitOffsetBps: 100, fixedQuantity: 4 } as const satisfies ParamsSpec;
type Intrabar = 'pessimistic' | 'optimistic' | 'path';

const half = { partialFillRatio: 0.5 } as const;
/** Touches a buy limit at 99, and no leg of 5 %. */
const touch: BarRow = [100, 100, 99, 100];

/** Lots of each fill of the order. */
function filled(scenario: Scenario, order: string): number[] {
  const pattern = new RegExp(`: ${order} \\w+ (\\S+) @`);
  return runBars(scenario).fills.flatMap((fill) => {
    const match = pattern.exec(fill);
    return match ? [Math.round(Number(match[1]) * 1_000)] : [];
  });
}

describe('partialFillRatio', () => {
  it.each([
    [0.5, 16, [8, 4, 2, 1, 1]],
    [0.3, 10, [3, 2, 1, 1, 1, 1, 1]],
    [0.57, 100, [57, 24, 10, 5, 2, 1, 1]],
    [0.01, 5, [1, 1, 1, 1, 1]],
    [1, 7, [7]],
  ])(
    '%p of %p lots: that share of the open quantity in each bar that touches, down to the lot, at least one',
    (partialFillRatio, lots, expected) => {
      const params = { ...limit, fixedQuantity: lots / 1_000 };
      const scenario = {
        bars: Array.from({ length: 9 }, () => touch),
        params,
        execution: { partialFillRatio },
        signals: [[0, 'a', 1]] as const,
      };
      expect(filled(scenario, 'a-1.e')).toEqual(expected);
    },
  );

  it('is that of bars that touch: the others fill nothing', () => {
    const { fills } = runBars({
      bars: [touch, flat(100), touch, touch],
      params: limit,
      execution: half,
      signals: [[0, 'a', 1]],
    });
    expect(fills).toEqual([
      '0: a-1.e BUY 2 @ 99 maker',
      '2: a-1.e BUY 1 @ 99 maker',
      '3: a-1.e BUY 0.5 @ 99 maker',
    ]);
  });

  it.each<[string, ParamsSpec]>([
    ['market', {}],
    ['marketable limit', { orderType: 'limit' }],
    ['marketable FOK', { orderType: 'limit', timeInForce: 'FOK' }],
  ])('does not concern a %s entry, a stop, or an exit', (_, params) => {
    const bars = [flat(100), [100, 100, 95, 100], flat(100), flat(100)] as const;
    const { fills } = runBars({
      bars,
      params: { ...params, stopLossPct: 5 },
      execution: half,
      signals: [
        [0, 'a', 1],
        [2, 'a', 1],
        [3, 'a', 0],
      ],
    });
    expect(fills.map((fill) => fill.split(' ').slice(1, 4).join(' '))).toEqual([
      'a-1.e BUY 1',
      'a-1.s SELL 1',
      'a-2.e BUY 1',
      'a-2.x SELL 1',
    ]);
  });
});

describe('a take-profit that fills in parts', () => {
  const params = { fixedQuantity: 4, takeProfitPct: 5, stopLossPct: 5 };
  const run = (bars: readonly BarRow[], more: Partial<Scenario> = {}) =>
    runBars({ bars: [flat(100), ...bars], params, execution: half, signals: [[0, 'a', 1]], ...more });

  it('leaves the rest open, and the stop shrinks with it', () => {
    const { open, orders } = run([[100, 105, 100, 100]]);
    expect(open).toMatchObject([{ quantity: '2', entry: '100 at 0', realizedPnl: '10' }]);
    expect(
      orders.map(({ filled: f, order, quantity, status }) => `${order} ${f}/${quantity} ${status}`),
    ).toEqual(['a-1.e0 4/4 filled', 'a-1.s1 0/4 canceled', 'a-1.t2 2/4 partially_filled', 'a-1.s3 0/2 new']);
  });

  it('is one trade, at the average of its exits, for the reason of the last', () => {
    // 2 x 105 and 1 x 106, then the last lot at the stop: 411 / 4.
    const { trades } = run([
      [100, 105, 100, 100],
      [106, 106, 100, 100],
      [95, 95, 95, 95],
    ]);
    expect(trades).toMatchObject([
      { quantity: '4', entry: '100 at 0', exit: '102.75 at 3', reason: 'stop_loss', realizedPnl: '11' },
    ]);
  });

  it.each<[string, BarRow, Intrabar, string]>([
    ['both reached, the profit first', [101, 105, 95, 100], 'path', '100 at 1'],
    ['both reached, optimistic', [99, 105, 95, 100], 'optimistic', '100 at 1'],
    ['the open beyond the profit', [107, 107, 95, 100], 'pessimistic', '101 at 1'],
    ['both reached, the stop first', [99, 105, 95, 100], 'path', '95 at 1'],
  ])(
    'what it leaves is stopped by the same bar where that reaches the stop: %s',
    (_, bar, intrabar, exit) => {
      const { trades } = run([bar], { execution: { ...half, intrabar } });
      expect(trades).toMatchObject([{ quantity: '4', exit, reason: 'stop_loss' }]);
    },
  );

  it('counts the bar that filled a part for the best price, and for a stop that follows it', () => {
    // After bar 1 the best price is 108, so the stop is at 108 x 0.95 = 102.6.
    const { open, trades } = run(
      [
        [100, 108, 100, 104],
        [103, 104, 102, 104],
      ],
      {
        params: { fixedQuantity: 4, takeProfitPct: 5, trailingStopPct: 5 },
      },
    );
    expect(open).toEqual([]);
    expect(trades).toMatchObject([{ exit: '103.8 at 2', reason: 'stop_loss', best: '108' }]);
  });

  it('is closed with its rest by a signal', () => {
    const { trades } = run([[100, 105, 100, 100], flat(103)], {
      signals: [
        [0, 'a', 1],
        [2, 'a', 0],
      ],
    });
    expect(trades).toMatchObject([{ exit: '104 at 2', reason: 'signal', realizedPnl: '16' }]);
  });
});

describe('an entry that fills in parts', () => {
  const params = { ...limit, takeProfitPct: 5 };

  it('is protected part by part, from the bar after the first, at its average', () => {
    // 2 x 99, then 1 x 97 at the open: average 98.333..., take-profit 103.25 up to 103.3.
    const bars: BarRow[] = [
      touch,
      flat(100),
      [97, 98, 97, 98],
      [100, 103.3, 100, 100],
      flat(100),
      [100, 104, 100, 100],
    ];
    const { fills } = runBars({ bars, params, execution: half, signals: [[0, 'a', 1]] });
    expect(fills).toEqual([
      '0: a-1.e BUY 2 @ 99 maker',
      '2: a-1.e BUY 1 @ 97 maker',
      '3: a-1.t SELL 1.5 @ 103.3 maker',
      '5: a-1.t SELL 0.75 @ 103.3 maker',
    ]);
  });

  it('its pair is live in the bar of a later part, over all that is open then', () => {
    // Bar 1 fills another unit at 99 and touches the stop at 94 (94.05 down).
    const bars: BarRow[] = [touch, [100, 100, 94, 100]];
    const { open, trades } = runBars({
      bars,
      params: { ...limit, stopLossPct: 5 },
      execution: half,
      signals: [[0, 'a', 1]],
    });
    expect(trades).toMatchObject([{ quantity: '3', exit: '94 at 1', reason: 'stop_loss' }]);
    expect(open).toEqual([]);
  });

  it('ends with the position: a leg that closes what there is cancels the rest', () => {
    // 4 x 99 and 2 x 95: the stop is at 92.7.
    const bars: BarRow[] = [touch, [95, 95, 92, 94], touch];
    const stopped = { ...limit, stopLossPct: 5, fixedQuantity: 8 };
    const { orders, trades } = runBars({ bars, params: stopped, execution: half, signals: [[0, 'a', 1]] });
    expect(trades).toMatchObject([{ quantity: '6', reason: 'stop_loss' }]);
    expect(orders[0]).toMatchObject({ order: 'a-1.e0', filled: '6', status: 'canceled' });
  });

  it.each([
    [0, 'signal'],
    [-1, 'reversal'],
  ] as const)('%p closes what has filled and cancels the rest', (signal, reason) => {
    const bars: BarRow[] = [touch, flat(100), touch];
    const { orders, trades } = runBars({
      bars,
      params: limit,
      execution: half,
      signals: [
        [0, 'a', 1],
        [1, 'a', signal],
      ],
    });
    expect(trades).toMatchObject([{ quantity: '2', entry: '99 at 0', exit: '100 at 1', reason }]);
    expect(orders[0]).toMatchObject({ filled: '2', status: 'canceled' });
  });

  it('is marked at the last close with what has filled', () => {
    const { open } = runBars({
      bars: [touch, flat(101)],
      params: limit,
      execution: half,
      signals: [[0, 'a', 1]],
    });
    expect(open).toMatchObject([{ quantity: '2', entry: '99 at 0', mark: '101', unrealizedPnl: '4' }]);
  });
});

describe('fillProbability', () => {
  const execution = { fillProbability: 0.5, partialFillRatio: 0.5, seed: 7 };
  const bars = Array.from({ length: 12 }, () => touch);
  const scenario: Scenario = {
    bars,
    params: { ...limit, fixedQuantity: 0.016 },
    execution,
    signals: [[0, 'a', 1]],
  };

  it('draws for each bar that touches, by seed, order and bar', () => {
    const id = 'odum|binance-usdm|BTCUSDT|a-1|e';
    const lucky = bars.flatMap((_, minute) => (draw(7, id, atMinute(minute)) < 0.5 ? [minute] : []));
    expect(lucky.length).toBeGreaterThan(2);
    const minutes = runBars(scenario).fills.map((fill) => Number(fill.split(':')[0]));
    expect(minutes).toEqual(lucky.slice(0, 5));
  });

  it('draws the same when others trade beside it', () => {
    const alone = runBars(scenario);
    const crowded = runBars({
      ...scenario,
      clients: { odum: scenario, christian: scenario, zoe: scenario },
      signals: [
        [0, 'a', 1],
        [0, 'A', 1],
        [0, 'b', -1],
        [3, 'b', 1],
        [5, 'A', 0],
      ],
    });
    const odum = crowded.result.channels.findIndex(({ clientId }) => clientId === 'odum');
    const own = crowded.result.fills.filter(
      ({ channel, strategyId }) => channel === odum && strategyId === 'a',
    );
    const facts = (fills: typeof own) => fills.map(({ lastPx, lastQty, time }) => [time, lastQty, lastPx]);
    expect(facts(own)).toEqual(facts(alone.result.fills as typeof own));
    expect(own.length).toBeGreaterThan(2);
  });

  it('0 never fills a resting order, and still fills what trades on arrival, and stops', () => {
    const never = { fillProbability: 0 };
    expect(runBars({ ...scenario, execution: never }).fills).toEqual([]);
    const { trades } = runBars({
      bars: [flat(100), [100, 110, 90, 100]],
      params: { takeProfitPct: 5, stopLossPct: 5 },
      execution: { ...never, intrabar: 'optimistic' },
      signals: [[0, 'a', 1]],
    });
    expect(trades).toMatchObject([{ exit: '95 at 1', reason: 'stop_loss' }]);
  });

  it('another seed fills in other bars', () => {
    const fills = (seed: number) => runBars({ ...scenario, execution: { ...execution, seed } }).fills.join();
    expect(new Set([1, 2, 3, 4, 5].map(fills)).size).toBeGreaterThan(2);
  });
});

describe('times and the end of the data', () => {
  it('a fill has the time of its bar’s open in phases a, b and c, and of its close in d', () => {
    const { fills } = runBars({
      bars: { rows: [flat(100), [100, 100, 99, 100], [100, 105, 100, 100]], every: 5 },
      strategies: {
        a: {},
        b: { orderType: 'limit', limitOffsetBps: 100 },
        c: { takeProfitPct: 5 },
        d: { entryPoint: 'close' },
      },
      signals: [
        [0, 'a', 1],
        [0, 'b', 1],
        [0, 'c', 1],
        [10, 'd', 1],
      ],
    });
    expect(fills.map((fill) => fill.split(' ').slice(0, 2).join(' '))).toEqual([
      '0: a-1.e',
      '0: c-1.e',
      '5: b-1.e',
      '10: d-1.e',
      '10: c-1.t',
    ]);
  });

  it('what is open is marked at the last close and listed, with its legs', () => {
    const params = { takeProfitPct: 10, stopLossPct: 10, fixedQuantity: 2 };
    const { open, trades } = runBars({
      bars: [...flats(3, 100), [100, 104, 97, 103]],
      params,
      signals: [
        [0, 'a', 1],
        [1, 'b', -1],
      ],
    });
    expect(trades).toEqual([]);
    expect(open).toMatchObject([
      {
        position: 'a-1',
        side: 'LONG',
        entry: '100 at 0',
        takeProfit: '110',
        stopLoss: '90',
        mark: '103',
        unrealizedPnl: '6',
      },
      {
        position: 'b-1',
        side: 'SHORT',
        entry: '100 at 1',
        takeProfit: '90',
        stopLoss: '110',
        mark: '103',
        unrealizedPnl: '-6',
      },
    ]);
  });
});
