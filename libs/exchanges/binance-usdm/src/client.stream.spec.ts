import { BinanceSetupError } from '@bowline/exchange-binance-common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cash, createInstrument } from '@bowline/domain';
import {
  about,
  algoBody,
  algoEvent,
  ClientBench,
  fillEvent,
  orderBody,
  orderEvent,
  place,
  STOP,
} from './client.spec-support.js';
import { BTCUSDT, EXCHANGE_INFO, type Reply, type ScriptedBinance } from './scripted-binance.spec-support.js';

let bench: ClientBench;
let binance: ScriptedBinance;

beforeEach(async () => {
  bench = await ClientBench.open();
  binance = bench.binance;
  binance.replies('GET /fapi/v1/allAlgoOrders', { body: [] });
});

afterEach(() => bench.close());

const accountEvent = (a: Readonly<Record<string, unknown>>): unknown => ({
  ...{ e: 'ACCOUNT_UPDATE', E: 1564745798939, T: 1564745798938, a: { m: 'ORDER', B: [], P: [], ...a } },
});

describe('a fill', () => {
  it('is told with all that the exchange says of it', async () => {
    binance.push(fillEvent(11, '0.002', { m: true }));
    expect(await bench.told(1)).toEqual([
      {
        ...{ id: 'trade/BTCUSDT/11/22542179', at: 1569514978020, type: 'trade', symbol: 'BTCUSDT' },
        ...{ clientOrderId: 'a', tradeId: 11, side: 'BUY', lastQty: 1, lastPx: 450_000, cumQty: 2 },
        ...{ fee: cash('0.018'), feeBaseLots: 0, liquidity: 'maker' },
      },
    ]);
  });

  it('is not told by its light version, nor in symbols that are not ours', async () => {
    binance.push({
      e: 'TRADE_LITE',
      E: 1,
      T: 1,
      s: 'BTCUSDT',
      q: '1',
      p: '1',
      m: false,
      c: 'a',
      S: 'BUY',
      L: '1',
      l: '1',
      t: 1,
      i: 1,
    });
    binance.push(fillEvent(10, '0.001', { s: 'ETHUSDT' }));
    binance.push(fillEvent(11, '0.001'));
    expect(await bench.told(1)).toMatchObject([{ tradeId: 11 }]);
  });

  it('has its fee in the settlement currency, at the price with which its minute began', async () => {
    const minute = 1569514978020 - (1569514978020 % 60_000);
    const candle = [minute, '580.50', '600', '570', '590', '1', minute + 59_999, '1', 1, '1', '1', '0'];
    binance.replies('GET /fapi/v1/klines', { body: [candle] });
    binance.push(fillEvent(11, '0.001', { N: 'BNB', n: '0.00001234' }));
    binance.push(fillEvent(12, '0.002', { N: 'BNB', n: '0.00000001' }));
    expect(await bench.told(2)).toMatchObject([{ fee: cash('0.00716337') }, { fee: cash('0.000005805') }]);
    expect(binance.callsOf('GET /fapi/v1/klines')).toMatchObject([
      { params: { symbol: 'BNBUSDT', interval: '1m', startTime: String(minute), limit: '1' } },
    ]);
  });

  it('is not held back for a fee that cannot be valued', async () => {
    binance.replies('GET /fapi/v1/klines', { status: 502, body: '' });
    binance.push(fillEvent(11, '0.001', { N: 'BNB', n: '0.00001234' }));
    expect(await bench.told(1)).toMatchObject([{ tradeId: 11, fee: 0n }]);
    expect(bench.log.text).toContain('a fee in another asset cannot be valued');
  });

  it("of what a stop has become is the stop's, as the exchange has told", async () => {
    binance.replies('POST /fapi/v1/algoOrder', { body: algoBody('s') });
    await bench.ask(place('s', STOP));
    binance.push(algoEvent({ X: 'TRIGGERING' }));
    binance.push(algoEvent({ X: 'TRIGGERED', ai: '77' }));
    binance.push(orderEvent({ c: 'other', i: 77, S: 'SELL' }));
    binance.push(fillEvent(11, '0.001', { c: 'other', i: 77, S: 'SELL' }));
    binance.push(fillEvent(12, '0.003', { c: 'other', i: 77, S: 'SELL', l: '0.002', X: 'FILLED' }));
    binance.push(algoEvent({ X: 'FINISHED', ai: '77', aq: '0.003' }));
    expect(await bench.told(3)).toMatchObject([
      { type: 'order', clientOrderId: 's', execType: 'accept' },
      { type: 'trade', clientOrderId: 's', lastQty: 1, cumQty: 1 },
      { type: 'trade', clientOrderId: 's', lastQty: 2, cumQty: 3 },
    ]);
    expect(binance.callsOf('GET /fapi/v1/allAlgoOrders')).toEqual([]);
  });

  it('of what a stop of an earlier start has become is found out', async () => {
    binance.replies('GET /fapi/v1/allAlgoOrders', {
      body: [algoBody('s', { algoStatus: 'FINISHED', actualOrderId: '77' })],
    });
    binance.push(fillEvent(11, '0.001', { c: 'other', i: 77 }));
    expect(await bench.told(1)).toMatchObject([{ type: 'trade', clientOrderId: 's' }]);
  });

  it.each<[string, Reply]>([
    ['the exchange does not answer', { status: 502, body: '' }],
    ['a stop is on its way into the book', { body: [algoBody('s', { algoStatus: 'TRIGGERING' })] }],
  ])('of which nobody knows whose it is is asked for instead: %s', async (_what, reply) => {
    binance.replies('GET /fapi/v1/allAlgoOrders', reply);
    binance.push(fillEvent(11, '0.001', { c: 'other', i: 77 }));
    expect(await bench.told(1)).toMatchObject([{ type: 'reconnected' }]);
  });

  it.each<[string, unknown]>([
    ['without an id', fillEvent(0, '0.001')],
    ['in no unit of ours', fillEvent(11, '0.0015', { l: '0.0005' })],
    ['in a word of tomorrow', fillEvent(11, '0.001', { x: 'SWAPPED' })],
    ['that cannot be read', { e: 'ORDER_TRADE_UPDATE', o: 'tomorrow' }],
  ])('%s is asked for instead', async (_what, event) => {
    binance.push(event);
    expect(await bench.told(1)).toMatchObject([{ type: 'reconnected' }]);
  });
});

describe('what the exchange does by itself', () => {
  it.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
    ['a liquidation', { c: 'autoclose-123', x: 'CALCULATED', X: 'FILLED', S: 'SELL' }, { side: 'LONG' }],
    ['auto-deleveraging', { c: 'adl_autoclose', X: 'NEW_ADL', S: 'BUY', ps: 'SHORT' }, { side: 'SHORT' }],
    ['a settlement', { c: 'settlement_autoclose-9', S: 'BUY' }, { side: 'SHORT' }],
  ])('is a forced close: %s', async (_what, o, expected) => {
    binance.push(orderEvent({ ...o, x: 'NEW' }));
    binance.push(fillEvent(11, '0.001', o));
    expect(await bench.told(1)).toEqual([
      {
        ...{ id: 'trade/BTCUSDT/11/22542179', at: 1569514978020, type: 'forced_close', symbol: 'BTCUSDT' },
        ...{ tradeId: 11, quantity: 1, price: 450_000, fee: cash('0.018'), ...expected },
      },
    ]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
    [
      'cancels',
      { x: 'CANCELED', X: 'CANCELED', z: '0.001' },
      { execType: 'cancel', orderQty: 3, cumQty: 1, reason: null },
    ],
    ['lets expire', { x: 'EXPIRED', X: 'EXPIRED', er: '2' }, { execType: 'expire', reason: null }],
    [
      'keeps from trading with ourselves',
      { x: 'EXPIRED', X: 'EXPIRED_IN_MATCH' },
      { execType: 'expire', reason: 'SELF_TRADE' },
    ],
    [
      'knocks out for the position',
      { x: 'EXPIRED', X: 'EXPIRED', er: '4' },
      { execType: 'expire', reason: 'POSITION_TOO_SMALL' },
    ],
  ])('is told of an order that it %s', async (_what, o, expected) => {
    binance.push(orderEvent(o));
    expect(await bench.told(1)).toMatchObject([{ type: 'order', clientOrderId: 'a', ...expected }]);
  });

  it.each<[string, string]>([
    ['CANCELED', 'cancel'],
    ['EXPIRED', 'expire'],
    ['REJECTED', 'reject'],
  ])('is told of a conditional order that is %s', async (X, execType) => {
    binance.push(algoEvent({ X }));
    expect(await bench.told(1)).toMatchObject([{ type: 'order', clientOrderId: 's', execType, orderQty: 3 }]);
  });

  it('says nothing of an order that is over when its id stands for another one', async () => {
    binance.push(orderEvent({ c: 'a', i: 1, x: 'EXPIRED', X: 'EXPIRED' }));
    binance.replies('POST /fapi/v1/order', { body: orderBody('a', { orderId: 2 }) });
    await bench.told(1);
    await bench.ask(place('a'));
    binance.push(orderEvent({ c: 'a', i: 1, x: 'CANCELED', X: 'CANCELED' }));
    binance.push(orderEvent({ c: 'a', i: 2, x: 'CANCELED', X: 'CANCELED' }));
    expect(await bench.told(3)).toMatchObject([
      { execType: 'expire' },
      { execType: 'accept' },
      { execType: 'cancel' },
    ]);
  });
});

describe('the account', () => {
  it('is told in the settlement currency', async () => {
    const B = [
      { a: 'BNB', wb: '1.5', cw: '1', bc: '0' },
      { a: 'USDT', wb: '122624.12345678', cw: '100', bc: '50' },
    ];
    binance.push(accountEvent({ B, P: [{ s: 'BTCUSDT', pa: '1', ep: '1', mt: 'cross', ps: 'BOTH' }] }));
    binance.push(fillEvent(11, '0.001'));
    expect(await bench.told(2)).toMatchObject([
      { type: 'balance', asset: 'USDT', balance: cash('122624.12345678') },
      { type: 'trade' },
    ]);
  });

  it.each<[string, unknown, Readonly<Record<string, unknown>>]>([
    [
      'leverage',
      { e: 'ACCOUNT_CONFIG_UPDATE', E: 2, T: 1, ac: { s: 'BTCUSDT', l: 20 } },
      { what: 'leverage', symbol: 'BTCUSDT', detail: 'leverage is 20 now' },
    ],
    [
      'margin type',
      accountEvent({
        m: 'MARGIN_TYPE_CHANGE',
        P: [{ s: 'BTCUSDT', pa: '0', ep: '0', mt: 'isolated', ps: 'BOTH' }],
      }),
      { what: 'margin_type', symbol: 'BTCUSDT', detail: 'margin is isolated now' },
    ],
    [
      'multi-assets mode',
      { e: 'ACCOUNT_CONFIG_UPDATE', E: 2, T: 1, ai: { j: true } },
      { what: 'margin_type', symbol: null, detail: 'multi-assets mode is on now' },
    ],
  ])('was changed by somebody: %s', async (_what, event, expected) => {
    binance.push(event);
    expect(await bench.told(1)).toMatchObject([{ type: 'account_changed', ...expected }]);
  });

  it('pays funding, whose price and rate are in the history', async () => {
    const time = Date.now() + 1_000;
    const income = {
      symbol: 'BTCUSDT',
      incomeType: 'FUNDING_FEE',
      income: '-0.37',
      asset: 'USDT',
      info: '',
      time,
    };
    binance.replies('GET /fapi/v1/income', {
      body: [
        { ...income, tranId: '9689322392' },
        { ...income, symbol: 'XYZUSDT', tranId: '9689322393' },
      ],
    });
    binance.replies('GET /fapi/v1/fundingRate', {
      body: [{ symbol: 'BTCUSDT', fundingRate: '-0.00012500', fundingTime: time, markPrice: '45000.07' }],
    });
    binance.push(
      accountEvent({ m: 'FUNDING_FEE', B: [{ a: 'USDT', wb: '99.63', cw: '99.63', bc: '-0.37' }] }),
    );
    binance.push(accountEvent({ m: 'FUNDING_FEE', B: [{ a: 'BNB', wb: '1', cw: '1', bc: '0' }] }));
    const told = await bench.told(2);
    expect(told[0]).toMatchObject({ type: 'balance' });
    expect(told[1]).toEqual({
      ...{ id: 'funding/BTCUSDT/9689322392', at: time, type: 'funding', symbol: 'BTCUSDT' },
      ...{ price: 450_001, rateUnits: -125n, rateScale: 6 },
    });
    await binance.until(() => binance.callsOf('GET /fapi/v1/income').length === 2);
    binance.push(fillEvent(11, '0.001'));
    expect(await bench.told(3)).toMatchObject([{}, {}, { type: 'trade' }]);
  });
});

describe('a line that breaks', () => {
  it('is told once it is whole again', async () => {
    binance.sockets[0]?.socket.terminate();
    expect(await bench.told(1)).toMatchObject([{ type: 'reconnected' }]);
    binance.push(fillEvent(11, '0.001'));
    expect(await bench.told(2)).toMatchObject([{}, { tradeId: 11 }]);
  });

  it('may have hidden another position mode, and other demands', async () => {
    const symbols = [{ ...EXCHANGE_INFO.symbols[0], status: 'PRE_SETTLE' }];
    binance.replies('GET /fapi/v1/exchangeInfo', { body: { ...EXCHANGE_INFO, symbols } });
    binance.replies('GET /fapi/v1/positionSide/dual', { body: { dualSidePosition: true } });
    binance.sockets[0]?.socket.terminate();
    expect((await bench.reports.first(4)).slice(1)).toMatchObject([
      { type: 'reconnected' },
      { type: 'filters', trading: false },
      { type: 'account_changed', what: 'position_mode' },
    ]);
  });
});

describe('a start', () => {
  it('tells what the exchange demands, and learns its limits', () => {
    expect(bench.reports.all).toMatchObject([
      { type: 'filters', symbol: 'BTCUSDT', trading: true, minQty: 1 },
    ]);
    expect(bench.client.pace.limits()).toContainEqual({
      ...{ name: 'orders/10s', counts: 'orders', intervalMs: 10_000, limit: 300 },
    });
    expect(bench.client.pace.costOf(place('a'))).toEqual({ weight: 0, orders: 1 });
  });

  it('waits for an exchange that is away', async () => {
    const other = await ClientBench.unconnected();
    other.binance.replies('GET /fapi/v1/exchangeInfo', { status: 503, body: '' }, { body: EXCHANGE_INFO });
    await other.connect();
    await other.close();
  });

  it.each<[string, string, Reply, string]>([
    [
      'the key is refused',
      'GET /fapi/v1/positionSide/dual',
      { status: 401, body: { code: -2015, msg: 'Invalid API-key' } },
      'ikenna at binance-usdm: -2015: Invalid API-key',
    ],
    [
      'the stream is refused',
      'POST /fapi/v1/listenKey',
      { status: 401, body: { code: -2015, msg: 'Invalid API-key' } },
      'the exchange gives no listen key',
    ],
    [
      'the symbol is not there',
      'GET /fapi/v1/exchangeInfo',
      { body: { ...EXCHANGE_INFO, symbols: [] } },
      'BTCUSDT is not traded there',
    ],
  ])('fails where %s', async (_what, call, reply, message) => {
    const other = await ClientBench.unconnected();
    other.binance.replies(call, reply);
    const connected = other.connect();
    await expect(connected).rejects.toThrow(BinanceSetupError);
    await expect(connected).rejects.toThrow(message);
    await other.close();
  });

  it('fails where the configuration counts in other units', async () => {
    const other = await ClientBench.unconnected({
      instruments: [createInstrument({ ...BTCUSDT, lotSize: '0.01' })],
    });
    await expect(other.connect()).rejects.toThrow(
      'binance-usdm: lotSize of BTCUSDT is 0.001 at the exchange, and 0.01 in the configuration; correct the instruments',
    );
    await other.close();
  });

  it('tells where the position mode is another one than configured', async () => {
    const other = await ClientBench.unconnected({ hedgeMode: true });
    await other.connect();
    expect(other.reports.all).toContainEqual(
      expect.objectContaining({ type: 'account_changed', what: 'position_mode', symbol: null }),
    );
    await other.close();
  });
});

it('says nothing any more once it is closed', async () => {
  binance.replies('GET /fapi/v1/order', 'hang');
  bench.client.send(about('query_order', 'a'));
  await binance.until(() => binance.callsOf('GET /fapi/v1/order').length === 1);
  const before = bench.reports.all.length;
  await bench.client.close();
  binance.push(fillEvent(11, '0.001'));
  expect(bench.reports.all).toHaveLength(before);
});
