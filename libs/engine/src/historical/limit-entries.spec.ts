import { describe, expect, it } from '@jest/globals';
import {
  flat,
  flats,
  runBars,
  type BarRow,
  type ParamsSpec,
  type Scenario,
  type SignalColumns,
} from '@bowline/testkit';

const limit = { orderType: 'limit', limitOffsetBps: 100 } as const satisfies ParamsSpec;

/** Fills of a lone limit signal at minute 0, as `minute price liquidity`. */
function fillsOf(
  signal: 1 | -1,
  bars: readonly BarRow[],
  params: ParamsSpec = limit,
  columns: SignalColumns = {},
): string {
  const { fills } = runBars({
    bars,
    params,
    signals: [[0, 'a', signal, columns]],
    execution: { slippageBps: 50 },
  });
  return fills.map((fill) => fill.replace(/^(\d+): .* @ (\S+) (\w+)$/, '$1 $2 $3')).join();
}

describe('a limit entry rests limitOffsetBps behind the acting price', () => {
  it.each<[string, 1 | -1, BarRow[], string]>([
    ['a touch of 99 fills a buy, within the bar of its signal', 1, [[100, 100, 99, 100]], '0 99 maker'],
    ['a tick above does not', 1, [[100, 100, 99.1, 100]], ''],
    ['a touch of 101 fills a sell', -1, [[100, 101, 100, 100]], '0 101 maker'],
    ['a tick below does not', -1, [[100, 100.9, 100, 100]], ''],
    ['a later bar fills it', 1, [flat(100), flat(100), [100, 100, 98, 99]], '2 99 maker'],
    ['at the open where that is better, as maker', 1, [flat(100), [98, 98, 97, 97]], '1 98 maker'],
    ['at the open of a sell', -1, [flat(100), [102.5, 103, 102, 102]], '1 102.5 maker'],
    ['at the open that is just there', 1, [flat(100), [99, 99, 97, 97]], '1 99 maker'],
    ['never, where it is never reached', 1, flats(100, 100), ''],
  ])('%s', (_, signal, bars, expected) => {
    expect(fillsOf(signal, bars)).toBe(expected);
  });

  it.each([
    ['100.3 less 12.5 bps is 100.174625', 1, '12.5', '100.1'],
    ['100.3 and 12.5 bps is 100.425375', -1, '12.5', '100.5'],
    ['100.3 less 0.0001 bps', 1, '0.0001', '100.2'],
    ['100.3 less 39.88 bps is 99.9000036', 1, '39.88', '99.9'],
  ] as const)('on the passive side of the tick: %s', (_, signal, limitOffsetBps, price) => {
    const params = { orderType: 'limit', limitOffsetBps } as const;
    const { orders } = runBars({ bars: [flat('100.3')], params, signals: [[0, 'a', signal]] });
    expect(orders).toMatchObject([{ type: 'limit', price, status: 'new' }]);
  });

  it('rests from the next bar on where it acted at a close', () => {
    const bars = [
      [100, 100, 90, 100],
      [100, 100, 99, 100],
    ] as const;
    const { fills } = runBars({ bars, params: { ...limit, entryPoint: 'close' }, signals: [[1, 'a', 1]] });
    expect(fills).toEqual(['1: a-1.e BUY 1 @ 99 maker']);
  });
});

describe('the price column is the limit', () => {
  it.each<[string, 1 | -1, string, BarRow[], string]>([
    ['down to the tick for a buy', 1, '99.47', [[100, 100, 99.4, 100]], '0 99.4 maker'],
    ['up to the tick for a sell', -1, '100.51', [[100, 100.6, 100, 100]], '0 100.6 maker'],
    ['marketable: at the acting price, as taker, without slippage', 1, '101', [flat(100)], '0 100 taker'],
    ['marketable sell', -1, '99', [flat(100)], '0 100 taker'],
    ['marketable at the acting price itself', 1, '100', [flat(100)], '0 100 taker'],
  ])('%s', (_, signal, price, bars, expected) => {
    expect(fillsOf(signal, bars, limit, { price })).toBe(expected);
  });

  it('without an offset the limit is the acting price, so it is marketable', () => {
    expect(fillsOf(1, [flat(100)], { orderType: 'limit' })).toBe('0 100 taker');
  });
});

describe('timeInForce', () => {
  it.each<[NonNullable<ParamsSpec['timeInForce']>, string, string, string]>([
    ['GTC', '100', '0 100 taker', 'filled'],
    ['IOC', '100', '0 100 taker', 'filled'],
    ['FOK', '100', '0 100 taker', 'filled'],
    ['GTX', '100', '', 'rejected'],
    ['GTC', '99', '1 99 maker', 'filled'],
    ['IOC', '99', '', 'expired'],
    ['FOK', '99', '', 'expired'],
    ['GTX', '99', '1 99 maker', 'filled'],
  ])('%s at %s: %s, %s', (timeInForce, price, fills, status) => {
    const bars: BarRow[] = [flat(100), [100, 100, 99, 100]];
    const params = { orderType: 'limit', timeInForce } as const;
    expect(fillsOf(1, bars, params, { price })).toBe(fills);
    const { orders } = runBars({ bars, params, signals: [[0, 'a', 1, { price }]] });
    expect(orders).toMatchObject([{ order: 'a-1.e0', timeInForce, price, status }]);
  });

  it('what an IOC left unfilled holds nothing back: the next signal enters', () => {
    const bars = [flat(100), flat(100), [100, 100, 99, 100]] as const;
    const params = { ...limit, timeInForce: 'IOC' } as const;
    const { fills, ignored } = runBars({
      bars,
      params,
      signals: [
        [0, 'a', 1],
        [1, 'a', 1, { price: 100 }],
      ],
    });
    expect([fills, ignored]).toEqual([['1: a-2.e BUY 1 @ 100 taker'], {}]);
  });
});

describe('a resting entry waits until 0 or the opposite signal', () => {
  const bars: BarRow[] = [flat(100), flat(100), [100, 100, 99, 100], [100, 101, 100, 100]];
  const run = (signals: Scenario['signals'], params: ParamsSpec = limit) =>
    runBars({ bars, params, signals });

  it('0 cancels it, at the open of the bar that would have filled it', () => {
    const { fills, orders, trades } = run([
      [0, 'a', 1],
      [2, 'a', 0],
    ]);
    expect([fills, trades]).toEqual([[], []]);
    expect(orders).toMatchObject([{ order: 'a-1.e0', status: 'canceled' }]);
  });

  it('the opposite signal cancels it and rests on the other side', () => {
    const { fills, orders } = run([
      [0, 'a', 1],
      [2, 'a', -1],
    ]);
    expect(orders).toMatchObject([
      { order: 'a-1.e0', side: 'BUY', price: '99', status: 'canceled' },
      { order: 'a-2.e0', side: 'SELL', price: '101', status: 'filled' },
    ]);
    expect(fills).toEqual(['3: a-2.e SELL 1 @ 101 maker']);
  });

  it('in longOnly -1 cancels it', () => {
    const { orders } = run(
      [
        [0, 'a', 1],
        [2, 'a', -1],
      ],
      { ...limit, mode: 'longOnly' },
    );
    expect(orders).toMatchObject([{ order: 'a-1.e0', status: 'canceled' }]);
  });

  it.each([false, true])('a repeated signal leaves it, at its price (scaleIn %p)', (scaleIn) => {
    const { fills, ignored, orders } = run(
      [
        [0, 'a', 1],
        [1, 'a', 1, { price: 100 }],
      ],
      { ...limit, scaleIn },
    );
    expect(orders).toMatchObject([{ order: 'a-1.e0', price: '99', status: 'filled' }]);
    expect([fills, ignored]).toEqual([['2: a-1.e BUY 1 @ 99 maker'], { UNCHANGED: 1 }]);
  });

  it('until the data end: it is no position', () => {
    const { open, orders } = runBars({ bars: flats(3, 100), params: limit, signals: [[0, 'a', 1]] });
    expect([open, orders[0].status]).toEqual([[], 'new']);
  });
});

describe('fees of limit entries', () => {
  it.each([
    ['resting: 2 bps of 99, and 5 of the exit at 100', '99', '0.0698'],
    ['marketable: 5 bps of 100, twice', '100', '0.1'],
  ])('%s', (_, price, fees) => {
    const { trades } = runBars({
      bars: [[100, 100, 99, 100], flat(100)],
      params: limit,
      account: { makerBps: 2, takerBps: 5 },
      signals: [
        [0, 'a', 1, { price }],
        [1, 'a', 0],
      ],
    });
    expect(trades).toMatchObject([{ fees }]);
  });
});
