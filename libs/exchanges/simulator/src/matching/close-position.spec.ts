import { describe, expect, it } from '@jest/globals';
import type { TakeEvent } from './commands.js';
import { account, lines, Scenario } from './scenario.spec-support.js';

const STOP = { orderType: 'STOP_MARKET', stopPrice: 90, closePosition: true } as const;

describe('an order that closes the whole position', () => {
  it('takes the quantity that there is when it triggers', () => {
    const scenario = new Scenario();
    scenario.hold('ikenna', 10, 100);
    scenario.sell(0, { clientOrderId: 'stop', ...STOP });
    scenario.hold('ikenna', 5, 100);
    scenario.quote([[85, 100]], []);
    expect(lines(scenario.print(90, 1))).toEqual([
      'ikenna stop TRIGGERED NEW',
      'ikenna stop TRADE FILLED 15@85',
    ]);
    expect(scenario.position()).toBe(0);
  });

  it('stays as it is while the position shrinks, and goes with it', () => {
    const scenario = new Scenario();
    scenario.hold('ikenna', 10, 100);
    scenario.sell(0, { clientOrderId: 'stop', ...STOP });
    scenario.quote([[100, 100]], []);
    expect(lines(scenario.sell(4, { clientOrderId: 'part' }))).toEqual([
      'ikenna part NEW NEW',
      'ikenna part TRADE FILLED 4@100',
    ]);
    expect(lines(scenario.sell(6, { clientOrderId: 'rest' })).at(-1)).toBe(
      'ikenna stop EXPIRED EXPIRED REDUCE_ONLY',
    );
  });

  it('may close one side in hedge mode', () => {
    const scenario = new Scenario({
      accounts: [account('ikenna', { hedgeMode: true }), account('christian')],
    });
    scenario.hold('ikenna', 10, 100, { positionSide: 'LONG' });
    scenario.sell(0, { clientOrderId: 'stop', positionSide: 'LONG', ...STOP });
    scenario.quote([[85, 100]], []);
    scenario.print(90, 1);
    expect(scenario.position('ikenna', 'LONG')).toBe(0);
  });

  it.each([
    ['without a position', { ...STOP }, 'REDUCE_ONLY_REJECTED'],
    ['that does not wait', { closePosition: true }, 'INVALID_QUANTITY'],
    ['with a limit', { ...STOP, orderType: 'STOP_LIMIT', price: 90 }, 'INVALID_QUANTITY'],
  ] as const)('is refused %s', (_what, options, code) => {
    expect(lines(new Scenario().sell(0, { clientOrderId: 'x', ...options }))).toEqual([
      `ikenna x REJECTED REJECTED ${code}`,
    ]);
  });
});

describe('an order whose time is over', () => {
  it('expires', () => {
    const scenario = new Scenario();
    scenario.buy(5, { clientOrderId: 'x', price: 90 });
    const over = {
      kind: 'cancel',
      account: 'ikenna',
      symbol: 'BTCUSDT',
      clientOrderId: 'x',
      expired: true,
    } as const;
    expect(lines(scenario.do(over))).toEqual(['ikenna x EXPIRED EXPIRED TIME_IS_OVER']);
  });
});

describe('an order that somebody outside takes', () => {
  const take = (clientOrderId: string, quantity?: number): TakeEvent => ({
    ...({ kind: 'take', account: 'ikenna', symbol: 'BTCUSDT', clientOrderId } as const),
    ...(quantity !== undefined && { quantity }),
  });

  it('fills at its price, whoever is before it', () => {
    const scenario = new Scenario();
    scenario.buy(5, { account: 'odum', clientOrderId: 'better', price: 95 });
    scenario.buy(5, { clientOrderId: 'x', price: 90 });
    expect(lines(scenario.do(take('x', 2)))).toEqual(['ikenna x TRADE PARTIALLY_FILLED 2@90']);
    expect(lines(scenario.do(take('x')))).toEqual(['ikenna x TRADE FILLED 3@90']);
    expect(scenario.engine.depth('BTCUSDT').bids).toEqual([[95, 5]]);
  });

  it.each([
    ['none rests', 'y', 1, 'no order y of ikenna rests in BTCUSDT'],
    ['it has not so much', 'x', 6, 'order x has 5 lots to take, not 6'],
    ['it is nothing', 'x', 0, 'order x has 5 lots to take, not 0'],
  ])('cannot be where %s', (_what, id, quantity, message) => {
    const scenario = new Scenario();
    scenario.buy(5, { clientOrderId: 'x', price: 90 });
    expect(() => scenario.do(take(id, quantity))).toThrow(message);
  });
});
