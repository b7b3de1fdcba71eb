import { describe, expect, it } from '@jest/globals';
import type { TimeInForce } from '@bowline/domain';
import { lines, Scenario } from './scenario.spec-support.js';

/** odum shows 5 at 100 and 5 at 101, christian bids 5 at 98. */
function book(): Scenario {
  const scenario = new Scenario();
  scenario.sell(5, { account: 'odum', price: 100 });
  scenario.sell(5, { account: 'odum', price: 101 });
  scenario.buy(5, { account: 'christian', price: 98 });
  return scenario;
}

function own(scenario: Scenario, act: () => unknown): readonly string[] {
  act();
  return lines(scenario.log.filter(({ account }) => account === 'ikenna')).map((line) =>
    line.replace('ikenna x ', ''),
  );
}

type Case = [
  what: string,
  qty: number,
  price: number | undefined,
  tif: TimeInForce | undefined,
  reports: string[],
  rests: number,
];

describe('an order that arrives', () => {
  it.each<Case>([
    [
      'MARKET within the depth',
      7,
      undefined,
      undefined,
      ['NEW NEW', 'TRADE PARTIALLY_FILLED 5@100', 'TRADE FILLED 2@101'],
      0,
    ],
    [
      'MARKET beyond the depth',
      12,
      undefined,
      'IOC',
      [
        'NEW NEW',
        'TRADE PARTIALLY_FILLED 5@100',
        'TRADE PARTIALLY_FILLED 5@101',
        'EXPIRED EXPIRED NO_LIQUIDITY',
      ],
      0,
    ],
    ['MARKET with GTC', 1, undefined, 'GTC', ['REJECTED REJECTED INVALID_TIME_IN_FORCE'], 0],
    ['MARKET with FOK', 1, undefined, 'FOK', ['REJECTED REJECTED INVALID_TIME_IN_FORCE'], 0],
    ['MARKET with GTX', 1, undefined, 'GTX', ['REJECTED REJECTED INVALID_TIME_IN_FORCE'], 0],
    ['GTC away from the market', 7, 99, 'GTC', ['NEW NEW'], 7],
    ['GTC by default', 7, 99, undefined, ['NEW NEW'], 7],
    ['GTC touching the best price', 7, 100, 'GTC', ['NEW NEW', 'TRADE PARTIALLY_FILLED 5@100'], 2],
    [
      'GTC through two levels',
      7,
      105,
      'GTC',
      ['NEW NEW', 'TRADE PARTIALLY_FILLED 5@100', 'TRADE FILLED 2@101'],
      0,
    ],
    ['IOC away from the market', 7, 99, 'IOC', ['NEW NEW', 'EXPIRED EXPIRED IOC_REMAINDER'], 0],
    [
      'IOC filled in part',
      7,
      100,
      'IOC',
      ['NEW NEW', 'TRADE PARTIALLY_FILLED 5@100', 'EXPIRED EXPIRED IOC_REMAINDER'],
      0,
    ],
    ['IOC filled whole', 5, 100, 'IOC', ['NEW NEW', 'TRADE FILLED 5@100'], 0],
    [
      'FOK that fits to the last lot',
      10,
      101,
      'FOK',
      ['NEW NEW', 'TRADE PARTIALLY_FILLED 5@100', 'TRADE FILLED 5@101'],
      0,
    ],
    ['FOK one lot too large', 11, 101, 'FOK', ['NEW NEW', 'EXPIRED EXPIRED FOK_UNFILLED'], 0],
    ['FOK whose limit is too low', 6, 100, 'FOK', ['NEW NEW', 'EXPIRED EXPIRED FOK_UNFILLED'], 0],
    ['GTX away from the market', 7, 99, 'GTX', ['NEW NEW'], 7],
    ['GTX touching the best price', 7, 100, 'GTX', ['REJECTED REJECTED POST_ONLY_WOULD_TAKE'], 0],
  ])('%s', (_what, qty, price, timeInForce, reports, rests) => {
    const scenario = book();
    const options = { clientOrderId: 'x', ...(price && { price }), ...(timeInForce && { timeInForce }) };
    expect(own(scenario, () => scenario.buy(qty, options))).toEqual(reports);
    const open = scenario.engine.openOrders('ikenna');
    expect(open.reduce((sum, { leavesQty }) => sum + leavesQty, 0)).toBe(rests);
    expect(open).toHaveLength(rests > 0 ? 1 : 0);
  });

  it('expires when it is a market order and the book is empty', () => {
    const scenario = new Scenario();
    expect(own(scenario, () => scenario.buy(1, { clientOrderId: 'x' }))).toEqual([
      'NEW NEW',
      'EXPIRED EXPIRED NO_LIQUIDITY',
    ]);
  });

  it('touches nothing when FOK cannot be filled', () => {
    const scenario = book();
    const before = scenario.engine.depth('BTCUSDT');
    scenario.buy(11, { price: 101, timeInForce: 'FOK' });
    expect(scenario.engine.depth('BTCUSDT')).toEqual(before);
    expect(scenario.log.filter(({ execType }) => execType === 'TRADE')).toEqual([]);
  });

  it('reports both sides of a trade under one trade id, with what has filled so far', () => {
    const scenario = book();
    const trades = scenario.buy(7).filter(({ execType }) => execType === 'TRADE');
    expect(
      trades.map(({ account, tradeId, liquidity, side }) => [account, tradeId, liquidity, side]),
    ).toEqual([
      ['odum', 1, 'MAKER', 'SELL'],
      ['ikenna', 1, 'TAKER', 'BUY'],
      ['odum', 2, 'MAKER', 'SELL'],
      ['ikenna', 2, 'TAKER', 'BUY'],
    ]);
    expect(trades[3]).toMatchObject({
      orderQty: 7,
      cumQty: 7,
      leavesQty: 0,
      lastQty: 2,
      lastPx: 101,
      cumValue: 5n * 100n + 2n * 101n,
      orderStatus: 'FILLED',
    });
    expect(trades[2]).toMatchObject({
      orderQty: 5,
      cumQty: 2,
      leavesQty: 3,
      orderStatus: 'PARTIALLY_FILLED',
    });
  });

  it('waits behind those who came before, at the same price', () => {
    const scenario = new Scenario();
    scenario.buy(3, { account: 'odum', price: 100 });
    scenario.buy(3, { price: 100 });
    const fills = scenario.sell(4, { account: 'christian' }).filter(({ liquidity }) => liquidity === 'MAKER');
    expect(lines(fills)).toEqual([
      'odum order-1 TRADE FILLED 3@100',
      'ikenna order-2 TRADE PARTIALLY_FILLED 1@100',
    ]);
  });

  it('numbers reports without a gap', () => {
    const scenario = book();
    scenario.buy(12);
    scenario.cancel('unknown');
    expect(scenario.log.map(({ execId }) => execId)).toEqual(scenario.log.map((_, at) => at + 1));
  });
});
