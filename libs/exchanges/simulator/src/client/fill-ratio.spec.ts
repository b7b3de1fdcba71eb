import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@bowline/testkit';
import { MockScenario, PRICE, START } from './mock-exchange.spec-support.js';
import type { MockExchangeOptions } from './options.js';

function scenarioOf(options: Partial<MockExchangeOptions> = {}, now = START): MockScenario {
  return new MockScenario(new ManualClock(now), options);
}

function thin(fillRatio: number): MockScenario {
  return scenarioOf({ fillRatio, latencyMs: 0 }).tick(PRICE);
}

describe('an outside market that carries only a share of what is wanted', () => {
  it('fills that much of a market order, and the rest of it expires', () => {
    const scenario = thin(0.4);
    scenario.send('ikenna', scenario.place('a')).settle();
    expect(scenario.lines()).toEqual([
      'ikenna a accept 10/0',
      'ikenna a trade 4@10001',
      'ikenna a expire 10/4 OTHER',
    ]);
  });

  it('fills the same share of the next market order, without waiting for the next tick', () => {
    const scenario = thin(0.5);
    scenario.send('ikenna', scenario.place('a')).settle();
    scenario.send('odum', scenario.place('b', { side: 'SELL', orderQty: 6 })).settle();
    scenario.send('odum', scenario.place('c', { orderQty: 3 })).settle();
    const trades = scenario.lines().filter((line) => line.includes('trade'));
    expect(trades).toEqual(['ikenna a trade 5@10001', 'odum b trade 3@9999', 'odum c trade 1@10001']);
  });

  it('lets the rest of a limit order rest, and fills it with the ticks that reach it', () => {
    const scenario = thin(0.5);
    scenario.send('ikenna', scenario.place('a', { limitPrice: PRICE + 1, orderQty: 16 })).settle();
    expect(scenario.lines()).toEqual(['ikenna a accept 16/0', 'ikenna a trade 8@10001']);
    // Its quotes are reached: the quote carries half of 8, its trade half of what that leaves.
    expect(scenario.tick(PRICE).settle().lines()).toEqual([
      'ikenna a trade 4@10001',
      'ikenna a trade 2@10001',
    ]);
    // Beyond it: nothing. At its price: half of what is left.
    expect(
      scenario
        .tick(PRICE + 50)
        .settle()
        .lines(),
    ).toEqual([]);
    expect(
      scenario
        .tick(PRICE + 1)
        .settle()
        .lines(),
    ).toEqual(['ikenna a trade 1@10001']);
    expect(
      scenario
        .tick(PRICE + 1)
        .settle()
        .lines(),
    ).toEqual(['ikenna a trade 1@10001']);
  });

  it('fills that much of a stop that it triggers', () => {
    const scenario = thin(0.3);
    scenario.send('ikenna', scenario.place('s', { side: 'SELL', stopPrice: 9_900, leg: 's' })).settle();
    expect(scenario.tick(9_890).settle().lines()).toEqual([
      'ikenna s accept 10/0',
      'ikenna s trade 3@9889',
      'ikenna s expire 10/3 OTHER',
    ]);
  });

  it('fills a lot at the least, and none of an order that wants all or nothing', () => {
    const scenario = thin(0.01);
    scenario.send('ikenna', scenario.place('a')).settle();
    scenario.send('ikenna', scenario.place('b', { limitPrice: 10_100, timeInForce: 'FOK' })).settle();
    expect(scenario.lines()).toEqual([
      'ikenna a accept 10/0',
      'ikenna a trade 1@10001',
      'ikenna a expire 10/1 OTHER',
      'ikenna b accept 10/0',
      'ikenna b expire 10/0',
    ]);
  });

  it('takes the ratio as it was written: 0.57 of 100 lots are 57', () => {
    const scenario = thin(0.57);
    scenario.send('ikenna', scenario.place('a', { orderQty: 100 })).settle();
    expect(scenario.exchange.signedQty('ikenna', 'BTCUSDT')).toBe(57);
  });

  it('shows all of it to nobody in particular', () => {
    const scenario = thin(0.5);
    scenario.send('ikenna', scenario.place('far', { limitPrice: 9_000, orderQty: 10 })).settle();
    scenario.tick(PRICE + 5);
    scenario.send('odum', scenario.place('b', { orderQty: 20_000 })).settle();
    expect(scenario.lines().slice(1)).toEqual([
      'odum b accept 20000/0',
      'odum b trade 10000@10006',
      'odum b expire 20000/10000 OTHER',
    ]);
  });
});

it('fills whole by default, down to the touch of a resting order', () => {
  const scenario = scenarioOf({ latencyMs: 0 }).tick(PRICE);
  scenario.send('ikenna', scenario.place('a', { orderQty: 9_000 })).settle();
  scenario.send('ikenna', scenario.place('b', { limitPrice: 9_900, orderQty: 9_000 })).settle();
  expect(scenario.tick(9_900).settle().lines()).toEqual([
    'ikenna a accept 9000/0',
    'ikenna a trade 9000@10001',
    'ikenna b accept 9000/0',
    'ikenna b trade 9000@9900',
  ]);
});
