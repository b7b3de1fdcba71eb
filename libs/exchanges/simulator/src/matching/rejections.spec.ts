import { describe, expect, it } from '@jest/globals';
import { decimal } from '@bowline/domain';
import type { Command, NewOrderRequest } from './commands.js';
import { HOUSE_ACCOUNT } from './house.js';
import { account, instrument, Scenario } from './scenario.spec-support.js';
import { REJECT_CODES, type RejectCode } from './vocabulary.js';

const LIMIT: NewOrderRequest = {
  kind: 'new',
  account: 'ikenna',
  symbol: 'BTCUSDT',
  clientOrderId: 'x',
  side: 'BUY',
  orderType: 'LIMIT',
  orderQty: 5,
  price: 100,
};
const { price: _price, ...UNPRICED } = LIMIT;
const STOP: NewOrderRequest = { ...UNPRICED, orderType: 'STOP_MARKET', stopPrice: 120 };

type Case = [what: string, request: Command, code: RejectCode];

const cases: Case[] = [
  ['an account that is not there', { ...LIMIT, account: 'nobody' }, 'UNKNOWN_ACCOUNT'],
  ["the house's account", { ...LIMIT, account: HOUSE_ACCOUNT }, 'UNKNOWN_ACCOUNT'],
  ['a symbol that is not there', { ...LIMIT, symbol: 'DOGEUSDT' }, 'UNKNOWN_SYMBOL'],
  ['no clientOrderId', { ...LIMIT, clientOrderId: '' }, 'INVALID_CLIENT_ORDER_ID'],
  [
    'a clientOrderId of 37 characters',
    { ...LIMIT, clientOrderId: 'x'.repeat(37) },
    'INVALID_CLIENT_ORDER_ID',
  ],
  ['a clientOrderId with a space', { ...LIMIT, clientOrderId: 'x y' }, 'INVALID_CLIENT_ORDER_ID'],
  ['the clientOrderId of an open order', { ...LIMIT, clientOrderId: 'open' }, 'DUPLICATE_CLIENT_ORDER_ID'],
  ['no quantity', { ...LIMIT, orderQty: 0 }, 'INVALID_QUANTITY'],
  ['a negative quantity', { ...LIMIT, orderQty: -5 }, 'INVALID_QUANTITY'],
  ['part of a lot', { ...LIMIT, orderQty: 0.5 }, 'INVALID_QUANTITY'],
  ['a quantity that is no number', { ...LIMIT, orderQty: Number.NaN }, 'INVALID_QUANTITY'],
  ['a quantity beyond safe integers', { ...LIMIT, orderQty: 2 ** 53 }, 'INVALID_QUANTITY'],
  ['LIMIT without a price', { ...UNPRICED, orderType: 'LIMIT' }, 'INVALID_PRICE'],
  ['a price of 0', { ...LIMIT, price: 0 }, 'INVALID_PRICE'],
  ['part of a tick', { ...LIMIT, price: 99.5 }, 'INVALID_PRICE'],
  ['a price off the tick table', { ...LIMIT, price: 1_001 }, 'INVALID_PRICE'],
  ['MARKET with a price', { ...LIMIT, orderType: 'MARKET' }, 'INVALID_PRICE'],
  ['STOP_MARKET with a price', { ...STOP, price: 100 }, 'INVALID_PRICE'],
  ['STOP_LIMIT without a price', { ...STOP, orderType: 'STOP_LIMIT' }, 'INVALID_PRICE'],
  ['STOP_MARKET without a stop price', { ...UNPRICED, orderType: 'STOP_MARKET' }, 'INVALID_STOP_PRICE'],
  ['a negative stop price', { ...STOP, stopPrice: -1 }, 'INVALID_STOP_PRICE'],
  ['LIMIT with a stop price', { ...LIMIT, stopPrice: 120 }, 'INVALID_STOP_PRICE'],
  ['LIMIT with a working type', { ...LIMIT, workingType: 'MARK_PRICE' }, 'INVALID_STOP_PRICE'],
  ['STOP_MARKET with GTC', { ...STOP, timeInForce: 'GTC' }, 'INVALID_TIME_IN_FORCE'],
  ['too small a value', { ...LIMIT, orderQty: 1, price: 1 }, 'MIN_NOTIONAL'],
  [
    'too small a value at the stop price',
    { ...STOP, orderQty: 1, stopPrice: 101, side: 'BUY', symbol: 'RICHUSDT' },
    'MIN_NOTIONAL',
  ],
  [
    'too small a value at the market',
    { ...UNPRICED, orderType: 'MARKET', symbol: 'RICHUSDT' },
    'MIN_NOTIONAL',
  ],
  ['LONG in one-way mode', { ...LIMIT, positionSide: 'LONG' }, 'POSITION_SIDE_MISMATCH'],
  ['no side in hedge mode', { ...LIMIT, account: 'hedged' }, 'POSITION_SIDE_MISMATCH'],
  [
    'reduceOnly in hedge mode',
    { ...LIMIT, account: 'hedged', positionSide: 'SHORT', reduceOnly: true },
    'REDUCE_ONLY_IN_HEDGE_MODE',
  ],
  ['reduceOnly without a position', { ...LIMIT, reduceOnly: true }, 'REDUCE_ONLY_REJECTED'],
  ['more than the account carries', { ...LIMIT, account: 'poor' }, 'INSUFFICIENT_MARGIN'],
  ['a buy stop below the last price', { ...STOP, stopPrice: 99 }, 'WOULD_TRIGGER'],
  ['a post-only order at the ask', { ...LIMIT, price: 110, timeInForce: 'GTX' }, 'POST_ONLY_WOULD_TAKE'],
  ['a third open order', { ...LIMIT, account: 'busy' }, 'TOO_MANY_OPEN_ORDERS'],
  ['a second conditional order', { ...STOP, account: 'busy' }, 'TOO_MANY_CONDITIONAL_ORDERS'],
  [
    'a cancel of nothing',
    { kind: 'cancel', account: 'ikenna', symbol: 'BTCUSDT', clientOrderId: 'x' },
    'UNKNOWN_ORDER',
  ],
  [
    'a cancel of everything of nobody',
    { kind: 'cancelAll', account: 'nobody', symbol: 'BTCUSDT' },
    'UNKNOWN_ACCOUNT',
  ],
  [
    'a cancel of everything nowhere',
    { kind: 'cancelAll', account: 'ikenna', symbol: 'DOGEUSDT' },
    'UNKNOWN_SYMBOL',
  ],
  [
    'an amendment of nothing',
    { kind: 'amend', account: 'ikenna', symbol: 'BTCUSDT', clientOrderId: 'x', orderQty: 1 },
    'UNKNOWN_ORDER',
  ],
  [
    'an amendment of a stop',
    { kind: 'amend', account: 'busy', symbol: 'BTCUSDT', clientOrderId: 'stop', orderQty: 1 },
    'NOT_AMENDABLE',
  ],
  [
    'an amendment without a change',
    { kind: 'amend', account: 'ikenna', symbol: 'BTCUSDT', clientOrderId: 'open', orderQty: 5 },
    'NOTHING_TO_AMEND',
  ],
];

/** One market where every refusal can be provoked. */
function prepared(): Scenario {
  const scenario = new Scenario({
    marginCheck: true,
    maxOpenOrders: 2,
    maxConditionalOrders: 1,
    instruments: [
      instrument({ minNotional: '5', tickTable: [{ from: '1000', step: '5' }] }),
      instrument({ symbol: 'RICHUSDT', minNotional: '1000' }),
    ],
    accounts: [
      account('ikenna'),
      account('poor', { balances: {} }),
      account('busy'),
      account('hedged', { hedgeMode: true, feeMakerBps: decimal('1') }),
    ],
  });
  scenario.quote([], [[110, 50]]);
  scenario.print(100, 1);
  scenario.do({ kind: 'trade', symbol: 'RICHUSDT', price: 100, quantity: 1 });
  scenario.do({ ...LIMIT, clientOrderId: 'open' });
  scenario.do({ ...LIMIT, account: 'busy', clientOrderId: 'first' });
  scenario.do({ ...LIMIT, account: 'busy', clientOrderId: 'second' });
  scenario.do({ ...STOP, account: 'busy', clientOrderId: 'stop' });
  return scenario;
}

describe('a refused request', () => {
  it.each(cases)('%s', (_what, request, code) => {
    const scenario = prepared();
    const before = scenario.engine.stateHash();
    const reports = scenario.do(request);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ execType: 'REJECTED', rejectCode: code, lastQty: 0, tradeId: null });
    // A refusal changes nothing.
    expect(scenario.engine.stateHash()).toBe(before);
  });

  it('says which request it was, and of a new order what was asked for', () => {
    const [report] = prepared().do({ ...LIMIT, orderQty: 0 });
    expect(report).toMatchObject({
      orderId: null,
      clientOrderId: 'x',
      orderStatus: 'REJECTED',
      rejectedRequest: 'new',
      side: 'BUY',
      orderType: 'LIMIT',
      price: 100,
      leavesQty: 0,
    });
  });

  it('has a case above for every code that an order can be refused with', () => {
    const provoked = new Set(cases.map(([, , code]) => code));
    const missing = REJECT_CODES.filter((code) => !provoked.has(code));
    // The first is of spot (spot.spec.ts), the others are what a setting is refused with (settings.spec.ts).
    expect(missing).toEqual([
      'INSUFFICIENT_BALANCE',
      'POSITION_MODE_OPEN_ORDERS',
      'POSITION_MODE_OPEN_POSITION',
      'INVALID_LEVERAGE',
      'MARGIN_TYPE_OPEN_ORDERS',
      'MARGIN_TYPE_OPEN_POSITION',
    ]);
  });
});

describe('an engine', () => {
  it('refuses an account or an instrument that is there twice', () => {
    expect(() => new Scenario({ accounts: [account('ikenna'), account('ikenna')] })).toThrow(
      'account ikenna is there twice',
    );
    expect(() => new Scenario({ instruments: [instrument(), instrument()] })).toThrow(
      'instrument BTCUSDT is there twice',
    );
    expect(() => new Scenario({ accounts: [account(HOUSE_ACCOUNT)] })).toThrow(
      'account @house is there twice',
    );
  });

  it('refuses to go back in time', () => {
    const { engine } = new Scenario();
    engine.handle(5, LIMIT);
    expect(engine.handle(5, { ...LIMIT, clientOrderId: 'y' })).toHaveLength(1);
    expect(() => engine.handle(4, LIMIT)).toThrow('time runs forward: 4 comes after 5');
    expect(() => engine.handle(Number.NaN, LIMIT)).toThrow(RangeError);
  });
});
