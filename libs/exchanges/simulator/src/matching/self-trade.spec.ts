import { describe, expect, it } from '@jest/globals';
import { lines, Scenario } from './scenario.spec-support.js';

/** Asks: odum 2 at 100, ikenna 5 at 100, odum 4 at 101. */
function book(): Scenario {
  const scenario = new Scenario();
  scenario.sell(2, { account: 'odum', price: 100 });
  scenario.sell(5, { clientOrderId: 'own', price: 100 });
  scenario.sell(4, { account: 'odum', price: 101 });
  return scenario;
}

function own(scenario: Scenario, orderQty: number, options: object): readonly string[] {
  return lines(
    scenario.buy(orderQty, { clientOrderId: 'x', ...options }).filter(({ account }) => account === 'ikenna'),
  );
}

describe('self-trade prevention, by the mode of the incoming order', () => {
  it('NONE: the account trades with itself, with both fees and no position', () => {
    const scenario = book();
    expect(own(scenario, 7, { price: 100 })).toEqual([
      'ikenna x NEW NEW',
      'ikenna x TRADE PARTIALLY_FILLED 2@100',
      'ikenna own TRADE FILLED 5@100',
      'ikenna x TRADE FILLED 5@100',
    ]);
    expect(scenario.position()).toBe(2);
  });

  it('EXPIRE_TAKER: the incoming order ends where it meets its own', () => {
    const scenario = book();
    expect(own(scenario, 11, { price: 101, selfTradePrevention: 'EXPIRE_TAKER' })).toEqual([
      'ikenna x NEW NEW',
      'ikenna x TRADE PARTIALLY_FILLED 2@100',
      'ikenna x EXPIRED EXPIRED SELF_TRADE',
    ]);
    expect(scenario.engine.depth('BTCUSDT').asks).toEqual([
      [100, 5],
      [101, 4],
    ]);
  });

  it('EXPIRE_MAKER: the resting order gives way and the incoming one goes on', () => {
    const scenario = book();
    expect(own(scenario, 6, { price: 101, selfTradePrevention: 'EXPIRE_MAKER' })).toEqual([
      'ikenna x NEW NEW',
      'ikenna x TRADE PARTIALLY_FILLED 2@100',
      'ikenna own EXPIRED EXPIRED SELF_TRADE',
      'ikenna x TRADE FILLED 4@101',
    ]);
    expect(scenario.engine.depth('BTCUSDT').asks).toEqual([]);
  });

  it('EXPIRE_BOTH: both end', () => {
    const scenario = book();
    expect(own(scenario, 6, { price: 101, selfTradePrevention: 'EXPIRE_BOTH' })).toEqual([
      'ikenna x NEW NEW',
      'ikenna x TRADE PARTIALLY_FILLED 2@100',
      'ikenna own EXPIRED EXPIRED SELF_TRADE',
      'ikenna x EXPIRED EXPIRED SELF_TRADE',
    ]);
    expect(scenario.engine.depth('BTCUSDT').asks).toEqual([[101, 4]]);
  });

  it.each([
    ['NONE', 11, 'FILLED'],
    ['EXPIRE_TAKER', 3, 'EXPIRED'],
    ['EXPIRE_TAKER', 2, 'FILLED'],
    ['EXPIRE_MAKER', 7, 'EXPIRED'],
    ['EXPIRE_MAKER', 6, 'FILLED'],
    ['EXPIRE_BOTH', 3, 'EXPIRED'],
    ['EXPIRE_BOTH', 2, 'FILLED'],
  ] as const)(
    'FOK under %s counts only what it may trade with: %d ends %s',
    (selfTradePrevention, orderQty, status) => {
      const scenario = book();
      scenario.buy(orderQty, { clientOrderId: 'x', price: 101, timeInForce: 'FOK', selfTradePrevention });
      expect(scenario.engine.order('ikenna', 'x')).toMatchObject({
        orderStatus: status,
        cumQty: status === 'FILLED' ? orderQty : 0,
      });
      // An order that is killed takes nothing with it.
      if (status === 'EXPIRED') expect(scenario.engine.order('ikenna', 'own')?.orderStatus).toBe('NEW');
    },
  );

  it('FOK under NONE finds its own reduce-only order whole: what it buys of itself it sells to itself', () => {
    const scenario = new Scenario();
    scenario.hold('ikenna', 5, 100);
    scenario.sell(4, { price: 100 });
    scenario.sell(5, { price: 101, reduceOnly: true });
    scenario.buy(9, { clientOrderId: 'x', price: 101, timeInForce: 'FOK' });
    expect(scenario.engine.order('ikenna', 'x')).toMatchObject({ orderStatus: 'FILLED', cumQty: 9 });
    expect(scenario.position()).toBe(5);
  });
});
