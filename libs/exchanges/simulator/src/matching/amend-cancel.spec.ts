import { describe, expect, it } from '@jest/globals';
import { lines, Scenario } from './scenario.spec-support.js';

/** ikenna's 10 at 100 stand before odum's 10. */
function queue(): Scenario {
  const scenario = new Scenario();
  scenario.buy(10, { clientOrderId: 'x', price: 100 });
  scenario.buy(10, { account: 'odum', clientOrderId: 'y', price: 100 });
  return scenario;
}

function firstFilled(scenario: Scenario): string | undefined {
  return scenario.sell(1, { account: 'christian' }).find(({ liquidity }) => liquidity === 'MAKER')
    ?.clientOrderId;
}

describe('an amendment', () => {
  it.each([
    ['a lower quantity keeps the place', 4, undefined, 'x'],
    ['a lower quantity with the price repeated keeps the place', 4, 100, 'x'],
    ['a higher quantity loses the place', 11, undefined, 'y'],
    ['another price and back loses the place', 10, 99, 'y'],
  ])('%s', (_what, orderQty, price, first) => {
    const scenario = queue();
    const [replaced] = scenario.amend('x', orderQty, price);
    expect(replaced).toMatchObject({
      execType: 'REPLACED',
      orderStatus: 'NEW',
      orderQty,
      leavesQty: orderQty,
    });
    if (price === 99) scenario.amend('x', 10, 100);
    expect(firstFilled(scenario)).toBe(first);
  });

  it("counts what has traded: the new quantity is the whole order's", () => {
    const scenario = queue();
    scenario.sell(3, { account: 'christian' });
    expect(scenario.amend('x', 5)[0]).toMatchObject({
      execType: 'REPLACED',
      orderStatus: 'PARTIALLY_FILLED',
      orderQty: 5,
      cumQty: 3,
      leavesQty: 2,
    });
  });

  it.each([3, 2])('to %d of an order that has traded 3 cancels it', (orderQty) => {
    const scenario = queue();
    scenario.sell(3, { account: 'christian' });
    expect(scenario.amend('x', orderQty)[0]).toMatchObject({
      execType: 'CANCELED',
      orderQty: 10,
      cumQty: 3,
      leavesQty: 0,
    });
    expect(scenario.engine.openOrders('ikenna')).toEqual([]);
  });

  it('to a price that crosses trades at once', () => {
    const scenario = queue();
    scenario.sell(4, { account: 'christian', price: 105 });
    expect(lines(scenario.amend('x', 10, 105))).toEqual([
      'ikenna x REPLACED NEW',
      'christian order-3 TRADE FILLED 4@105',
      'ikenna x TRADE PARTIALLY_FILLED 4@105',
    ]);
    expect(scenario.engine.depth('BTCUSDT').bids).toEqual([
      [105, 6],
      [100, 10],
    ]);
  });

  it('to a price at which a post-only order would take cancels it', () => {
    const scenario = new Scenario();
    scenario.sell(4, { account: 'christian', price: 105 });
    scenario.buy(10, { clientOrderId: 'x', price: 100, timeInForce: 'GTX' });
    expect(lines(scenario.amend('x', 10, 105))).toEqual(['ikenna x CANCELED CANCELED POST_ONLY']);
  });

  it.each([
    ['an order nobody knows', 'nobody', 5, undefined, 'UNKNOWN_ORDER'],
    ['no quantity', 'x', 0, undefined, 'INVALID_QUANTITY'],
    ['a broken quantity', 'x', 2.5, undefined, 'INVALID_QUANTITY'],
    ['a price below the first tick', 'x', 5, 0, 'INVALID_PRICE'],
    ['nothing new', 'x', 10, 100, 'NOTHING_TO_AMEND'],
    ['an order that waits for its trigger', 'stop', 5, undefined, 'NOT_AMENDABLE'],
  ] as const)(
    'is refused for %s, and leaves the order as it is',
    (_what, clientOrderId, orderQty, price, code) => {
      const scenario = queue();
      scenario.buy(10, { clientOrderId: 'stop', orderType: 'STOP_MARKET', stopPrice: 120 });
      const before = scenario.engine.stateHash();
      expect(scenario.amend(clientOrderId, orderQty, price)[0]).toMatchObject({
        execType: 'REJECTED',
        rejectCode: code,
        rejectedRequest: 'amend',
        orderStatus: clientOrderId === 'nobody' ? 'REJECTED' : 'NEW',
      });
      expect(scenario.engine.stateHash()).toBe(before);
    },
  );
});

describe('a cancel', () => {
  it('ends the order and takes what is left of it out of the book', () => {
    const scenario = queue();
    scenario.sell(3, { account: 'christian' });
    expect(scenario.cancel('x')[0]).toMatchObject({
      execType: 'CANCELED',
      orderStatus: 'CANCELED',
      orderQty: 10,
      cumQty: 3,
      leavesQty: 0,
      expireReason: null,
    });
    expect(scenario.engine.depth('BTCUSDT').bids).toEqual([[100, 10]]);
  });

  it("finds the order by the exchange's id too", () => {
    const scenario = queue();
    const [{ orderId }] = scenario.engine.openOrders('ikenna');
    expect(lines(scenario.do({ kind: 'cancel', account: 'ikenna', symbol: 'BTCUSDT', orderId }))).toEqual([
      'ikenna x CANCELED CANCELED',
    ]);
  });

  it("finds an order that waits for its trigger by the exchange's id", () => {
    const scenario = new Scenario();
    const [{ orderId }] = scenario.buy(1, { clientOrderId: 'x', orderType: 'STOP_MARKET', stopPrice: 120 });
    const cancel = { kind: 'cancel', account: 'ikenna', symbol: 'BTCUSDT', orderId: orderId ?? -1 } as const;
    expect(lines(scenario.do(cancel))).toEqual(['ikenna x CANCELED CANCELED']);
  });

  it.each([
    ["another account's order", { account: 'odum', clientOrderId: 'x' }],
    ["another account's order by its orderId", { account: 'odum', orderId: 1 }],
    ['an order in another symbol', { account: 'ikenna', symbol: 'ETHUSDT', clientOrderId: 'x' }],
    ['an order without any id', { account: 'ikenna' }],
    ['an account that is not there', { account: 'nobody', clientOrderId: 'x' }],
    ["the house's account", { account: '@house', clientOrderId: 'x' }],
  ])('is refused for %s', (_what, target) => {
    const scenario = queue();
    const [report] = scenario.do({ kind: 'cancel', symbol: 'BTCUSDT', ...target });
    expect(report).toMatchObject({
      execType: 'REJECTED',
      rejectCode: 'UNKNOWN_ORDER',
      rejectedRequest: 'cancel',
    });
    expect(scenario.engine.openOrders('ikenna')).toHaveLength(1);
  });

  it('is refused for an order that has ended', () => {
    const scenario = queue();
    scenario.sell(10, { account: 'christian' });
    expect(lines(scenario.cancel('x'))).toEqual(['ikenna x REJECTED REJECTED UNKNOWN_ORDER']);
    expect(scenario.engine.order('ikenna', 'x')).toMatchObject({ orderStatus: 'FILLED', cumQty: 10 });
  });

  it('of everything sweeps resting and waiting orders of the symbol', () => {
    const scenario = queue();
    scenario.buy(1, { clientOrderId: 'stop', orderType: 'STOP_MARKET', stopPrice: 120 });
    expect(lines(scenario.do({ kind: 'cancelAll', account: 'ikenna', symbol: 'BTCUSDT' }))).toEqual([
      'ikenna x CANCELED CANCELED',
      'ikenna stop CANCELED CANCELED',
    ]);
    expect(scenario.engine.openOrders('odum')).toHaveLength(1);
    expect(lines(scenario.print(130, 1))).toEqual([]);
  });
});

describe('a clientOrderId', () => {
  it('is refused a second time while its order is open', () => {
    const scenario = queue();
    expect(lines(scenario.buy(1, { clientOrderId: 'x', price: 90 }))).toEqual([
      'ikenna x REJECTED REJECTED DUPLICATE_CLIENT_ORDER_ID',
    ]);
    expect(lines(scenario.buy(1, { account: 'odum', clientOrderId: 'x', price: 90 }))).toEqual([
      'odum x NEW NEW',
    ]);
  });

  it('may be used again once its order has ended: a blind repetition doubles a filled order', () => {
    const scenario = new Scenario();
    scenario.quote([[99, 50]], [[101, 50]]);
    scenario.buy(5, { clientOrderId: 'x' });
    expect(lines(scenario.buy(5, { clientOrderId: 'x' }))).toEqual([
      'ikenna x NEW NEW',
      'ikenna x TRADE FILLED 5@101',
    ]);
    expect(scenario.position()).toBe(10);
  });
});
