import { beforeEach, describe, expect, it } from '@jest/globals';
import { cash, formatCash } from '@bowline/domain';
import type { NewListRequest, NewOrderRequest } from './commands.js';
import { account, instrument, lines, Scenario } from './scenario.spec-support.js';

type Leg = Omit<NewOrderRequest, 'kind' | 'account' | 'symbol'>;

const TAKE: Leg = leg('take', 'SELL', { orderType: 'LIMIT', price: 110, timeInForce: 'GTX' });
const STOP: Leg = leg('stop', 'SELL', { orderType: 'STOP_LIMIT', stopPrice: 90, price: 88 });
const ENTRY: Leg = leg('entry', 'BUY', { orderType: 'LIMIT', price: 95 });

function leg(clientOrderId: string, side: 'BUY' | 'SELL', terms: Partial<Leg>): Leg {
  return { clientOrderId, side, orderType: 'LIMIT', orderQty: 4, ...terms };
}

describe('order lists', () => {
  let exchange: Scenario;

  beforeEach(() => {
    const ikenna = account('ikenna', { balances: { USDT: cash(1_000), BTC: cash(5) } });
    const odum = account('odum', { balances: { USDT: cash(100_000), BTC: cash(1_000) } });
    exchange = new Scenario({ instruments: [instrument({ kind: 'spot' })], accounts: [ikenna, odum] });
    exchange.quote([[99, 100]], [[101, 100]]);
    exchange.print(100, 1);
  });

  function place(contingencyType: NewListRequest['contingencyType'], ...legs: readonly Leg[]) {
    const about = { account: 'ikenna', symbol: 'BTCUSDT' } as const;
    const orders = legs.map((each): NewOrderRequest => ({ kind: 'new', ...about, ...each }));
    return lines(exchange.do({ kind: 'newList', ...about, contingencyType, orders }));
  }

  function assets(): Readonly<Record<string, string>> {
    const rows = exchange.engine
      .assets('ikenna')
      .map(({ asset, free, locked }) => [asset, `${formatCash(free)} + ${formatCash(locked)}`]);
    return Object.fromEntries(rows) as Record<string, string>;
  }

  function open(): readonly string[] {
    return exchange.engine.openOrders('ikenna').map(({ clientOrderId }) => clientOrderId);
  }

  describe('one cancels the other', () => {
    beforeEach(() => {
      expect(place('OCO', TAKE, STOP)).toEqual(['ikenna take NEW NEW', 'ikenna stop NEW NEW']);
    });

    it('holds what the two sell once', () => {
      expect(assets()).toEqual({ USDT: '1000 + 0', BTC: '1 + 4' });
    });

    it('ends the stop with the first trade of the take-profit', () => {
      expect(lines(exchange.print(110, 1))).toEqual([
        'ikenna take TRADE PARTIALLY_FILLED 1@110',
        'ikenna stop EXPIRED EXPIRED ORDER_LIST',
      ]);
      expect(open()).toEqual(['take']);
      expect(assets()).toEqual({ USDT: '1110 + 0', BTC: '1 + 3' });
    });

    it('ends the take-profit when the stop is triggered', () => {
      exchange.quote([[88, 100]], [[91, 100]]);
      expect(lines(exchange.print(90, 1))).toEqual([
        'ikenna take EXPIRED EXPIRED ORDER_LIST',
        'ikenna stop TRIGGERED NEW',
        'ikenna stop TRADE FILLED 4@88',
      ]);
      expect(assets()).toEqual({ USDT: '1352 + 0', BTC: '1 + 0' });
    });

    it.each(['take', 'stop'])('cancels both with %s', (canceled) => {
      const other = canceled === 'take' ? 'stop' : 'take';
      expect(lines(exchange.cancel(canceled))).toEqual([
        `ikenna ${canceled} CANCELED CANCELED`,
        `ikenna ${other} CANCELED CANCELED ORDER_LIST`,
      ]);
      expect(assets()).toEqual({ USDT: '1000 + 0', BTC: '5 + 0' });
    });

    it('cancels both once where everything is canceled', () => {
      const reports = exchange.do({ kind: 'cancelAll', account: 'ikenna', symbol: 'BTCUSDT' });
      expect(reports.map(({ execType }) => execType)).toEqual(['CANCELED', 'CANCELED']);
    });
  });

  it.each<[string, readonly [Leg, Leg], string]>([
    ['more than there is', [{ ...TAKE, orderQty: 6 }, STOP], 'take REJECTED REJECTED INSUFFICIENT_BALANCE'],
    [
      'a take-profit that would take',
      [{ ...TAKE, price: 98 }, STOP],
      'take REJECTED REJECTED POST_ONLY_WOULD_TAKE',
    ],
    ['a stop that is reached', [TAKE, { ...STOP, stopPrice: 100 }], 'stop REJECTED REJECTED WOULD_TRIGGER'],
    [
      'one id twice',
      [TAKE, { ...STOP, clientOrderId: 'take' }],
      'take REJECTED REJECTED DUPLICATE_CLIENT_ORDER_ID',
    ],
  ])('refuses a list of %s whole', (_, legs, refusal) => {
    const before = exchange.engine.stateHash();
    expect(place('OCO', ...legs)).toEqual([`ikenna ${refusal}`]);
    expect(exchange.engine.stateHash()).toBe(before);
  });

  describe('one triggers the others', () => {
    beforeEach(() => {
      expect(place('OTO', ENTRY, { ...TAKE, orderQty: 9 }, { ...STOP, orderQty: 9 })).toEqual([
        'ikenna entry NEW NEW',
        'ikenna take NEW NEW',
        'ikenna stop NEW NEW',
      ]);
    });

    it('holds only what the first one needs', () => {
      expect(open()).toEqual(['take', 'stop', 'entry']);
      expect(assets()).toEqual({ USDT: '620 + 380', BTC: '5 + 0' });
    });

    it('lets the others in once the first has filled whole', () => {
      expect(lines(exchange.print(95, 1))).toEqual(['ikenna entry TRADE PARTIALLY_FILLED 1@95']);
      expect(lines(exchange.print(95, 3))).toEqual([
        'ikenna entry TRADE FILLED 3@95',
        'ikenna take NEW NEW',
        'ikenna stop NEW NEW',
      ]);
      expect(assets()).toEqual({ USDT: '620 + 0', BTC: '0 + 9' });
      expect(lines(exchange.print(110, 9))).toEqual([
        'ikenna take TRADE FILLED 9@110',
        'ikenna stop EXPIRED EXPIRED ORDER_LIST',
      ]);
    });

    it('does not trigger what waits', () => {
      expect(lines(exchange.print(89, 1))).toEqual(['ikenna entry TRADE PARTIALLY_FILLED 1@95']);
    });

    it('ends the others where their price was reached meanwhile', () => {
      expect(lines(exchange.print(89, 4))).toEqual([
        'ikenna entry TRADE FILLED 4@95',
        'ikenna take EXPIRED EXPIRED WOULD_TRIGGER',
        'ikenna stop EXPIRED EXPIRED ORDER_LIST',
      ]);
    });

    it.each(['entry', 'take', 'stop'])('cancels all of it with %s', (canceled) => {
      exchange.cancel(canceled);
      expect(open()).toEqual([]);
      expect(assets()).toEqual({ USDT: '1000 + 0', BTC: '5 + 0' });
    });
  });

  it('lets the others in at once where the first takes, and the take-profit that crosses trades', () => {
    expect(
      place('OTO', { ...ENTRY, price: 101 }, leg('exit', 'SELL', { orderType: 'LIMIT', price: 98 })),
    ).toEqual([
      'ikenna entry NEW NEW',
      'ikenna exit NEW NEW',
      'ikenna entry TRADE FILLED 4@101',
      'ikenna exit NEW NEW',
      'ikenna exit TRADE FILLED 4@99',
    ]);
  });

  it('ends the others where the money for them is gone', () => {
    place('OTO', ENTRY, { ...TAKE, orderQty: 9 });
    exchange.sell(1);
    expect(lines(exchange.print(95, 4))).toEqual([
      'ikenna entry TRADE FILLED 4@95',
      'ikenna take EXPIRED EXPIRED INSUFFICIENT_MARGIN',
    ]);
  });
});
