import { describe, expect, it } from '@jest/globals';
import { cash, decimal } from '@bowline/domain';
import { ManualClock } from '@bowline/testkit';
import { account, instrument } from '../matching/scenario.spec-support.js';
import { MockScenario, PRICE, START } from './mock-exchange.spec-support.js';
import type { MockExchangeOptions } from './options.js';

function scenarioOf(options: Partial<MockExchangeOptions> = {}, now = START): MockScenario {
  return new MockScenario(new ManualClock(now), options);
}

describe('the way of a request', () => {
  it('takes 50 ms to the exchange, and the reports 50 ms back', () => {
    const scenario = scenarioOf().tick(PRICE);
    scenario.send('ikenna', scenario.place('a'));
    scenario.clock.advance(49);
    expect(scenario.exchange.signedQty('ikenna', 'BTCUSDT')).toBe(0);
    scenario.clock.advance(1);
    expect(scenario.exchange.signedQty('ikenna', 'BTCUSDT')).toBe(10);
    expect(scenario.lines()).toEqual([]);
    scenario.clock.advance(50);
    const moments = scenario.told.map(({ report }) => report.at);
    // Accepted, traded, and what that has made of cash and position.
    expect(moments).toEqual([START + 50, START + 50, START + 50, START + 50]);
    expect(scenario.timedLines()).toEqual(['+100 ikenna a accept 10/0', '+100 ikenna a trade 10@10001']);
  });

  it('meets the market as it is on arrival', () => {
    const scenario = scenarioOf().tick(PRICE);
    scenario.send('ikenna', scenario.place('a'));
    scenario.clock.advance(30);
    scenario.tick(PRICE + 500).settle();
    expect(scenario.lines()).toContain('ikenna a trade 10@10501');
  });

  it('takes a time of its own where latency is drawn, and reports do not overtake each other', () => {
    const scenario = scenarioOf({ latencyMs: 100, latencySpreadMs: 60, seed: 3 }).tick(PRICE);
    const ids = Array.from({ length: 40 }, (_, at) => `order-${at}`);
    for (const id of ids) {
      scenario.send('ikenna', scenario.place(id));
      scenario.clock.advance(7);
    }
    scenario.settle();
    const accepted = scenario.told.filter(({ report }) => report.type === 'order');
    const atExchange = accepted.map(({ report }) => report.at);
    expect(atExchange).toEqual([...atExchange].sort((a, b) => a - b));
    // Some overtook others on their way to the exchange.
    const order = accepted.map(({ report }) => 'clientOrderId' in report && report.clientOrderId);
    expect(new Set(order)).toEqual(new Set(ids));
    expect(order).not.toEqual(ids);
    const travels = accepted.map(({ at, report }) => at - report.at);
    expect(new Set(travels).size).toBeGreaterThan(20);
  });

  it('ends in a rejection where it took longer than its window', () => {
    const faultOf = () => ({ lateMs: 4_960 });
    const scenario = scenarioOf({ faultOf }).tick(PRICE);
    scenario.send('ikenna', scenario.place('a'), scenario.cancel('b'), scenario.amend('c', 5));
    scenario.send('ikenna', scenario.queryOrder('a'), scenario.queryPosition()).settle();
    expect(scenario.lines()).toEqual([
      'ikenna BTCUSDT query_position unknown',
      'ikenna a reject 10/0 OTHER',
      'ikenna a query_order unknown',
      'ikenna b cancel refused: OTHER',
      'ikenna c amend refused: OTHER',
    ]);
    expect(scenario.exchange.openOrders('ikenna')).toEqual([]);
  });

  it('is just in time at the end of its window', () => {
    const scenario = scenarioOf({ faultOf: () => ({ lateMs: 4_950 }) }).tick(PRICE);
    scenario.send('ikenna', scenario.place('a')).settle();
    expect(scenario.lines()).toEqual(['ikenna a accept 10/0', 'ikenna a trade 10@10001']);
  });
});

describe('what arrives at one instant', () => {
  it('acts by account, then clientOrderId, then kind', () => {
    const scenario = scenarioOf().tick(PRICE);
    scenario.send('odum', scenario.place('a', { limitPrice: 9_900 }), scenario.place('m'));
    scenario.send('ikenna', scenario.cancel('b'), scenario.queryOrder('b'), scenario.place('z'));
    scenario.send('ikenna', scenario.place('b', { limitPrice: 9_900 })).settle();
    const happened = scenario.told
      .filter(({ report }) => report.type === 'order')
      .map(({ account: name, report }) => [Number(report.id.slice(1)), name] as const)
      .sort(([one], [other]) => one - other);
    expect(happened.map(([, name]) => name)).toEqual(['ikenna', 'ikenna', 'ikenna', 'odum', 'odum']);
    expect(scenario.lines().filter((line) => line.startsWith('ikenna'))).toEqual([
      'ikenna b accept 10/0',
      'ikenna b cancel 10/0',
      'ikenna b is canceled 10/0',
      'ikenna z accept 10/0',
      'ikenna z trade 10@10001',
    ]);
  });

  it('is one instant also without latency', () => {
    const scenario = scenarioOf({ latencyMs: 0 }).tick(PRICE);
    scenario.send('ikenna', scenario.cancel('a'), scenario.place('a', { limitPrice: 9_900 }));
    expect(scenario.lines()).toEqual([]);
    scenario.settle();
    expect(scenario.timedLines()).toEqual(['+0 ikenna a accept 10/0', '+0 ikenna a cancel 10/0']);
  });
});

describe('orders of two accounts', () => {
  it('trade with each other, and both are told', () => {
    const scenario = scenarioOf();
    scenario.send('odum', scenario.place('maker', { limitPrice: 100, side: 'SELL' })).settle();
    scenario.send('ikenna', scenario.place('taker', { limitPrice: 100 })).settle();
    expect(scenario.lines()).toEqual([
      'odum maker accept 10/0',
      'ikenna taker accept 10/0',
      'ikenna taker trade 10@100',
      'odum maker trade 10@100',
    ]);
  });

  it('never share an id within one account', () => {
    const scenario = scenarioOf().tick(PRICE);
    scenario.send('ikenna', scenario.place('a'), scenario.queryPosition(), scenario.cancel('b'));
    scenario.send('odum', scenario.place('a'), scenario.queryPosition()).settle();
    const ids = scenario.told.map(({ account: name, report }) => `${name} ${report.id}`);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('self-trade prevention', () => {
  it('takes the entry that meets an order of the same account', () => {
    const scenario = scenarioOf();
    scenario.send('ikenna', scenario.place('resting', { side: 'SELL', limitPrice: 100, leg: 't' })).settle();
    scenario.send('ikenna', scenario.place('entry', { limitPrice: 100 })).settle();
    expect(scenario.lines().slice(1)).toEqual([
      'ikenna entry accept 10/0',
      'ikenna entry expire 10/0 SELF_TRADE',
    ]);
  });

  it.each(['t', 's', 'x'] as const)('takes what stands in the way of a closing order (leg %s)', (leg) => {
    const scenario = scenarioOf();
    scenario.send('ikenna', scenario.place('resting', { limitPrice: 100 })).settle();
    scenario.send('ikenna', scenario.place('close', { side: 'SELL', limitPrice: 100, leg })).settle();
    expect(scenario.lines().slice(1)).toEqual([
      'ikenna close accept 10/0',
      'ikenna resting expire 10/0 SELF_TRADE',
    ]);
    expect(scenario.exchange.openOrders('ikenna')).toMatchObject([{ clientOrderId: 'close' }]);
  });
});

describe('refusals and endings', () => {
  it.each([
    ['a price off the tick', {}, { limitPrice: 100.5 }, 'reject 10/0 OTHER'],
    ['less than the minimum', { minNotional: '100000000' }, {}, 'reject 10/0 BELOW_MINIMUM'],
    ['nothing to close', {}, { reduceOnly: true, leg: 'x' }, 'reject 10/0 POSITION_TOO_SMALL'],
    ['what is left of an IOC order', {}, { limitPrice: 9_900, timeInForce: 'IOC' }, 'expire 10/0'],
    [
      'a post-only order that would take',
      {},
      { limitPrice: 10_100, timeInForce: 'GTX' },
      'reject 10/0 OTHER',
    ],
  ] as const)('says why: %s', (_what, spec, change, said) => {
    const scenario = scenarioOf({ instruments: [instrument(spec)] }).tick(PRICE);
    scenario.send('ikenna', scenario.place('a', change)).settle();
    expect(scenario.lines().at(-1)).toBe(`ikenna a ${said}`);
  });

  it.each([
    ['open orders', { maxOpenOrders: 1 }, { limitPrice: 9_900 }],
    ['conditional orders', { maxConditionalOrders: 1 }, { stopPrice: 9_900, side: 'SELL', leg: 's' }],
  ] as const)('says that an account has too many %s', (_what, limits, change) => {
    const scenario = scenarioOf(limits).tick(PRICE);
    scenario.send('ikenna', scenario.place('a', change), scenario.place('b', change)).settle();
    expect(scenario.lines()).toEqual(['ikenna a accept 10/0', 'ikenna b reject 10/0 CAPACITY']);
  });

  it('says that the margin is not there', () => {
    const poor = { ...account('ikenna'), balances: { USDT: cash('1') } };
    const scenario = scenarioOf({ accounts: [poor], marginCheck: true }).tick(PRICE);
    scenario.send('ikenna', scenario.place('a')).settle();
    expect(scenario.lines()).toEqual(['ikenna a reject 10/0 INSUFFICIENT_MARGIN']);
  });

  it('knows the margin by the latest prices of all that the account holds', () => {
    const instruments = [instrument(), instrument({ symbol: 'ETHUSDT', base: 'ETH' })];
    const small = { ...account('ikenna'), balances: { USDT: cash('150000') } };
    const scenario = scenarioOf({ instruments, accounts: [small], marginCheck: true }).tick(PRICE);
    scenario.tick(1_000, { symbol: 'ETHUSDT' });
    scenario.send('ikenna', scenario.place('a')).settle();
    // The position loses 50,000, and its margin falls to as much.
    scenario.tick(5_000);
    scenario.send('ikenna', { ...scenario.place('b'), symbol: 'ETHUSDT' }).settle();
    // It has lost 99,000; at the price before, the order could be carried.
    scenario.tick(100);
    scenario.send('ikenna', { ...scenario.place('c', { orderQty: 50 }), symbol: 'ETHUSDT' }).settle();
    const orders = scenario.lines().filter((line) => !line.includes('trade'));
    expect(orders).toEqual([
      'ikenna a accept 10/0',
      'ikenna b accept 10/0',
      'ikenna c reject 50/0 INSUFFICIENT_MARGIN',
    ]);
  });

  it('ends a market order that finds nobody', () => {
    const scenario = scenarioOf();
    scenario.send('ikenna', scenario.place('a')).settle();
    expect(scenario.lines()).toEqual(['ikenna a accept 10/0', 'ikenna a expire 10/0 OTHER']);
  });

  it('refuses what is asked of a symbol that is not traded here', () => {
    const scenario = scenarioOf();
    const elsewhere = { symbol: 'DOGEUSDT' };
    scenario.send(
      'ikenna',
      { ...scenario.place('a'), ...elsewhere },
      { ...scenario.cancel('b'), ...elsewhere },
    );
    scenario.send('ikenna', { ...scenario.queryPosition(), ...elsewhere }).settle();
    expect(scenario.lines()).toEqual([
      'ikenna DOGEUSDT query_position unknown',
      'ikenna a reject 10/0 OTHER',
      'ikenna b cancel refused: unknown order',
    ]);
    expect(() => scenario.tick(5, elsewhere)).toThrow('unknown symbol DOGEUSDT');
  });

  it('tells when reduce-only orders are shrunk and dropped with their position', () => {
    const scenario = scenarioOf().tick(PRICE);
    const close = { side: 'SELL', leg: 't', reduceOnly: true, limitPrice: 10_100 } as const;
    scenario.send('ikenna', scenario.place('a')).settle();
    scenario.send('ikenna', scenario.place('t', close)).settle();
    scenario.send('ikenna', scenario.place('x', { side: 'SELL', orderQty: 4, leg: 'x' })).settle();
    scenario.send('ikenna', scenario.place('y', { side: 'SELL', orderQty: 6, leg: 'x' })).settle();
    expect(scenario.lines().slice(2)).toEqual([
      'ikenna t accept 10/0',
      'ikenna x accept 4/0',
      'ikenna x trade 4@9999',
      'ikenna t restate 6/0 POSITION_TOO_SMALL',
      'ikenna y accept 6/0',
      'ikenna y trade 6@9999',
      'ikenna t expire 6/0 POSITION_TOO_SMALL',
    ]);
  });

  it('rejects its share of orders by their ids, whenever they come', () => {
    const rejected = (ids: readonly string[]): readonly string[] => {
      const scenario = scenarioOf({ rejectProbability: 0.2, seed: 5 }).tick(PRICE);
      for (const id of ids) scenario.send('ikenna', scenario.place(id)).settle();
      return scenario.lines().filter((line) => line.includes('reject'));
    };
    const ids = Array.from({ length: 200 }, (_, at) => `order-${at}`);
    const told = rejected(ids);
    expect(told.length).toBeGreaterThan(25);
    expect(told.length).toBeLessThan(55);
    expect(told[0]).toMatch(/^ikenna order-\d+ reject 10\/0 OTHER$/);
    expect(rejected([...ids].reverse())).toEqual([...told].reverse());
  });
});

describe('positions and cash', () => {
  it('nets in one-way mode, and names the average entry', () => {
    const scenario = scenarioOf().tick(PRICE);
    scenario.send('ikenna', scenario.place('a', { orderQty: 3 })).settle();
    scenario.tick(PRICE + 10);
    scenario.send('ikenna', scenario.place('b', { orderQty: 1 })).settle();
    scenario.lines();
    scenario.send('ikenna', scenario.queryPosition(2)).settle();
    expect(scenario.lines()).toEqual(['ikenna BTCUSDT holds 4 at 10003.5, last trade 2']);
    expect(scenario.exchange.positions('ikenna')).toMatchObject([{ key: 'BTCUSDT_LONG', quantity: 4 }]);
  });

  it('holds both sides in hedge mode, and reports them as one', () => {
    const scenario = scenarioOf({ accounts: [account('ikenna', { hedgeMode: true })] }).tick(PRICE);
    const short = { positionSide: 'SHORT', side: 'SELL', orderQty: 4 } as const;
    scenario.send('ikenna', scenario.place('long'), scenario.place('short', short)).settle();
    scenario.lines();
    scenario.send('ikenna', scenario.queryPosition(2)).settle();
    expect(scenario.exchange.positions('ikenna').map(({ key }) => key)).toEqual([
      'BTCUSDT_LONG',
      'BTCUSDT_SHORT',
    ]);
    // Two positions have no average of their own.
    expect(scenario.lines()).toEqual(['ikenna BTCUSDT holds 6 at null, last trade 2']);
    const close = { side: 'SELL', leg: 'x', reduceOnly: true } as const;
    scenario.send('ikenna', scenario.place('close', close)).settle();
    scenario.send('ikenna', scenario.queryPosition(3)).settle();
    expect(scenario.lines().slice(1)).toEqual([
      'ikenna close trade 10@9999',
      'ikenna BTCUSDT holds -4 at 9999, last trade 3',
    ]);
  });

  it('tells the account its cash and position after trades, once for all of them, and when it is asked', () => {
    const fees = { feeTakerBps: decimal('10'), balances: { USDT: cash('1000') } };
    const scenario = scenarioOf({ accounts: [account('ikenna', fees)] });
    scenario.tick(PRICE, {
      asks: [
        [10_001, 4],
        [10_002, 100],
      ],
    });
    scenario.send('ikenna', scenario.place('a')).settle();
    scenario.send('ikenna', scenario.queryPosition()).settle();
    const told = scenario.told.map(({ report }) => report);
    const balance = cash('1000') - cash('40.004') - cash('60.012');
    const behind = ['balance', 'position'];
    const types = ['order', 'trade', 'trade', ...behind, 'trade', 'trade', ...behind];
    expect(told.map(({ type }) => type)).toEqual(types);
    expect(told.filter(({ type }) => type === 'balance')).toMatchObject([
      { asset: 'USDT', balance },
      { asset: 'USDT', balance },
    ]);
    expect(scenario.exchange.balances('ikenna')).toEqual(new Map([['USDT', balance]]));
  });

  it('tells of a trade what it cost, and in what role', () => {
    const fees = { feeTakerBps: decimal('10'), feeMakerBps: decimal('-1') };
    const scenario = scenarioOf({ accounts: [account('ikenna', fees)] }).tick(PRICE);
    scenario.send('ikenna', scenario.place('a'), scenario.place('b', { limitPrice: 9_900 })).settle();
    scenario.tick(9_800).settle();
    const trades = scenario.told.map(({ report }) => report).filter((report) => report.type === 'trade');
    expect(trades).toMatchObject([
      {
        clientOrderId: 'a',
        liquidity: 'taker',
        fee: cash('100.01'),
        feeBaseLots: 0,
        cumQty: 10,
        side: 'BUY',
      },
      { clientOrderId: 'b', liquidity: 'maker', fee: cash('-9.9'), feeBaseLots: 0, cumQty: 10, side: 'BUY' },
    ]);
  });
});

describe('what makes no exchange', () => {
  it.each([
    [{ latencyMs: -1 }, 'latencyMs must be 0 ms or more, got -1'],
    [{ timeoutMs: Number.NaN }, 'timeoutMs must be 0 ms or more, got NaN'],
    [{ fillRatio: 0 }, 'fillRatio must be above 0 and at most 1, got 0'],
    [{ rejectProbability: 2 }, 'rejectProbability must lie between 0 and 1, got 2'],
    [{ duplicateProbability: -0.1 }, 'duplicateProbability must lie between 0 and 1, got -0.1'],
    [{ accounts: [account('ikenna'), account('ikenna')] }, 'account ikenna is there twice'],
  ])('%j', (options, message) => {
    expect(() => scenarioOf(options)).toThrow(new RangeError(message));
  });

  it('has no clients but its accounts', () => {
    const { exchange } = scenarioOf();
    expect(exchange.client('odum')).toBe(exchange.client('odum'));
    expect(() => exchange.client('christian')).toThrow('sim has no account christian');
  });
});
