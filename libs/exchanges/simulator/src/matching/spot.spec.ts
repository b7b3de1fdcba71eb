import { beforeEach, describe, expect, it } from '@jest/globals';
import { cash, decimal, formatCash } from '@bowline/domain';
import fc from 'fast-check';
import type { NewListRequest, NewOrderRequest } from './commands.js';
import { HOUSE_ACCOUNT } from './house.js';
import { account, instrument, lines, Scenario } from './scenario.spec-support.js';
import type { OrderType } from './vocabulary.js';

const SPOT = instrument({ kind: 'spot' });

function scenario(
  balances: Readonly<Record<string, string>>,
  terms: Partial<ReturnType<typeof account>> = {},
) {
  const held = Object.entries(balances).map(([asset, amount]) => [asset, cash(amount)]);
  const ikenna = account('ikenna', {
    balances: Object.fromEntries(held) as Record<string, bigint>,
    ...terms,
  });
  const accounts = [ikenna, account('odum', { balances: { USDT: cash(100_000), BTC: cash(1_000) } })];
  return new Scenario({ instruments: [SPOT], accounts });
}

function assets(exchange: Scenario, name = 'ikenna'): Readonly<Record<string, string>> {
  const rows = exchange.engine
    .assets(name)
    .map(({ asset, free, locked }) => [
      asset,
      locked === 0n ? formatCash(free) : `${formatCash(free)} + ${formatCash(locked)}`,
    ]);
  return Object.fromEntries(rows) as Record<string, string>;
}

describe('spot', () => {
  let exchange: Scenario;

  beforeEach(() => {
    exchange = scenario({ USDT: '1000', BTC: '5' });
    exchange.quote([[99, 100]], [[101, 100]]);
  });

  it('is paid for with the quote currency, and is what the account has', () => {
    exchange.buy(3);
    expect(assets(exchange)).toEqual({ USDT: '697', BTC: '8' });
    expect(exchange.position()).toBe(8);
    exchange.sell(8);
    expect(assets(exchange)).toEqual({ USDT: '1489', BTC: '0' });
    expect(exchange.engine.positions('ikenna')).toEqual([]);
  });

  it('holds the price of a buy and the quantity of a sell while they rest', () => {
    exchange.buy(4, { price: 90 });
    exchange.sell(2, { price: 120 });
    expect(assets(exchange)).toEqual({ USDT: '640 + 360', BTC: '3 + 2' });
    exchange.cancel('order-1');
    expect(assets(exchange)).toEqual({ USDT: '1000', BTC: '3 + 2' });
  });

  it('holds less as a resting order trades, and gives back what a better price has saved', () => {
    exchange.quote([[50, 1]], [[101, 3]]);
    exchange.buy(9, { price: 110 });
    expect(assets(exchange)).toEqual({ USDT: '37 + 660', BTC: '8' });
    exchange.print(110, 2);
    expect(assets(exchange)).toEqual({ USDT: '37 + 440', BTC: '10' });
  });

  it.each([
    ['a buy beyond the quote currency', () => exchange.buy(11, { price: 91 }), 'INSUFFICIENT_BALANCE'],
    ['a market buy that the book makes too dear', () => exchange.buy(10), 'INSUFFICIENT_BALANCE'],
    ['a sell of more than there is', () => exchange.sell(6, { price: 120 }), 'INSUFFICIENT_BALANCE'],
    ['a market sell of more than there is', () => exchange.sell(6), 'INSUFFICIENT_BALANCE'],
    [
      'a stop of more than there is',
      () => exchange.sell(6, { orderType: 'STOP_MARKET', stopPrice: 90 }),
      'INSUFFICIENT_BALANCE',
    ],
    ['a buy that may only close', () => exchange.buy(1, { reduceOnly: true }), 'REDUCE_ONLY_REJECTED'],
    ['a side of a position', () => exchange.buy(1, { positionSide: 'LONG' }), 'POSITION_SIDE_MISMATCH'],
    [
      'an order that closes whatever there is',
      () => exchange.sell(0, { orderType: 'STOP_MARKET', stopPrice: 90, closePosition: true }),
      'INVALID_QUANTITY',
    ],
  ])('refuses %s', (_, act, code) => {
    const before = exchange.engine.stateHash();
    expect(lines(act())).toEqual([expect.stringContaining(`REJECTED REJECTED ${code}`)]);
    expect(exchange.engine.stateHash()).toBe(before);
  });

  it('counts what open orders hold against the next one', () => {
    exchange.sell(3, { price: 120 });
    expect(lines(exchange.sell(3, { price: 130 }))).toEqual([
      'ikenna order-2 REJECTED REJECTED INSUFFICIENT_BALANCE',
    ]);
    expect(lines(exchange.sell(2, { price: 130 }))).toEqual(['ikenna order-3 NEW NEW']);
  });

  it('amends an order within what its account has, its own hold included', () => {
    exchange.buy(10, { price: 90 });
    expect(lines(exchange.amend('order-1', 10, 101))).toEqual([
      'ikenna order-1 REJECTED NEW INSUFFICIENT_BALANCE',
    ]);
    exchange.amend('order-1', 11, 90);
    expect(assets(exchange)).toEqual({ USDT: '10 + 990', BTC: '5' });
  });

  it('triggers a market buy that can no longer be paid into its end', () => {
    exchange.print(100, 1);
    exchange.buy(9, { orderType: 'STOP_MARKET', stopPrice: 105 });
    exchange.quote([[119, 100]], [[121, 100]]);
    expect(lines(exchange.print(120, 1))).toEqual([
      'ikenna order-1 TRIGGERED NEW',
      'ikenna order-1 EXPIRED EXPIRED INSUFFICIENT_MARGIN',
    ]);
    expect(assets(exchange)).toEqual({ USDT: '1000', BTC: '5' });
  });

  it.each([
    ['BUY', '505', '5@101', { USDT: '495', BTC: '10' }],
    ['BUY', '605.99', '5@101', { USDT: '495', BTC: '10' }],
    ['SELL', '200', '2@99', { USDT: '1198', BTC: '3' }],
  ] as const)(
    'spends or brings at most a %s order of %s of the quote currency',
    (side, quote, trade, after) => {
      const order = { orderType: 'MARKET', quoteOrderQty: quote } as const;
      const reports = side === 'BUY' ? exchange.buy(0, order) : exchange.sell(0, order);
      expect(lines(reports)).toEqual(['ikenna order-1 NEW NEW', `ikenna order-1 TRADE FILLED ${trade}`]);
      expect(assets(exchange)).toEqual(after);
    },
  );

  it('refuses an order by amount that buys less than a lot', () => {
    const reports = exchange.buy(0, { orderType: 'MARKET', quoteOrderQty: '100' });
    expect(lines(reports)).toEqual(['ikenna order-1 REJECTED REJECTED INVALID_QUANTITY']);
  });
});

describe('the fee of spot', () => {
  const RATES = { feeMakerBps: decimal('10'), feeTakerBps: decimal('10') };

  it('is taken from what was bought, and from the cash that a sell brings', () => {
    const exchange = scenario({ USDT: '100000' }, RATES);
    exchange.quote([[99, 1_000]], [[100, 1_000]]);
    const [, bought] = exchange.buy(100);
    expect(bought).toMatchObject({ fee: 0n, baseFee: cash('0.1'), feeBaseLots: 1 });
    expect(assets(exchange)).toEqual({ USDT: '90000', BTC: '99.9' });
    const [, sold] = exchange.sell(99);
    expect(sold).toMatchObject({ fee: cash('9.801'), baseFee: 0n, feeBaseLots: 0 });
    expect(assets(exchange)).toEqual({ USDT: '99791.199', BTC: '0.9' });
  });

  it('adds the parts of lots up over the buys', () => {
    const exchange = scenario({ USDT: '200000' }, RATES);
    exchange.quote([[99, 1_000]], [[100, 2_000]]);
    const lots = Array.from({ length: 12 }, () => exchange.buy(100).at(-1)!.feeBaseLots);
    // 12 times 0.1: the first tenth costs a lot, the next nine nothing, the eleventh another.
    expect(lots).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    expect(exchange.position()).toBe(1_200 - 2);
  });

  it('is taken from the quote currency where the account is so', () => {
    const exchange = scenario({ USDT: '100000' }, { ...RATES, feeOn: 'quote' });
    exchange.quote([[99, 1_000]], [[100, 1_000]]);
    expect(exchange.buy(100)[1]).toMatchObject({ fee: cash(10), baseFee: 0n, feeBaseLots: 0 });
    expect(assets(exchange)).toEqual({ USDT: '89990', BTC: '100' });
  });

  it('is held with the price of a buy where it is taken from the quote currency', () => {
    const exchange = scenario({ USDT: '10005' }, { ...RATES, feeOn: 'quote' });
    exchange.quote([[99, 1_000]], [[101, 1_000]]);
    expect(lines(exchange.buy(100, { price: 100 }))).toEqual([
      'ikenna order-1 REJECTED REJECTED INSUFFICIENT_BALANCE',
    ]);
    exchange.buy(99, { price: 100 });
    expect(assets(exchange)).toEqual({ USDT: '95.1 + 9909.9' });
  });

  it('is cash where it is a rebate', () => {
    const exchange = scenario({ USDT: '100000' }, { feeMakerBps: decimal('-1') });
    exchange.quote([[99, 1_000]], [[101, 1_000]]);
    exchange.buy(100, { price: 100 });
    expect(exchange.print(100, 100)[0]).toMatchObject({ fee: cash('-1'), baseFee: 0n, feeBaseLots: 0 });
  });
});

function typeOf(price: number | undefined, stopPrice: number | undefined): OrderType {
  if (stopPrice === undefined) return price === undefined ? 'MARKET' : 'LIMIT';
  return price === undefined ? 'STOP_MARKET' : 'STOP_LIMIT';
}

/** A pair around the middle, or an entry that such a pair follows. */
function listOf(
  name: string,
  contingencyType: 'OCO' | 'OTO',
  at: number,
  isBuy: boolean,
  orderQty: number,
): NewListRequest {
  const about = { account: name, symbol: 'BTCUSDT' } as const;
  const order = (id: string, buys: boolean, terms: Partial<NewOrderRequest>): NewOrderRequest => ({
    ...{ kind: 'new', ...about, clientOrderId: `${id}-${at}`, side: buys ? 'BUY' : 'SELL', orderQty },
    ...{ orderType: 'LIMIT', ...terms },
  });
  const buys = contingencyType === 'OTO' ? !isBuy : isBuy;
  const pair = [
    order('stop', buys, { orderType: 'STOP_MARKET', stopPrice: buys ? 103 : 97 }),
    order('take', buys, { price: buys ? 97 : 103, timeInForce: 'GTX' }),
  ];
  const entry = order('entry', isBuy, { price: 100 });
  return {
    kind: 'newList',
    ...about,
    contingencyType,
    orders: contingencyType === 'OTO' ? [entry, ...pair] : pair,
  };
}

describe('laws of spot', () => {
  const step = fc.record({
    name: fc.constantFrom('ikenna', 'odum'),
    isBuy: fc.boolean(),
    quantity: fc.integer({ min: 1, max: 8 }),
    price: fc.option(fc.integer({ min: 95, max: 105 }), { nil: undefined }),
    stopPrice: fc.option(fc.integer({ min: 95, max: 105 }), { nil: undefined, freq: 3 }),
    canceled: fc.option(fc.integer({ min: 1, max: 30 }), { nil: null, freq: 4 }),
    list: fc.option(fc.constantFrom('OCO' as const, 'OTO' as const), { nil: null, freq: 3 }),
  });

  it('nobody owes anything, nothing is lost, of a pair one trades, and every lot held came by a trade', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const rates = { feeMakerBps: decimal('7'), feeTakerBps: decimal('13') };
        const balances = { USDT: cash('1500'), BTC: cash(12) };
        const accounts = [account('ikenna', { ...rates, balances }), account('odum', { ...rates, balances })];
        const exchange = new Scenario({ instruments: [SPOT], accounts });
        exchange.quote([[98, 20]], [[102, 20]]);
        for (const [at, { canceled, isBuy, list, name, price, quantity, stopPrice }] of steps.entries()) {
          if (list !== null) exchange.do(listOf(name, list, at, isBuy, quantity));
          const orderType = typeOf(price, stopPrice);
          const terms = {
            ...{ account: name, orderType },
            ...(price !== undefined && { price }),
            ...(stopPrice !== undefined && { stopPrice }),
          } as const;
          if (isBuy) exchange.buy(quantity, terms);
          else exchange.sell(quantity, terms);
          if (canceled !== null) exchange.cancel(`order-${canceled}`, name);
          for (const { free, locked } of ['ikenna', 'odum'].flatMap((each) => exchange.engine.assets(each)))
            expect(free >= 0n && locked >= 0n).toBe(true);
        }
        const trades = exchange.log.filter(({ execType }) => execType === 'TRADE');
        const paired = trades.filter(({ clientOrderId }) => /^(stop|take)-/.test(clientOrderId));
        const legs = new Map(paired.map(({ clientOrderId, orderListId }) => [orderListId, clientOrderId]));
        for (const { clientOrderId, orderListId } of paired)
          expect(legs.get(orderListId)).toBe(clientOrderId);
        const sum = (asset: string): bigint =>
          ['ikenna', 'odum', HOUSE_ACCOUNT].reduce(
            (total, each) => total + (exchange.engine.balances(each).get(asset) ?? 0n),
            0n,
          );
        const total = (part: 'fee' | 'baseFee'): bigint =>
          trades.reduce((all, trade) => all + trade[part], 0n);
        expect(sum('USDT') + total('fee')).toBe(2n * cash('1500'));
        expect(sum('BTC') + total('baseFee')).toBe(2n * cash(12));
        for (const name of ['ikenna', 'odum']) {
          const bought = trades
            .filter((trade) => trade.account === name)
            .reduce(
              (all, { feeBaseLots, lastQty, side }) =>
                all + (side === 'BUY' ? lastQty : -lastQty) - feeBaseLots,
              0,
            );
          expect(exchange.engine.signedQty(name, 'BTCUSDT')).toBe(12 + bought);
        }
      }),
    );
  });
});
