import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cash } from '@bowline/domain';
import type { ExchangeRequest } from '@bowline/ports';
import type { Reply } from '@bowline/testkit';
import {
  about,
  orderBody,
  paramsOf,
  place,
  refusal,
  SpotClientBench,
  tradeBody,
  type ScriptedSpot,
} from './scripted-spot.spec-support.js';

const ORDER = '/api/v3/order';
const TRADES = 'GET /api/v3/myTrades';
const ACCOUNT = 'GET /api/v3/account';
const NOT_THERE = refusal(-2013, 'Order does not exist.');

let bench: SpotClientBench;
let spot: ScriptedSpot;

beforeEach(async () => {
  bench = await SpotClientBench.open();
  spot = bench.spot;
});

afterEach(() => bench.close());

const accepted = (orderId = 28): Reply => ({
  body: { symbol: 'BTCUSDT', orderId, orderListId: -1, clientOrderId: 'a', transactTime: 1_507_725_176_595 },
});

describe('an order that is placed', () => {
  it.each<[string, ExchangeRequest, Readonly<Record<string, string>>]>([
    [
      'a limit order',
      place('a', { timeInForce: 'IOC' }),
      { side: 'BUY', type: 'LIMIT', timeInForce: 'IOC', quantity: '0.003', price: '45000' },
    ],
    [
      'one that only makes',
      place('a', { timeInForce: 'GTX' }),
      { side: 'BUY', type: 'LIMIT_MAKER', quantity: '0.003', price: '45000' },
    ],
    [
      'a market order',
      place('a', { orderType: 'market', limitPrice: null }),
      { side: 'BUY', type: 'MARKET', quantity: '0.003' },
    ],
    [
      'a stop, that gives way to nothing',
      place('a', {
        key: { strategyPositionId: 'A-1', leg: 's', generation: 0 },
        ...{ side: 'SELL', orderType: 'stop_market', limitPrice: null, stopPrice: 4_300_000 },
      }),
      {
        side: 'SELL',
        type: 'STOP_LOSS',
        stopPrice: '43000',
        quantity: '0.003',
        selfTradePreventionMode: 'EXPIRE_MAKER',
      },
    ],
  ])('goes out as %s', async (_what, request, params) => {
    spot.replies(`POST ${ORDER}`, accepted());
    expect(await bench.ask(request)).toMatchObject([
      {
        type: 'order',
        clientOrderId: 'a',
        execType: 'accept',
        orderQty: 300,
        cumQty: 0,
        at: 1_507_725_176_595,
      },
    ]);
    const [call] = spot.callsOf(`POST ${ORDER}`);
    expect(call?.isSigned).toBe(true);
    expect(paramsOf(call)).toEqual({
      ...{
        symbol: 'BTCUSDT',
        newClientOrderId: 'a',
        newOrderRespType: 'ACK',
        selfTradePreventionMode: 'EXPIRE_TAKER',
      },
      ...params,
    });
  });

  it.each<[string, Reply, Readonly<Record<string, unknown>>]>([
    ['a broken connection', 'drop', { type: 'request_unknown', request: 'place' }],
    ['a 5xx', { status: 503, body: '' }, { type: 'request_unknown', request: 'place' }],
    ['a timeout there', refusal(-1007, '', 408), { type: 'request_unknown' }],
    ['too many', refusal(-1015, '', 429), { execType: 'reject', reason: 'NOT_SENT' }],
    [
      'no balance',
      refusal(-2010, 'Account has insufficient balance for requested action.'),
      { execType: 'reject', reason: 'INSUFFICIENT_MARGIN' },
    ],
    [
      'a price that is reached',
      refusal(-2010, 'Stop price would trigger immediately.'),
      { execType: 'reject', reason: 'WOULD_TRIGGER' },
    ],
    [
      'too small',
      refusal(-1013, 'Filter failure: NOTIONAL'),
      { execType: 'reject', reason: 'BELOW_MINIMUM' },
    ],
  ])('is sent once, and answered: %s', async (_what, reply, expected) => {
    spot.replies(`POST ${ORDER}`, reply);
    expect(await bench.ask(place('a'))).toMatchObject([{ clientOrderId: 'a', ...expected }]);
    expect(spot.callsOf(`POST ${ORDER}`)).toHaveLength(1);
  });

  it.each<[string, Partial<ExchangeRequest>]>([
    ['older than its window', { at: Date.now() - 60_000 }],
    ['expired', { expiresAt: Date.now() - 1 }],
  ])('is not sent when it is %s', async (_what, change) => {
    const told = await bench.ask({ ...place('a'), ...change } as ExchangeRequest);
    expect(told).toMatchObject([{ type: 'order', execType: 'reject', reason: 'NOT_SENT' }]);
    expect(spot.callsOf(`POST ${ORDER}`)).toEqual([]);
  });

  it('that is open under this id already is told as it stands', async () => {
    spot.replies(`POST ${ORDER}`, refusal(-2010, 'Duplicate order sent.'));
    spot.replies(`GET ${ORDER}`, { body: orderBody('a') });
    expect(await bench.ask(place('a'))).toMatchObject([
      { type: 'order_status', clientOrderId: 'a', orderStatus: 'new', orderQty: 300, cumQty: 0 },
    ]);
  });
});

describe('a cancel', () => {
  it('tells what was filled', async () => {
    const body = {
      ...{
        symbol: 'BTCUSDT',
        origClientOrderId: 'a',
        orderId: 28,
        orderListId: -1,
        clientOrderId: 'of-the-cancel',
      },
      ...{ transactTime: 7, price: '45000', origQty: '0.00300', executedQty: '0.00100', status: 'CANCELED' },
    };
    spot.replies(`DELETE ${ORDER}`, { body });
    expect(await bench.ask(about('cancel', 'a'))).toMatchObject([
      { type: 'order', clientOrderId: 'a', execType: 'cancel', orderQty: 300, cumQty: 100, at: 7 },
    ]);
  });

  it.each<[string, Reply, Readonly<Record<string, unknown>>]>([
    [
      'not open',
      refusal(-2011, 'Unknown order sent.'),
      { type: 'request_refused', unknownOrder: true, reason: null },
    ],
    ['a lost answer', 'drop', { type: 'request_unknown', request: 'cancel' }],
    [
      'too much',
      refusal(-1003, '', 429),
      { type: 'request_refused', unknownOrder: false, reason: 'NOT_SENT' },
    ],
  ])('is answered: %s', async (_what, reply, expected) => {
    spot.replies(`DELETE ${ORDER}`, reply);
    expect(await bench.ask(about('cancel', 'a'))).toMatchObject([{ clientOrderId: 'a', ...expected }]);
  });
});

describe('an amend', () => {
  it.each<[string, Reply, Readonly<Record<string, unknown>>]>([
    ['of an open order', { body: orderBody('a') }, { unknownOrder: false, reason: 'OTHER' }],
    [
      'of one that has filled',
      { body: orderBody('a', { status: 'FILLED' }) },
      { unknownOrder: true, reason: null },
    ],
    ['of none', NOT_THERE, { unknownOrder: true, reason: null }],
  ])('%s is refused', async (_what, reply, expected) => {
    spot.replies(`GET ${ORDER}`, reply);
    const { at } = place('a');
    const amend: ExchangeRequest = {
      type: 'amend',
      clientOrderId: 'a',
      symbol: 'BTCUSDT',
      orderQty: 1,
      price: null,
      at,
    };
    expect(await bench.ask(amend)).toMatchObject([
      { type: 'request_refused', request: 'amend', ...expected },
    ]);
  });
});

describe('an order that is asked about', () => {
  it('is told after its trades, each with its fee', async () => {
    spot.replies(`GET ${ORDER}`, { body: orderBody('a', { status: 'FILLED', executedQty: '0.00300' }) });
    spot.on('GET /api/v3/klines', ({ params }) => ({
      body: [[Number(params['startTime']), '600', '601', '599', '600', '1', 1, '1', 1, '1', '1', '0']],
    }));
    spot.replies(TRADES, {
      body: [
        tradeBody(1),
        tradeBody(2, { commission: '0.00000100', commissionAsset: 'BTC' }),
        tradeBody(3, { commission: '0.0001', commissionAsset: 'BNB', isMaker: true }),
      ],
    });
    expect(await bench.ask(about('query_order', 'a'), 4)).toMatchObject([
      {
        type: 'trade',
        tradeId: 1,
        lastQty: 100,
        lastPx: 4_500_000,
        cumQty: 100,
        fee: cash('0.045'),
        feeBaseLots: 0,
      },
      // A tenth of a lot of what was bought: up to a whole one.
      { type: 'trade', tradeId: 2, cumQty: 200, fee: 0n, feeBaseLots: 1, liquidity: 'taker' },
      { type: 'trade', tradeId: 3, cumQty: 300, fee: cash('0.06'), feeBaseLots: 0, liquidity: 'maker' },
      { type: 'order_status', orderStatus: 'filled', orderQty: 300, cumQty: 300 },
    ]);
    expect(paramsOf(spot.callsOf(TRADES)[0])).toMatchObject({ orderId: '28' });
  });

  it('pays in cash where it sells, whatever was taken', async () => {
    spot.replies(`GET ${ORDER}`, {
      body: orderBody('a', { status: 'FILLED', executedQty: '0.00100', side: 'SELL' }),
    });
    spot.on('GET /api/v3/klines', ({ params }) => ({
      body: [
        [Number(params['startTime']), '45000', '45000', '45000', '45000', '1', 1, '1', 1, '1', '1', '0'],
      ],
    }));
    spot.replies(TRADES, {
      body: [tradeBody(1, { isBuyer: false, commission: '0.00000100', commissionAsset: 'BTC' })],
    });
    expect(await bench.ask(about('query_order', 'a'), 2)).toMatchObject([
      { type: 'trade', side: 'SELL', fee: cash('0.045'), feeBaseLots: 0 },
      { type: 'order_status' },
    ]);
  });

  it.each<[string, Reply, Readonly<Record<string, unknown>>]>([
    ['absent', NOT_THERE, { type: 'order_absent' }],
    ['expired', { body: orderBody('a', { status: 'EXPIRED_IN_MATCH' }) }, { orderStatus: 'expired' }],
    ['not to be understood', { body: orderBody('a', { status: 'ELSEWHERE' }) }, { type: 'request_unknown' }],
    ['not to be read', { body: { symbol: 'BTCUSDT' } }, { type: 'request_unknown' }],
    ['not known at the moment', { status: 503, body: '' }, { type: 'request_unknown' }],
  ])('is %s', async (_what, reply, expected) => {
    spot.replies(`GET ${ORDER}`, reply);
    expect(await bench.ask(about('query_order', 'a'))).toMatchObject([{ clientOrderId: 'a', ...expected }]);
  });

  it('is not absent once it was in place', async () => {
    spot.replies(`POST ${ORDER}`, accepted());
    spot.replies(`GET ${ORDER}`, NOT_THERE);
    spot.replies(TRADES, { body: [] }, { body: [tradeBody(1)] });
    await bench.ask(place('a'));
    expect(await bench.ask(about('query_order', 'a'))).toMatchObject([{ type: 'request_unknown' }]);
    expect(await bench.ask(about('query_order', 'a'), 2)).toMatchObject([
      { type: 'trade', tradeId: 1 },
      { type: 'order_status', orderStatus: 'canceled', cumQty: 100 },
    ]);
  });
});

describe('what is held', () => {
  const ask: ExchangeRequest = { type: 'query_position', symbol: 'BTCUSDT', afterTradeId: 0, at: Date.now() };
  const balances = (free: string): Reply => ({
    body: {
      canTrade: true,
      balances: [
        { asset: 'BTC', free, locked: '0.00100000' },
        { asset: 'USDT', free: '90.5', locked: '9.5' },
      ],
    },
  });

  it('is the balance of the base currency in whole lots, after the trades', async () => {
    spot.replies(
      TRADES,
      { body: [tradeBody(5), tradeBody(6, { orderId: 29, isBuyer: false })] },
      { body: [] },
    );
    spot.replies(ACCOUNT, balances('0.00200999'));
    spot.on(`GET ${ORDER}`, ({ params }) =>
      params['orderId'] === '28' ? { body: orderBody('a') } : NOT_THERE,
    );
    expect(await bench.ask(ask, 4)).toMatchObject([
      { type: 'trade', tradeId: 5, clientOrderId: 'a', side: 'BUY' },
      // Nobody remembers whose it was.
      { type: 'trade', tradeId: 6, clientOrderId: '29', side: 'SELL' },
      { type: 'balance', asset: 'USDT', balance: cash(100) },
      { type: 'position', signedQty: 300, entryPrice: null, lastTradeId: 6 },
    ]);
  });

  it('is read again where the account has traded meanwhile', async () => {
    spot.replies(TRADES, { body: [] }, { body: [tradeBody(7)] }, { body: [] });
    spot.replies(ACCOUNT, balances('0.001'), balances('0.002'));
    spot.replies(`GET ${ORDER}`, { body: orderBody('a') });
    const told = await bench.ask(ask, 3);
    expect(told.at(-1)).toMatchObject({ type: 'position', signedQty: 300, lastTradeId: 7 });
  });

  it('is nothing where the exchange lists nothing', async () => {
    spot.replies(TRADES, { body: [] });
    spot.replies(ACCOUNT, { body: { canTrade: true, balances: [] } });
    expect(await bench.ask(ask, 2)).toMatchObject([
      { type: 'balance', balance: 0n },
      { type: 'position', signedQty: 0, lastTradeId: null },
    ]);
  });

  it('is unknown where the exchange does not answer', async () => {
    spot.replies(TRADES, { body: [] });
    spot.replies(ACCOUNT, 'drop');
    expect(await bench.ask(ask)).toMatchObject([{ type: 'request_unknown', request: 'query_position' }]);
  });
});
