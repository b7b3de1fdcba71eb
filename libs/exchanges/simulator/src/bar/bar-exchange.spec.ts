import { beforeEach, describe, expect, it } from '@jest/globals';
import { cash, decimal, type OrderTerms } from '@bowline/domain';
import type { ExchangeReport } from '@bowline/ports';
import { instrumentOf } from '@bowline/testkit';
import { BarExchange, type BarExchangeOptions } from './bar-exchange.js';
import { createBarFills } from './bar-fills.js';

const SYMBOL = 'BTCUSDT';
const MINUTE = 60_000;
const instrument = instrumentOf('binance-usdm', SYMBOL);
const none = decimal(0);
const fills = createBarFills(instrument, {
  feeMakerBps: decimal(1),
  feeTakerBps: decimal(5),
  slippageBps: none,
  fillProbability: 1,
  partialFillRatio: 0.5,
  intrabar: 'pessimistic',
  seed: 1,
});

let exchange: BarExchange;
let reports: ExchangeReport[];

async function open(options: Partial<BarExchangeOptions> = {}): Promise<void> {
  exchange = new BarExchange({
    exchange: 'binance-usdm',
    account: 'odum',
    hedgeMode: false,
    balance: cash(1_000),
    markets: [{ instrument, fills }],
    ...options,
  });
  reports = [];
  await exchange.connect((report) => reports.push(report));
  exchange.act(SYMBOL, 0, 1_000);
}

beforeEach(() => open());

type Change = Partial<Omit<OrderTerms, 'key'>> & { readonly leg?: 'e' | 't' | 's' | 'x' };

/** A buy entry of 10 lots at the market, unless said otherwise; named after its position and leg, as `a-1.e`. */
function place(position: string, { leg = 'e', ...change }: Change = {}, name = `${position}.${leg}`): void {
  const terms: OrderTerms = {
    key: { strategyPositionId: position, leg, generation: 0 },
    side: leg === 'e' ? 'BUY' : 'SELL',
    positionSide: 'LONG',
    orderType: change.stopPrice ? 'stop_market' : change.limitPrice ? 'limit' : 'market',
    orderQty: 10,
    limitPrice: null,
    stopPrice: null,
    timeInForce: 'GTC',
    reduceOnly: false,
    ...change,
  };
  const ocoGroup = leg === 't' || leg === 's' ? position : null;
  exchange.send({
    type: 'place',
    clientOrderId: name,
    symbol: SYMBOL,
    terms,
    ocoGroup,
    expiresAt: null,
    at: 0,
  });
}

function protect(position: string, takeProfit: number, stop: number, orderQty = 10): void {
  place(position, { leg: 't', limitPrice: takeProfit, orderQty });
  place(position, { leg: 's', stopPrice: stop, orderQty });
}

/** A bar of a minute's place: everything that it fills. */
function bar(minute: number, open_: number, high: number, low: number, between = (): void => undefined) {
  const prices = { openTime: minute * MINUTE, open: open_, high, low };
  for (const _ of exchange.fillEntries(SYMBOL, prices)) between();
  for (const _ of exchange.fillPairs(SYMBOL, prices)) between();
}

/** `a-1.e accept`, `a-1.e 10 @ 1000 taker`; what the account is made of left out. */
function told(): string[] {
  return reports.splice(0).flatMap((report) => {
    switch (report.type) {
      case 'order':
        return [`${report.clientOrderId} ${report.execType}`];
      case 'trade':
        return [`${report.clientOrderId} ${report.lastQty} @ ${report.lastPx} ${report.liquidity}`];
      case 'balance':
      case 'position':
        return [];
      default:
        return [report.type];
    }
  });
}

describe('the bar exchange', () => {
  it('fills market orders at the acting price, and tells at once what that makes of the account', () => {
    place('a-1');
    expect(reports).toMatchObject([
      { type: 'order', execType: 'accept' },
      { type: 'trade', tradeId: 1, lastPx: 1_000, cumQty: 10, fee: cash('0.0005'), liquidity: 'taker' },
      { type: 'balance', asset: 'USDT', balance: cash('999.9995') },
      { type: 'position', signedQty: 10, entryPrice: '100', lastTradeId: 1 },
    ]);
  });

  it.each([
    ['GTC', 1_001, ['a-1.e accept', 'a-1.e 10 @ 1000 taker']],
    ['GTX', 1_001, ['a-1.e reject']],
    ['GTC', 999, ['a-1.e accept']],
    ['GTX', 999, ['a-1.e accept']],
    ['IOC', 999, ['a-1.e accept', 'a-1.e expire']],
    ['FOK', 999, ['a-1.e accept', 'a-1.e expire']],
    ['IOC', 1_000, ['a-1.e accept', 'a-1.e 10 @ 1000 taker']],
  ] as const)(
    'answers a %s limit order at %i where the market is at 1000',
    (timeInForce, limitPrice, said) => {
      place('a-1', { timeInForce, limitPrice });
      expect(told()).toEqual(said);
    },
  );

  it('fills what rests when a bar touches it, in the parts that its rules say', () => {
    place('a-1', { limitPrice: 990 });
    told();
    bar(0, 1_000, 1_010, 995);
    expect(told()).toEqual([]);
    bar(1, 1_000, 1_010, 990);
    bar(2, 980, 1_010, 980);
    expect(told()).toEqual(['a-1.e 5 @ 990 maker', 'a-1.e 2 @ 980 maker']);
  });

  it('compares entries and pairs strategy by strategy, in the order of their names', () => {
    for (const position of ['b-1', 'a-2', 'c-9']) place(position, { limitPrice: 990, orderQty: 1 });
    told();
    bar(0, 1_000, 1_000, 990);
    for (const position of ['b-1', 'a-2', 'c-9']) protect(position, 1_100, 950, 1);
    told();
    bar(1, 1_000, 1_000, 940);
    expect(told().filter((text) => text.includes('@'))).toEqual([
      'a-2.s 1 @ 950 taker',
      'b-1.s 1 @ 950 taker',
      'c-9.s 1 @ 950 taker',
    ]);
  });

  it('does not compare an order that comes at a close with the bar before it', () => {
    exchange.act(SYMBOL, MINUTE, 1_000);
    place('a-1', { limitPrice: 990 });
    told();
    bar(0, 1_000, 1_000, 900);
    expect(told()).toEqual([]);
    bar(1, 1_000, 1_000, 900);
    expect(told()).toEqual(['a-1.e 5 @ 990 maker']);
  });

  it('has the legs of an entry at the open live in that bar, those of one within it in the next', () => {
    place('open-1');
    protect('open-1', 1_100, 980);
    place('rested-1', { limitPrice: 990, orderQty: 1 });
    told();
    bar(0, 1_000, 1_000, 980, () => {
      if (!exchange.openOrders().includes('rested-1.s')) protect('rested-1', 1_100, 985, 1);
    });
    expect(told().filter((text) => text.includes('@'))).toEqual([
      'rested-1.e 1 @ 990 maker',
      'open-1.s 10 @ 980 taker',
    ]);
    expect(exchange.isLive(SYMBOL, 'rested-1', 0)).toBe(false);
    expect(exchange.isLive(SYMBOL, 'rested-1', MINUTE)).toBe(true);
    bar(1, 980, 1_000, 980);
    expect(told()[0]).toBe('rested-1.s 1 @ 980 taker');
  });

  it('cancels the other leg once one is filled whole, and that of no other symbol or pair', async () => {
    const eth = instrumentOf('binance-usdm', 'ETHUSDT');
    await open({
      markets: [
        { instrument, fills },
        { instrument: eth, fills },
      ],
    });
    for (const position of ['a-1', 'b-1']) {
      place(position, { orderQty: 1 });
      protect(position, position === 'a-1' ? 1_100 : 1_200, 900, 1);
    }
    told();
    bar(0, 1_000, 1_100, 1_000);
    expect(told()).toEqual(['a-1.t 1 @ 1100 maker', 'a-1.s cancel']);
    expect(exchange.openOrders()).toEqual(['b-1.t', 'b-1.s']);
  });

  it('stops what the take-profit has left, over the quantity that the stop then has', async () => {
    const optimistic = createBarFills(instrument, {
      feeMakerBps: none,
      feeTakerBps: none,
      slippageBps: none,
      fillProbability: 1,
      partialFillRatio: 0.4,
      intrabar: 'optimistic',
      seed: 1,
    });
    await open({ markets: [{ instrument, fills: optimistic }] });
    place('a-1');
    protect('a-1', 1_100, 900);
    told();
    let first = true;
    bar(0, 1_000, 1_100, 900, () => {
      if (first) place('a-1', { leg: 's', stopPrice: 900, orderQty: 6 }, 'a-1.s2');
      if (first) exchange.send({ type: 'cancel', clientOrderId: 'a-1.s', symbol: SYMBOL, at: 0 });
      first = false;
    });
    expect(told()).toEqual([
      'a-1.t 4 @ 1100 maker',
      'a-1.s2 accept',
      'a-1.s cancel',
      'a-1.s2 6 @ 900 taker',
      'a-1.t cancel',
    ]);
    expect(exchange.books.holdings()).toEqual([]);
  });

  it('lets legs rest that the price has passed already: the open of the bar fills them', () => {
    place('a-1');
    protect('a-1', 1_100, 1_005);
    expect(told().at(-1)).toBe('a-1.s accept');
    bar(0, 1_000, 1_000, 1_000);
    expect(told()[0]).toBe('a-1.s 10 @ 1000 taker');
  });

  it('lets market orders wait while it is held, and fills them in the order of the strategies', () => {
    exchange.hold();
    place('b-1');
    place('a-1');
    place('c-1');
    exchange.send({ type: 'cancel', clientOrderId: 'c-1.e', symbol: SYMBOL, at: 0 });
    expect(told()).toEqual(['b-1.e accept', 'a-1.e accept', 'c-1.e accept', 'c-1.e cancel']);
    exchange.release();
    expect(told()).toEqual(['a-1.e 10 @ 1000 taker', 'b-1.e 10 @ 1000 taker']);
    place('d-1');
    expect(told()).toEqual(['d-1.e accept', 'd-1.e 10 @ 1000 taker']);
  });

  it('nets in one-way mode: only what increases the position moves its average', () => {
    place('a-1');
    exchange.act(SYMBOL, MINUTE, 1_100);
    place('b-1', { orderQty: 5 });
    place('c-1', { side: 'SELL', positionSide: 'SHORT', orderQty: 7 });
    expect(exchange.books.holdings()).toEqual([
      { key: 'BTCUSDT_LONG', symbol: SYMBOL, side: 'LONG', quantity: 8, entryPrice: '103.33333333' },
    ]);
    place('c-2', { side: 'SELL', positionSide: 'SHORT', orderQty: 10 });
    expect(exchange.books.holdings()).toMatchObject([{ side: 'SHORT', quantity: 2, entryPrice: '110' }]);
  });

  it('keeps LONG and SHORT apart in hedge mode, and charges funding on each', async () => {
    await open({ hedgeMode: true });
    place('a-1');
    place('b-1', { side: 'SELL', positionSide: 'SHORT', orderQty: 4 });
    expect(exchange.books.holdings()).toMatchObject([
      { key: 'BTCUSDT_LONG', quantity: 10 },
      { key: 'BTCUSDT_SHORT', quantity: 4 },
    ]);
    const before = exchange.books.balance();
    exchange.fund(SYMBOL, decimal('0.001'));
    expect(exchange.books.balance() - before).toBe(cash('-0.0006'));
    expect(reports.at(-1)).toMatchObject({ type: 'funding', price: 1_000, rateUnits: 1n, rateScale: 3 });
  });

  it('is worth what was paid in, less fees, plus what its positions have made', () => {
    place('a-1');
    exchange.act(SYMBOL, MINUTE, 1_200);
    place('a-1', { leg: 'x', orderQty: 4 });
    // 0.004 x 20 realized, 0.006 x 20 not; fees of 5 basis points on 1 and 0.48.
    expect(exchange.books.equity(() => 1_200)).toBe(cash('1000.2') - cash('0.00074'));
    expect(exchange.books.balance()).toBe(cash('1000.08') - cash('0.00074'));
  });

  it('answers every request: what is unknown, what it cannot do, and what it holds', () => {
    const at = 0;
    const named = { clientOrderId: 'a-1.e', symbol: SYMBOL, at };
    exchange.send({ type: 'cancel', ...named });
    exchange.send({ type: 'query_order', ...named });
    place('a-1', { limitPrice: 990 });
    place('a-1', { limitPrice: 990 });
    exchange.send({ type: 'amend', ...named, orderQty: 5, price: null });
    expect(told()).toEqual([
      ...['request_refused', 'order_absent', 'a-1.e accept'],
      ...['order_status', 'request_refused'],
    ]);
    bar(0, 990, 990, 990);
    const first = reports.splice(0).find(({ type }) => type === 'trade');
    exchange.send({ type: 'query_order', ...named });
    expect(reports.splice(0)).toMatchObject([
      first!,
      { type: 'order_status', orderStatus: 'partially_filled', orderQty: 10, cumQty: 5 },
    ]);
    bar(1, 990, 990, 990);
    reports.length = 0;
    exchange.send({ type: 'query_position', symbol: SYMBOL, afterTradeId: 1, at });
    expect(reports).toMatchObject([
      { type: 'trade', tradeId: 2 },
      { type: 'balance' },
      { type: 'position', signedQty: 7, lastTradeId: 2 },
    ]);
  });
});
