import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@bowline/testkit';
import { MockScenario, PRICE, START } from './mock-exchange.spec-support.js';
import type { Fault, MockExchangeOptions } from './options.js';

function scenarioOf(options: Partial<MockExchangeOptions> = {}, now = START): MockScenario {
  return new MockScenario(new ManualClock(now), options);
}

/** An exchange where only requests about `a` go wrong. */
function withFault(fault: Fault): MockScenario {
  return scenarioOf({
    faultOf: (_account, request) =>
      'clientOrderId' in request && request.clientOrderId === 'a' ? fault : null,
  }).tick(PRICE);
}

describe('a request that is lost', () => {
  it('ends as unknown after a second, and was not executed', () => {
    const scenario = withFault('request_lost');
    scenario.send('ikenna', scenario.place('a')).settle();
    expect(scenario.timedLines()).toEqual(['+1000 ikenna a place unknown']);
    expect(scenario.exchange.signedQty('ikenna', 'BTCUSDT')).toBe(0);
  });

  it('is unknown in the order of names where several are lost at one instant', () => {
    const scenario = scenarioOf({ faultOf: () => 'request_lost' });
    scenario.send('ikenna', scenario.cancel('b'), scenario.queryPosition(), scenario.place('b')).settle();
    scenario.send('ikenna', scenario.place('b'), scenario.cancel('b'), scenario.queryPosition()).settle();
    const lines = scenario.lines();
    expect(lines.slice(0, 3)).toEqual([
      'ikenna BTCUSDT query_position unknown',
      'ikenna b place unknown',
      'ikenna b cancel unknown',
    ]);
    expect(lines.slice(3)).toEqual(lines.slice(0, 3));
  });
});

describe('a reply that is lost', () => {
  it('leaves the account without a word of what was done', () => {
    const scenario = withFault('reply_lost');
    scenario.send('ikenna', scenario.place('a')).settle();
    expect(scenario.timedLines()).toEqual(['+1000 ikenna a place unknown']);
    expect(scenario.exchange.signedQty('ikenna', 'BTCUSDT')).toBe(10);
  });

  it('does not silence what happens to the order later, or to other orders', () => {
    const scenario = withFault('reply_lost');
    scenario.send('ikenna', scenario.place('b', { limitPrice: 9_900 }));
    scenario.send('ikenna', scenario.place('a', { limitPrice: 9_900 })).settle();
    scenario.tick(9_800).settle();
    expect(scenario.lines()).toEqual([
      'ikenna b accept 10/0',
      'ikenna a place unknown',
      'ikenna a trade 10@9900',
      'ikenna b trade 10@9900',
    ]);
  });

  it('may be the reply to a cancel, an amend or a question', () => {
    const scenario = withFault('reply_lost');
    scenario.send('ikenna', scenario.place('a', { limitPrice: 9_900 })).settle();
    for (const request of [scenario.amend('a', 5), scenario.queryOrder('a'), scenario.cancel('a')])
      scenario.send('ikenna', { ...request, at: scenario.clock.now() }).settle();
    expect(scenario.lines()).toEqual([
      'ikenna a place unknown',
      'ikenna a amend unknown',
      'ikenna a query_order unknown',
      'ikenna a cancel unknown',
    ]);
    expect(scenario.exchange.openOrders('ikenna')).toEqual([]);
  });
});

describe('a request that times out', () => {
  it('is unknown, and told by the stream all the same', () => {
    const scenario = withFault('timed_out');
    scenario.send('ikenna', scenario.place('a')).settle();
    expect(scenario.timedLines()).toEqual([
      '+100 ikenna a accept 10/0',
      '+100 ikenna a trade 10@10001',
      '+1000 ikenna a place unknown',
    ]);
  });
});

describe('a request that is late', () => {
  it('is overtaken by its own cancel', () => {
    const scenario = scenarioOf({
      faultOf: (_account, { type }) => (type === 'place' ? { lateMs: 500 } : null),
    }).tick(PRICE);
    scenario.send('ikenna', scenario.place('a', { limitPrice: 9_900 }), scenario.cancel('a')).settle();
    expect(scenario.timedLines()).toEqual([
      '+100 ikenna a cancel refused: unknown order',
      '+600 ikenna a accept 10/0',
    ]);
  });
});

describe('reports that come twice', () => {
  it('are the same report, by its id, and no earlier than the first', () => {
    const scenario = scenarioOf({ duplicateProbability: 0.5, seed: 2 }).tick(PRICE);
    for (let at = 0; at < 60; at += 1) scenario.send('ikenna', scenario.place(`order-${at}`)).settle();
    const first = new Map<string, (typeof scenario.told)[number]>();
    let repeated = 0;
    for (const told of scenario.told) {
      const known = first.get(told.report.id);
      if (known === undefined) first.set(told.report.id, told);
      else {
        repeated += 1;
        expect(told.report).toEqual(known.report);
      }
    }
    // Four reports an order: accepted, traded, cash, position.
    expect(first.size).toBe(240);
    expect(repeated).toBeGreaterThan(80);
    expect(repeated).toBeLessThan(160);
    const inOrder = [...first.values()].map(({ report }) => report.at);
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
  });
});

describe('a line that breaks', () => {
  it('loses what was on its way, and what is said until it is back; queries tell', () => {
    const scenario = scenarioOf().tick(PRICE);
    scenario.send('ikenna', scenario.place('a'), scenario.place('b', { limitPrice: 9_900 }));
    scenario.clock.advance(60);
    scenario.exchange.disconnect('ikenna');
    scenario.tick(9_800);
    scenario.clock.advance(500);
    scenario.exchange.reconnect('ikenna');
    scenario.send('ikenna', scenario.queryOrder('a'), scenario.queryOrder('b'), scenario.queryPosition());
    scenario.settle();
    expect(scenario.timedLines()).toEqual([
      '+560 ikenna reconnected',
      '+660 ikenna a trade 10@10001',
      '+660 ikenna b trade 10@9900',
      '+660 ikenna BTCUSDT holds 20 at 9950.5, last trade 2',
      '+660 ikenna a trade 10@10001',
      '+660 ikenna a is filled 10/10',
      '+660 ikenna b trade 10@9900',
      '+660 ikenna b is filled 10/10',
      '+1000 ikenna a place unknown',
      '+1000 ikenna b place unknown',
    ]);
  });

  it('takes no requests, and says so while it is broken', () => {
    const scenario = scenarioOf().tick(PRICE);
    scenario.exchange.disconnect('ikenna');
    scenario.send('ikenna', scenario.place('a'));
    scenario.send('odum', scenario.place('a')).settle();
    expect(scenario.timedLines()).toEqual([
      '+100 odum a accept 10/0',
      '+100 odum a trade 10@10001',
      '+1000 ikenna a place unknown',
    ]);
    expect(scenario.exchange.signedQty('ikenna', 'BTCUSDT')).toBe(0);
  });

  it('does not bring back old reports when it is broken and mended at once', () => {
    const scenario = scenarioOf().tick(PRICE);
    scenario.send('ikenna', scenario.place('a'));
    scenario.clock.advance(70);
    scenario.exchange.disconnect('ikenna');
    scenario.exchange.reconnect('ikenna');
    scenario.settle();
    expect(scenario.lines()).toEqual(['ikenna reconnected', 'ikenna a place unknown']);
  });
});
