import { describe, expect, it } from '@jest/globals';
import { cash, decimal, formatCash } from '@bowline/domain';
import { HOUSE_ACCOUNT } from './house.js';
import { account, instrument, lines, Scenario } from './scenario.spec-support.js';

/** Tick 0.1 and lot 0.001: prices in tenths, quantities in thousandths. */
const fine = instrument({ tickSize: '0.1', lotSize: '0.001' });

function realized(scenario: Scenario, name = 'ikenna'): readonly string[] {
  const trades = scenario.engine.tradesSince(name, 0);
  return trades.map(({ realizedPnl }) => formatCash(realizedPnl));
}

describe("the exchange's own position", () => {
  it("averages the entries of everybody who trades the account: the seed's numbers", () => {
    const scenario = new Scenario({ instruments: [fine] });
    scenario.hold('ikenna', 1, 450_000);
    scenario.hold('ikenna', 2, 460_000);
    expect(scenario.engine.positions('ikenna')).toMatchObject([
      { key: 'BTCUSDT_LONG', quantity: 3, cost: 1n * 450_000n + 2n * 460_000n, entryPrice: '45666.66666667' },
    ]);
    // Strategy A takes profit at 48,000: the exchange sees a third of its average sold, not A's own entry.
    scenario.hold('ikenna', -1, 480_000);
    expect(realized(scenario).at(-1)).toBe('2.3334');
    scenario.hold('ikenna', -2, 440_000);
    expect(realized(scenario).at(-1)).toBe('-3.3334');
    // Whatever is lost to rounding on the way is in the last close: the sum is exact, +3.00 and -4.00.
    expect(scenario.engine.positions('ikenna')).toEqual([]);
    expect(scenario.engine.balances('ikenna').get('USDT')).toBe(cash('999999'));
  });

  it.each([
    [
      'closing a long in parts',
      [
        [10, 100],
        [-4, 110],
        [-6, 90],
      ],
      ['0', '40', '-60'],
      0,
    ],
    [
      'closing a short in parts',
      [
        [-10, 100],
        [4, 90],
        [6, 110],
      ],
      ['0', '40', '-60'],
      0,
    ],
    [
      'adding to a long',
      [
        [10, 100],
        [10, 110],
        [-20, 120],
      ],
      ['0', '0', '300'],
      0,
    ],
    [
      'going through zero from a long',
      [
        [10, 100],
        [-15, 110],
      ],
      ['0', '100'],
      -5,
    ],
    [
      'going through zero from a short',
      [
        [-10, 100],
        [15, 90],
      ],
      ['0', '100'],
      5,
    ],
    [
      'an average that is no whole tick',
      [
        [1, 100],
        [2, 101],
        [-1, 101],
        [-2, 101],
      ],
      ['0', '0', '1', '0'],
      0,
    ],
  ])('%s', (_what, trades, pnl, left) => {
    const scenario = new Scenario();
    for (const [quantity, price] of trades) scenario.hold('ikenna', quantity, price);
    expect(realized(scenario)).toEqual(pnl);
    expect(scenario.position()).toBe(left);
  });

  it('starts anew at the price at which it went through zero', () => {
    const scenario = new Scenario();
    scenario.hold('ikenna', 10, 100);
    scenario.hold('ikenna', -15, 110);
    expect(scenario.engine.positions('ikenna')).toMatchObject([
      { key: 'BTCUSDT_SHORT', quantity: -5, entryPrice: '110' },
    ]);
  });

  it('is marked at the mark price, else the last price, else the middle of the book', () => {
    const scenario = new Scenario();
    scenario.hold('ikenna', 10, 100);
    const unrealized = (): unknown => scenario.engine.positions('ikenna')[0].unrealizedPnl;
    expect(unrealized()).toBe(0n);
    scenario.print(103, 1);
    expect(unrealized()).toBe(cash('30'));
    scenario.mark(98);
    expect(unrealized()).toBe(cash('-20'));
  });

  it('has its other side in the house when it came from the house', () => {
    const scenario = new Scenario();
    scenario.quote([[99, 10]], [[101, 10]]);
    scenario.buy(4);
    expect([scenario.position(), scenario.position(HOUSE_ACCOUNT)]).toEqual([4, -4]);
  });
});

describe('fees', () => {
  it("are the maker's and the taker's, each in the account's own rate", () => {
    const scenario = new Scenario({
      instruments: [fine],
      accounts: [
        account('ikenna', { feeTakerBps: decimal('4') }),
        account('odum', { feeMakerBps: decimal('-0.5') }),
      ],
    });
    scenario.sell(10, { account: 'odum', price: 450_001 });
    const [maker, taker] = scenario.buy(10).filter(({ execType }) => execType === 'TRADE');
    // 45,000.1 x 0.010 = 450.001
    expect([formatCash(maker.fee), formatCash(taker.fee)]).toEqual(['-0.02250005', '0.1800004']);
    expect(scenario.engine.balances('odum').get('USDT')).toBe(cash('1000000.02250005'));
    expect(scenario.engine.balances('ikenna').get('USDT')).toBe(cash('999999.8199996'));
  });

  it.each([
    ['0.00000001', 1, '5000', '0.00000001'],
    ['0.00000001', 1, '4999', '0'],
    ['0.00000001', 3, '5000', '0.00000002'],
    ['0.00000001', 1, '-5000', '-0.00000001'],
    ['0.0001', 4_500_000_000, '2', '90'],
    ['0.0001', 123_456_789, '1.75', '2.16049381'],
    ['0.000000000001', 999, '10000', '0'],
    ['1', 7, '0', '0'],
  ])('on %s x %d at %s bps are rounded half-up to %s', (tickSize, quantity, bps, fee) => {
    const scenario = new Scenario({
      instruments: [instrument({ tickSize })],
      accounts: [account('ikenna', { feeTakerBps: decimal(bps) }), account('odum')],
    });
    scenario.sell(quantity, { account: 'odum', price: 1 });
    const trade = scenario.buy(quantity).find(({ liquidity }) => liquidity === 'TAKER');
    expect(formatCash(trade?.fee ?? -1n)).toBe(fee);
  });
});

describe("the account's history", () => {
  it('gives the trades since an id, in one symbol or all', () => {
    const scenario = new Scenario({ instruments: [instrument(), instrument({ symbol: 'ETHUSDT' })] });
    scenario.hold('ikenna', 1, 100);
    scenario.sell(2, { account: 'odum', symbol: 'ETHUSDT', price: 50 });
    scenario.buy(2, { symbol: 'ETHUSDT' });
    scenario.hold('ikenna', -1, 101);
    const ids = (since: number, symbol?: string): readonly number[] =>
      scenario.engine.tradesSince('ikenna', since, symbol).map(({ tradeId }) => tradeId);
    expect([ids(0), ids(1), ids(3), ids(0, 'ETHUSDT')]).toEqual([[1, 2, 3], [2, 3], [], [2]]);
    expect(scenario.engine.openOrders('odum', 'ETHUSDT')).toEqual([]);
  });

  it('remembers closed orders and trades as far as it is asked to', () => {
    const scenario = new Scenario({ historyLimit: 2 });
    for (let at = 1; at <= 6; at += 1) scenario.hold('ikenna', 1, 100 + at, { clientOrderId: `x-${at}` });
    const known = [1, 2, 3, 4, 5, 6].filter((at) => scenario.engine.order('ikenna', `x-${at}`) !== null);
    expect(known).toEqual([5, 6]);
    // Trades are cut back to the limit when they have reached twice of it.
    expect(scenario.engine.tradesSince('ikenna', 0).map(({ tradeId }) => tradeId)).toEqual([4, 5, 6]);
    expect(scenario.position()).toBe(6);
  });

  it('knows of two orders with one id the later', () => {
    const scenario = new Scenario({ historyLimit: 2 });
    scenario.hold('ikenna', 1, 100, { clientOrderId: 'x' });
    scenario.hold('ikenna', 2, 100, { clientOrderId: 'x' });
    expect(scenario.engine.order('ikenna', 'x')).toMatchObject({ orderQty: 2 });
    scenario.hold('ikenna', 3, 100, { clientOrderId: 'y' });
    expect(scenario.engine.order('ikenna', 'x')).toMatchObject({ orderQty: 2 });
  });

  it("of an account that is not there is the caller's mistake", () => {
    expect(() => new Scenario().engine.positions('nobody')).toThrow('unknown account nobody');
  });
});

describe('the margin check', () => {
  function checked(leverage: number): Scenario {
    const accounts = [
      account('ikenna', { leverage, balances: { USDT: cash('1000') } }),
      account('odum'),
      account('christian'),
    ];
    const scenario = new Scenario({ marginCheck: true, accounts });
    scenario.mark(100);
    return scenario;
  }

  it.each([
    [1, 10, 'NEW'],
    [1, 11, 'REJECTED'],
    [5, 50, 'NEW'],
    [5, 51, 'REJECTED'],
  ])(
    'with leverage %d answers an order of %d at 100 against 1,000 with %s',
    (leverage, orderQty, execType) => {
      const [report] = checked(leverage).buy(orderQty, { price: 100 });
      expect(report).toMatchObject({
        execType,
        rejectCode: execType === 'REJECTED' ? 'INSUFFICIENT_MARGIN' : null,
      });
    },
  );

  it('counts working orders, the larger of the two sides', () => {
    const scenario = checked(1);
    scenario.buy(6, { price: 95 });
    expect(lines(scenario.sell(9, { clientOrderId: 'other-side', price: 105 }))).toEqual([
      'ikenna other-side NEW NEW',
    ]);
    expect(lines(scenario.buy(5, { clientOrderId: 'x', price: 95 }))).toEqual([
      'ikenna x REJECTED REJECTED INSUFFICIENT_MARGIN',
    ]);
    expect(lines(scenario.buy(4, { clientOrderId: 'x', price: 95 }))).toEqual(['ikenna x NEW NEW']);
  });

  it('never holds up what reduces the position', () => {
    const scenario = checked(5);
    scenario.hold('ikenna', 40, 100);
    // 720 of margin against 600 of equity.
    scenario.mark(90);
    expect(lines(scenario.buy(1, { clientOrderId: 'x', price: 85 }))).toEqual([
      'ikenna x REJECTED REJECTED INSUFFICIENT_MARGIN',
    ]);
    expect(lines(scenario.sell(10, { clientOrderId: 'x', price: 95 }))).toEqual(['ikenna x NEW NEW']);
  });

  it('looks at a conditional order when it is triggered, not before', () => {
    const scenario = checked(1);
    scenario.quote([], [[110, 50]]);
    scenario.buy(50, { clientOrderId: 'x', orderType: 'STOP_MARKET', stopPrice: 110 });
    expect(lines(scenario.buy(10, { clientOrderId: 'y', price: 95 }))).toEqual(['ikenna y NEW NEW']);
    expect(lines(scenario.print(110, 1)).slice(-2)).toEqual([
      'ikenna x TRIGGERED NEW',
      'ikenna x EXPIRED EXPIRED INSUFFICIENT_MARGIN',
    ]);
  });

  it('looks at what an amendment adds', () => {
    const scenario = checked(1);
    scenario.buy(8, { clientOrderId: 'x', price: 95 });
    expect(lines(scenario.amend('x', 11))).toEqual(['ikenna x REJECTED NEW INSUFFICIENT_MARGIN']);
    expect(lines(scenario.amend('x', 10))).toEqual(['ikenna x REPLACED NEW']);
  });

  it('is off unless it is asked for', () => {
    const scenario = new Scenario({ accounts: [account('ikenna', { balances: {} })] });
    expect(lines(scenario.buy(1_000_000, { clientOrderId: 'x', price: 95 }))).toEqual(['ikenna x NEW NEW']);
  });

  it.each([0, 1.5, Number.NaN])('refuses a leverage of %d', (leverage) => {
    expect(() => checked(leverage)).toThrow(
      `account ikenna: leverage must be a whole number from 1, got ${leverage}`,
    );
  });
});
