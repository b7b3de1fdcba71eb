import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cash } from '@bowline/domain';
import type { ExchangeRequest } from '@bowline/ports';
import {
  about,
  algoBody,
  algoEvent,
  ClientBench,
  fillEvent,
  NOT_OPEN,
  NOT_THERE,
  orderBody,
  orderEvent,
  paramsOf,
  place,
  STOP,
  tradeBody,
} from './client.spec-support.js';
import { KEYS, type Reply, type ScriptedBinance } from './scripted-binance.spec-support.js';

const ORDER = '/fapi/v1/order';
const ALGO = '/fapi/v1/algoOrder';
const TRADES = 'GET /fapi/v1/userTrades';

let bench: ClientBench;
let binance: ScriptedBinance;

beforeEach(async () => {
  bench = await ClientBench.open();
  binance = bench.binance;
});

afterEach(() => bench.close());

describe('an order that is placed', () => {
  beforeEach(() => {
    binance.on(`POST ${ORDER}`, ({ params }) => ({ body: orderBody(params['newClientOrderId']!) }));
    binance.on(`POST ${ALGO}`, ({ params }) => ({ body: algoBody(params['clientAlgoId']!) }));
  });

  it.each<[string, ExchangeRequest, string, Readonly<Record<string, string>>]>([
    [
      'a limit order',
      place('a', { timeInForce: 'GTX' }),
      ORDER,
      {
        ...{
          symbol: 'BTCUSDT',
          side: 'BUY',
          type: 'LIMIT',
          quantity: '0.003',
          price: '45000',
          timeInForce: 'GTX',
        },
        ...{ newClientOrderId: 'a', selfTradePreventionMode: 'EXPIRE_TAKER' },
      },
    ],
    [
      'a market order that closes',
      place('x', {
        key: { strategyPositionId: 'A', leg: 'x', generation: 0 },
        orderType: 'market',
        reduceOnly: true,
      }),
      ORDER,
      {
        ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.003', reduceOnly: 'true' },
        ...{ newClientOrderId: 'x', selfTradePreventionMode: 'EXPIRE_MAKER' },
      },
    ],
    [
      'a stop, among the conditional orders',
      place('s', STOP),
      ALGO,
      {
        ...{
          algoType: 'CONDITIONAL',
          symbol: 'BTCUSDT',
          side: 'SELL',
          type: 'STOP_MARKET',
          quantity: '0.003',
        },
        ...{ triggerPrice: '43000', workingType: 'CONTRACT_PRICE', reduceOnly: 'true', clientAlgoId: 's' },
        ...{ selfTradePreventionMode: 'EXPIRE_MAKER' },
      },
    ],
  ])('goes out as %s', async (_what, request, path, params) => {
    const [told] = await bench.ask(request);
    expect(told).toMatchObject({ type: 'order', execType: 'accept', orderQty: 3, cumQty: 0, reason: null });
    expect(paramsOf(binance.callsOf(`POST ${path}`)[0])).toEqual(params);
  });

  it('says its position side in hedge mode, and nothing of reduceOnly', async () => {
    await bench.close();
    bench = await ClientBench.unconnected({ hedgeMode: true });
    bench.binance.replies('GET /fapi/v1/positionSide/dual', { body: { dualSidePosition: true } });
    bench.binance.replies(`POST ${ALGO}`, { body: algoBody('s') });
    await bench.connect();
    await bench.ask(place('s', STOP));
    const params = paramsOf(bench.binance.callsOf(`POST ${ALGO}`)[0]);
    expect(params).toMatchObject({ positionSide: 'LONG' });
    expect(params).not.toHaveProperty('reduceOnly');
  });

  it('is accepted once, whether the stream or the answer is first', async () => {
    await bench.ask(place('a'));
    binance.push(orderEvent({ c: 'a' }));
    let answer: () => void = () => undefined;
    binance.on(`POST ${ORDER}`, async () => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return { body: orderBody('b', { orderId: 7 }) };
    });
    bench.client.send(place('b'));
    await binance.until(() => binance.callsOf(`POST ${ORDER}`).length === 2);
    binance.push(orderEvent({ c: 'b', i: 7 }));
    await bench.told(2);
    answer();
    await bench.ask(place('s', STOP));
    binance.push(algoEvent({ X: 'NEW' }));
    binance.push(fillEvent(1, '0.001', { c: 'b', i: 7 }));
    const told = await bench.told(4);
    expect(told.map((report) => 'clientOrderId' in report && [report.clientOrderId, report.type])).toEqual([
      ['a', 'order'],
      ['b', 'order'],
      ['s', 'order'],
      ['b', 'trade'],
    ]);
  });

  it.each<[string, Reply, Readonly<Record<string, unknown>>]>([
    ['a broken connection', 'drop', { type: 'request_unknown', request: 'place' }],
    ['a 5xx', { status: 503, body: '' }, { type: 'request_unknown', request: 'place' }],
    [
      'a timeout at the exchange',
      { status: 400, body: { code: -1007, msg: '' } },
      { type: 'request_unknown' },
    ],
    [
      '429',
      { status: 429, body: { code: -1003, msg: '' } },
      { type: 'order', execType: 'reject', reason: 'NOT_SENT' },
    ],
    [
      'no margin',
      { status: 400, body: { code: -2019, msg: '' } },
      { execType: 'reject', reason: 'INSUFFICIENT_MARGIN' },
    ],
    [
      'a price that is reached',
      { status: 400, body: { code: -2021, msg: '' } },
      { execType: 'reject', reason: 'WOULD_TRIGGER' },
    ],
    [
      'too small a position',
      { status: 400, body: { code: -2022, msg: '' } },
      { execType: 'reject', reason: 'POSITION_TOO_SMALL' },
    ],
  ])('is sent once, and answered: %s', async (_what, reply, expected) => {
    binance.replies(`POST ${ORDER}`, reply);
    expect(await bench.ask(place('a'))).toMatchObject([{ clientOrderId: 'a', ...expected }]);
    expect(binance.callsOf(`POST ${ORDER}`)).toHaveLength(1);
  });

  it('is rejected as not sent where the exchange cannot be reached', async () => {
    await binance.close();
    // The first may still go out over a line of before.
    await bench.ask(place('a'));
    expect(await bench.ask(place('b'))).toMatchObject([
      { type: 'order', execType: 'reject', reason: 'NOT_SENT' },
    ]);
    await bench.client.close();
    bench = await ClientBench.open();
  });

  it.each<[string, Partial<ExchangeRequest>]>([
    ['older than its window', { at: Date.now() - 60_000 }],
    ['expired', { expiresAt: Date.now() - 1 }],
  ])('is not sent when it is %s', async (_what, change) => {
    const told = await bench.ask({ ...place('a'), ...change } as ExchangeRequest);
    expect(told).toMatchObject([{ type: 'order', execType: 'reject', reason: 'NOT_SENT' }]);
    expect(binance.callsOf(`POST ${ORDER}`)).toEqual([]);
  });

  it('that is open under this id already is told as it stands', async () => {
    binance.replies(`POST ${ORDER}`, {
      status: 400,
      body: { code: -4116, msg: 'ClientOrderId is duplicated.' },
    });
    binance.replies(`GET ${ORDER}`, { body: orderBody('a') });
    expect(await bench.ask(place('a'))).toMatchObject([
      { type: 'order_status', orderStatus: 'new', orderQty: 3 },
    ]);
  });

  it('tells that the position mode is another one', async () => {
    binance.replies(`POST ${ORDER}`, {
      status: 400,
      body: { code: -4061, msg: "Order's position side does not match" },
    });
    expect(await bench.ask(place('a'), 2)).toMatchObject([
      { type: 'account_changed', what: 'position_mode', symbol: null },
      { type: 'order', execType: 'reject' },
    ]);
  });

  it('is not overtaken by what is asked about it', async () => {
    binance.on(`DELETE ${ORDER}`, ({ params }) => ({
      body: orderBody(params['origClientOrderId']!, { status: 'CANCELED' }),
    }));
    bench.client.send(place('a'));
    bench.client.send(about('cancel', 'a'));
    expect(await bench.told(2)).toMatchObject([{ execType: 'accept' }, { execType: 'cancel' }]);
    expect(binance.calls.slice(-2).map(({ method }) => method)).toEqual(['POST', 'DELETE']);
  });

  it('must be of a symbol that the client was made with', () => {
    expect(() => bench.client.send({ ...place('a'), symbol: 'XYZUSDT' })).toThrow(
      'ikenna does not trade XYZUSDT at Binance, only BTCUSDT',
    );
  });

  it('leaves keys out of the log', async () => {
    binance.replies(
      `POST ${ORDER}`,
      { status: 400, body: { code: -2019, msg: 'Margin is insufficient.' } },
      'drop',
    );
    await bench.ask(place('a'));
    await bench.ask(place('b'));
    expect(bench.log.text).toContain('Margin is insufficient.');
    expect(bench.log.text).not.toMatch(new RegExp(`${KEYS.apiKey}|${KEYS.apiSecret}|signature`));
  });
});

describe('an order that is canceled', () => {
  const refused = { type: 'request_refused', request: 'cancel', clientOrderId: 'a', unknownOrder: true };

  it('is told once, with what it had filled', async () => {
    binance.replies(`DELETE ${ORDER}`, {
      body: orderBody('a', { status: 'CANCELED', executedQty: '0.001' }),
    });
    expect(await bench.ask(about('cancel', 'a'))).toMatchObject([
      { execType: 'cancel', orderQty: 3, cumQty: 1 },
    ]);
    binance.push(orderEvent({ x: 'CANCELED', X: 'CANCELED', z: '0.001' }));
    binance.push(fillEvent(9, '0.001', { c: 'b', i: 1 }));
    binance.replies('GET /fapi/v1/allAlgoOrders', { body: [] });
    expect(await bench.told(2)).toMatchObject([{ type: 'order' }, { type: 'trade' }]);
  });

  it('may be in the other list', async () => {
    binance.replies(`DELETE ${ORDER}`, NOT_OPEN);
    binance.replies(`DELETE ${ALGO}`, {
      body: { algoId: 2146760, clientAlgoId: 'a', code: '200', msg: 'success' },
    });
    binance.replies(`GET ${ORDER}`, NOT_THERE);
    binance.replies(`GET ${ALGO}`, { body: algoBody('a', { algoStatus: 'CANCELED' }) });
    expect(await bench.ask(about('cancel', 'a'))).toMatchObject([
      { execType: 'cancel', orderQty: 3, cumQty: 0 },
    ]);
  });

  it('may be a stop that has triggered, under another id', async () => {
    binance.replies(`DELETE ${ALGO}`, NOT_OPEN);
    binance.replies(`GET ${ALGO}`, { body: algoBody('a', { algoStatus: 'TRIGGERED', actualOrderId: '77' }) });
    binance.on(`DELETE ${ORDER}`, ({ params }) =>
      params['orderId'] === '77'
        ? { body: orderBody('of-the-exchange', { orderId: 77, status: 'CANCELED' }) }
        : NOT_OPEN,
    );
    binance.on(`GET ${ORDER}`, ({ params }) =>
      params['orderId'] === '77' ? { body: orderBody('of-the-exchange', { orderId: 77 }) } : NOT_THERE,
    );
    expect(await bench.ask(about('cancel', 'a'))).toMatchObject([{ clientOrderId: 'a', execType: 'cancel' }]);
  });

  it('is unknown where no list has it', async () => {
    for (const call of [`DELETE ${ORDER}`, `DELETE ${ALGO}`]) binance.replies(call, NOT_OPEN);
    for (const call of [`GET ${ORDER}`, `GET ${ALGO}`]) binance.replies(call, NOT_THERE);
    expect(await bench.ask(about('cancel', 'a'))).toMatchObject([refused]);
  });

  it.each<[string, Reply, Readonly<Record<string, unknown>>]>([
    ['nobody knows', 'drop', { type: 'request_unknown', request: 'cancel' }],
    [
      'it is too much',
      { status: 429, body: { code: -1003, msg: '' } },
      { ...refused, unknownOrder: false, reason: 'NOT_SENT' },
    ],
  ])('stays counted where %s', async (_what, reply, expected) => {
    binance.replies(`DELETE ${ORDER}`, reply);
    expect(await bench.ask(about('cancel', 'a'))).toMatchObject([expected]);
  });
});

describe('an order that is changed', () => {
  const amend = (orderQty: number, price: number | null = null): ExchangeRequest => ({
    ...{ type: 'amend', clientOrderId: 'a', symbol: 'BTCUSDT', orderQty, price, at: Date.now() },
  });

  it('keeps side and price where these are not to change, and is told once', async () => {
    binance.replies(`GET ${ORDER}`, { body: orderBody('a') });
    binance.on(`PUT ${ORDER}`, ({ params }) => ({ body: orderBody('a', { origQty: params['quantity'] }) }));
    expect(await bench.ask(amend(2))).toMatchObject([{ execType: 'replace', orderQty: 2, cumQty: 0 }]);
    expect(paramsOf(binance.callsOf(`PUT ${ORDER}`)[0])).toEqual({
      ...{ symbol: 'BTCUSDT', origClientOrderId: 'a', side: 'BUY', quantity: '0.002', price: '45000' },
    });
    binance.push(orderEvent({ x: 'AMENDMENT', q: '0.002' }));
    binance.push(orderEvent({ x: 'AMENDMENT', q: '0.001' }));
    expect(await bench.told(2)).toMatchObject([
      { execType: 'replace' },
      { execType: 'restate', orderQty: 1 },
    ]);
  });

  it('is over where it is changed to what it has filled', async () => {
    binance.replies(`GET ${ORDER}`, { body: orderBody('a', { executedQty: '0.001' }) });
    binance.replies(`PUT ${ORDER}`, { body: orderBody('a', { status: 'CANCELED', executedQty: '0.001' }) });
    expect(await bench.ask(amend(1))).toMatchObject([{ execType: 'cancel', cumQty: 1 }]);
  });

  it('is unknown where it is over', async () => {
    binance.replies(`GET ${ORDER}`, { body: orderBody('a', { status: 'FILLED', executedQty: '0.003' }) });
    expect(await bench.ask(amend(2))).toMatchObject([{ type: 'request_refused', unknownOrder: true }]);
    expect(binance.callsOf(`PUT ${ORDER}`)).toEqual([]);
  });

  it('is left as it is where it is a stop', async () => {
    binance.replies(`GET ${ORDER}`, NOT_THERE);
    binance.replies(`GET ${ALGO}`, { body: algoBody('a') });
    expect(await bench.ask(amend(1, 440_000))).toMatchObject([
      { type: 'request_refused', request: 'amend', unknownOrder: false },
    ]);
    expect(binance.callsOf(`PUT ${ORDER}`)).toEqual([]);
  });
});

describe('an order that is asked for', () => {
  it('is told after its trades, as the stream told them', async () => {
    binance.replies('GET /fapi/v1/allAlgoOrders', { body: [] });
    binance.push(fillEvent(11, '0.001'));
    binance.push(fillEvent(12, '0.002', { n: '0.0123456789' }));
    const streamed = await bench.told(2);
    binance.replies(`GET ${ORDER}`, {
      body: orderBody('a', { status: 'PARTIALLY_FILLED', executedQty: '0.002' }),
    });
    binance.replies(TRADES, { body: [tradeBody(12, { commission: '0.0123456789' }), tradeBody(11)] });
    const told = await bench.ask(about('query_order', 'a'), 3);
    expect(told.slice(0, 2)).toEqual(streamed);
    expect(told.slice(0, 2)).toMatchObject([
      { cumQty: 1, fee: cash('0.018') },
      { cumQty: 2, fee: cash('0.0123456789') },
    ]);
    expect(told[2]).toMatchObject({
      type: 'order_status',
      orderStatus: 'partially_filled',
      orderQty: 3,
      cumQty: 2,
    });
    expect(paramsOf(binance.callsOf(TRADES)[0])).toMatchObject({ orderId: '22542179' });
  });

  it('is the stop that it was, and the order in the book that it has become', async () => {
    binance.replies(`GET ${ALGO}`, { body: algoBody('s', { algoStatus: 'FINISHED', actualOrderId: '77' }) });
    binance.on(`GET ${ORDER}`, ({ params }) =>
      params['orderId'] === '77'
        ? { body: orderBody('other', { orderId: 77, status: 'FILLED', executedQty: '0.003', side: 'SELL' }) }
        : NOT_THERE,
    );
    binance.replies(TRADES, { body: [tradeBody(5, { orderId: 77, qty: '0.003', side: 'SELL' })] });
    expect(await bench.ask(about('query_order', 's'), 2)).toMatchObject([
      { type: 'trade', clientOrderId: 's', side: 'SELL', lastQty: 3, cumQty: 3 },
      { type: 'order_status', clientOrderId: 's', orderStatus: 'filled', cumQty: 3 },
    ]);
  });

  it('is known by its trades where the lists have forgotten it', async () => {
    binance.replies(`GET ${ALGO}`, { body: algoBody('s', { algoStatus: 'FINISHED', actualOrderId: '77' }) });
    binance.replies(`GET ${ORDER}`, NOT_THERE);
    binance.replies(TRADES, { body: [tradeBody(5, { orderId: 77, qty: '0.003' })] });
    expect(await bench.ask(about('query_order', 's'), 2)).toMatchObject([
      { type: 'trade' },
      { type: 'order_status', orderStatus: 'filled', cumQty: 3 },
    ]);
  });

  it('is absent only where no list has it', async () => {
    binance.replies(`GET ${ORDER}`, NOT_THERE);
    binance.replies(`GET ${ALGO}`, NOT_THERE);
    expect(await bench.ask(about('query_order', 'a'))).toMatchObject([
      { type: 'order_absent', clientOrderId: 'a' },
    ]);
    expect(binance.calls.slice(-2).map(({ path }) => path)).toEqual([ORDER, ALGO]);
  });

  it('is unknown, and not absent, where it was in place and no list has it', async () => {
    binance.replies(`POST ${ORDER}`, { body: orderBody('a') });
    binance.replies(`POST ${ALGO}`, { body: algoBody('s') });
    await bench.ask(place('a'));
    await bench.ask(place('s', STOP));
    binance.replies(`GET ${ORDER}`, NOT_THERE);
    binance.replies(`GET ${ALGO}`, NOT_THERE);
    binance.replies(TRADES, { body: [] });
    for (const id of ['a', 's'])
      expect(await bench.ask(about('query_order', id))).toMatchObject([{ type: 'request_unknown' }]);
  });

  it.each<[string, Reply, Reply]>([
    ['the first list does not answer', 'drop', NOT_THERE],
    ['the second list does not answer', NOT_THERE, 'drop'],
    ['its status is a word of tomorrow', { body: orderBody('a', { status: 'DREAMING' }) }, NOT_THERE],
    ['its quantity is in no unit of ours', { body: orderBody('a', { origQty: '0.0005' }) }, NOT_THERE],
  ])('is unknown where %s', async (_what, first, second) => {
    binance.replies(`GET ${ORDER}`, first);
    binance.replies(`GET ${ALGO}`, second);
    expect(await bench.ask(about('query_order', 'a'))).toMatchObject([
      { type: 'request_unknown', request: 'query_order' },
    ]);
  });
});

describe('a position that is asked for', () => {
  const position: ExchangeRequest = {
    type: 'query_position',
    symbol: 'BTCUSDT',
    afterTradeId: 10,
    at: Date.now(),
  };
  const held = (positionAmt: string, entryPrice = '45000.0', positionSide = 'BOTH'): unknown => ({
    ...{ symbol: 'BTCUSDT', positionSide, positionAmt, entryPrice, markPrice: '45100', updateTime: 1 },
  });
  let trades: unknown[];

  beforeEach(() => {
    trades = [];
    binance.on(TRADES, ({ params }) => {
      const all = trades as { id: number; orderId: number }[];
      const { fromId, limit, orderId } = params;
      const found = all.filter(({ id }) => fromId === undefined || id >= Number(fromId));
      const ofOrder = found.filter((trade) => orderId === undefined || String(trade.orderId) === orderId);
      return { body: ofOrder.slice(0, Number(limit)) };
    });
    binance.replies('GET /fapi/v3/balance', {
      body: [{ asset: 'USDT', balance: '122607.35137903', updateTime: 5 }],
    });
    binance.replies('GET /fapi/v3/positionRisk', { body: [held('0.003')] });
    binance.replies('GET /fapi/v1/allAlgoOrders', { body: [] });
    binance.replies(`GET ${ORDER}`, { body: orderBody('a') });
  });

  it('comes after the trades, with whose they are and what the order had traded before', async () => {
    trades = [tradeBody(9), tradeBody(10), tradeBody(11)];
    expect(await bench.ask(position, 3)).toMatchObject([
      { type: 'trade', tradeId: 11, clientOrderId: 'a', cumQty: 3 },
      { type: 'balance', asset: 'USDT', balance: cash('122607.35137903') },
      { type: 'position', signedQty: 3, entryPrice: '45000', lastTradeId: 11 },
    ]);
  });

  it('comes also where the exchange has forgotten an order that has traded', async () => {
    trades = [tradeBody(11)];
    binance.replies(`GET ${ORDER}`, NOT_THERE);
    expect((await bench.ask(position, 3))[0]).toMatchObject({ type: 'trade', clientOrderId: '22542179' });
  });

  it('says which stop a trade is of', async () => {
    trades = [tradeBody(11, { orderId: 77, side: 'SELL' })];
    binance.replies('GET /fapi/v1/allAlgoOrders', {
      body: [algoBody('s', { algoStatus: 'FINISHED', actualOrderId: '77' })],
    });
    expect((await bench.ask(position, 3))[0]).toMatchObject({
      type: 'trade',
      clientOrderId: 's',
      side: 'SELL',
    });
  });

  it('has all of the trades, however many there are', async () => {
    trades = Array.from({ length: 2_500 }, (_, at) => tradeBody(11 + at));
    const told = await bench.ask({ ...position, afterTradeId: 0 }, 2_502);
    expect(told.filter(({ type }) => type === 'trade')).toHaveLength(2_500);
    expect(told.at(-1)).toMatchObject({ type: 'position', lastTradeId: 2_510 });
    expect(new Set(told.map(({ id }) => id)).size).toBe(2_502);
  });

  it('is one as of its last trade: where the account has traded meanwhile it is read again', async () => {
    let reads = 0;
    binance.on('GET /fapi/v3/positionRisk', () => {
      reads += 1;
      if (reads === 1) trades.push(tradeBody(11));
      return { body: [held(reads === 1 ? '0' : '0.001')] };
    });
    expect((await bench.ask(position, 3)).at(-1)).toMatchObject({ signedQty: 1, lastTradeId: 11 });
    expect(reads).toBe(2);
  });

  it('is unknown where it does not come to rest', async () => {
    binance.on('GET /fapi/v3/positionRisk', () => {
      trades.push(tradeBody(11 + trades.length));
      return { body: [held('0')] };
    });
    expect(await bench.ask(position)).toMatchObject([{ type: 'request_unknown', request: 'query_position' }]);
  });

  it.each<[string, unknown[], Readonly<Record<string, unknown>>]>([
    ['nothing', [], { signedQty: 0, entryPrice: null, lastTradeId: 10 }],
    ['a row of nothing', [held('0', '0.0')], { signedQty: 0, entryPrice: null }],
    ['short', [held('-0.002')], { signedQty: -2, entryPrice: '45000' }],
    [
      'both sides',
      [held('0.005', '1', 'LONG'), held('-0.002', '2', 'SHORT')],
      { signedQty: 3, entryPrice: null },
    ],
  ])('may be %s', async (_what, body, expected) => {
    binance.replies('GET /fapi/v3/positionRisk', { body });
    expect((await bench.ask(position, 2)).at(-1)).toMatchObject({ type: 'position', ...expected });
  });

  it('is unknown, and not flat, where the exchange does not answer', async () => {
    binance.replies('GET /fapi/v3/positionRisk', { status: 502, body: '' });
    expect(await bench.ask(position)).toMatchObject([
      { type: 'request_unknown', request: 'query_position', clientOrderId: null },
    ]);
  });
});
