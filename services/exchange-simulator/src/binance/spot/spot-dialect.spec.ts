import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sharedData, whenPresent, WorkFolder } from '@bowline/testkit';
import { WebSocket } from 'ws';
import { Heard } from '../usdm/heard.spec-support.js';
import { EXCHANGE, Spot } from './spot.spec-support.js';

type Event = Readonly<Record<string, unknown>>;
type Params = Readonly<Record<string, string | number>>;

let spot: Spot;
let line: WebSocket;
const heard = new Heard<Event>();

beforeAll(async () => {
  spot = await Spot.open(work.at('sim'), { filters: { maxNumAlgoOrders: 2, maxNumOrderLists: 2 } });
  const { body } = await spot.ask('POST', '/api/v3/userDataStream');
  line = new WebSocket(`${spot.streamUrl}/ws/${String(body['listenKey'])}`);
  line.on('message', (data) => heard.push(JSON.parse((data as Buffer).toString()) as Event));
  await once(line, 'open');
});

beforeEach(async () => {
  await spot.ask('DELETE', '/api/v3/openOrders', { symbol: 'BTCUSDT' });
  await spot.moveTo('45000');
});

afterAll(async () => {
  line.close();
  await spot.close();
});

const work = new WorkFolder('spot-dialect');

const LIMIT = {
  ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '44000' },
} as const;
const STOP = {
  ...{ symbol: 'BTCUSDT', side: 'SELL', type: 'STOP_LOSS', quantity: '0.01', stopPrice: '43000' },
} as const;
const OCO = {
  ...{ symbol: 'BTCUSDT', side: 'SELL', quantity: '0.01', aboveType: 'LIMIT_MAKER', abovePrice: '48000' },
  ...{ belowType: 'STOP_LOSS_LIMIT', belowStopPrice: '43000', belowPrice: '42900', belowTimeInForce: 'GTC' },
} as const;

const OWNER = { exchange: EXCHANGE, account: 'ikenna' } as const;

const placed = (params: Params) => spot.ask('POST', '/api/v3/order', params);

function hasRow(rows: unknown, asset: string): boolean {
  return (rows as readonly { readonly a: string }[]).some(({ a }) => a === asset);
}

/** The parameters without one of them. */
function without(params: Params, name: string): Params {
  return Object.fromEntries(Object.entries(params).filter(([each]) => each !== name));
}

describe('refusals of spot', () => {
  it.each<[string, Params, number, string]>([
    ['an unknown symbol', { ...LIMIT, symbol: 'DOGEUSDT' }, -1121, 'Invalid symbol.'],
    ['an unknown side', { ...LIMIT, side: 'LONG' }, -1117, 'Invalid side.'],
    ['an unknown type', { ...LIMIT, type: 'STOP_MARKET' }, -1116, 'Invalid orderType.'],
    ['a limit without a price', without(LIMIT, 'price'), -1102, "Mandatory parameter 'price'"],
    ['a limit without a time in force', without(LIMIT, 'timeInForce'), -1102, "'timeInForce'"],
    ['a time in force of futures', { ...LIMIT, timeInForce: 'GTX' }, -1115, 'Invalid timeInForce.'],
    [
      'a market order with a price',
      { ...LIMIT, type: 'MARKET' },
      -1106,
      "'timeInForce' sent when not required",
    ],
    ['a stop without its price', without(STOP, 'stopPrice'), -1102, "'stopPrice'"],
    ['a price off the tick', { ...LIMIT, price: '44000.001' }, -1013, 'Filter failure: PRICE_FILTER'],
    ['a price of too many decimals', { ...LIMIT, price: '44000.000000001' }, -1111, 'too much precision'],
    ['a price of nothing', { ...LIMIT, price: '0' }, -1013, 'Filter failure: PRICE_FILTER'],
    ['a quantity off the step', { ...LIMIT, quantity: '0.000015' }, -1013, 'Filter failure: LOT_SIZE'],
    ['too small an order', { ...LIMIT, quantity: '0.0001' }, -1013, 'Filter failure: NOTIONAL'],
    [
      'a price far away',
      { ...LIMIT, price: '8000', quantity: '0.1' },
      ...([-1013, 'Filter failure: PERCENT_PRICE_BY_SIDE'] as const),
    ],
    [
      'too large a market order',
      { symbol: 'BTCUSDT', side: 'SELL', type: 'MARKET', quantity: '151' },
      ...([-1013, 'Filter failure: MARKET_LOT_SIZE'] as const),
    ],
    ['a buy beyond the balance', { ...LIMIT, quantity: '3' }, -2010, 'insufficient balance'],
    ['a sell beyond the balance', { ...STOP, quantity: '2' }, -2010, 'insufficient balance'],
    [
      'a post-only order that would take',
      { ...without(LIMIT, 'timeInForce'), type: 'LIMIT_MAKER', price: '46000' },
      ...([-2010, 'Order would immediately match and take.'] as const),
    ],
    [
      'a stop that is reached',
      { ...STOP, stopPrice: '46000' },
      -2010,
      'Stop price would trigger immediately.',
    ],
    ['an id with blanks', { ...LIMIT, newClientOrderId: 'my order' }, -1100, "'newClientOrderId'"],
    [
      'an amount that buys less than a lot',
      { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quoteOrderQty: '0.1' },
      ...([-1013, 'Filter failure: NOTIONAL'] as const),
    ],
  ])('of %s', async (_, params, code, msg) => {
    const { body, status } = await placed(params);
    expect(body).toEqual({ code, msg: expect.stringContaining(msg) as unknown });
    expect(status).toBe(400);
  });

  it.each<[string, Params, number, string]>([
    [
      'a take-profit below the price',
      { ...OCO, abovePrice: '44000' },
      -2010,
      'The relationship of the prices',
    ],
    ['a stop above the price', { ...OCO, belowStopPrice: '46000' }, -2010, 'The relationship of the prices'],
    ['two stops', { ...OCO, aboveType: 'STOP_LOSS', aboveStopPrice: '48000' }, -1106, "'abovePrice'"],
    ['more than there is', { ...OCO, quantity: '1.5' }, -2010, 'insufficient balance'],
  ])('of a list of %s', async (_, params, code, msg) => {
    const { body } = await spot.ask('POST', '/api/v3/orderList/oco', params);
    expect(body).toEqual({ code, msg: expect.stringContaining(msg) as unknown });
    expect((await spot.truth()).openOrders).toEqual([]);
  });

  it('of what is not open, is there already, or is too much', async () => {
    const query = { symbol: 'BTCUSDT', origClientOrderId: 'nobody' };
    expect((await spot.ask('GET', '/api/v3/order', query)).body.code).toBe(-2013);
    expect((await spot.ask('DELETE', '/api/v3/order', query)).body.code).toBe(-2011);
    expect((await spot.ask('DELETE', '/api/v3/openOrders', { symbol: 'BTCUSDT' })).body.code).toBe(-2011);
    await placed({ ...LIMIT, newClientOrderId: 'twice' });
    const again = await placed({ ...LIMIT, newClientOrderId: 'twice' });
    expect(again.body).toEqual({ code: -2010, msg: 'Duplicate order sent.' });
    await placed(STOP);
    await placed(STOP);
    expect((await placed(STOP)).body.msg).toBe('Filter failure: MAX_NUM_ALGO_ORDERS');
  });

  it('of more lists than there may be', async () => {
    const list = { ...OCO, belowType: 'STOP_LOSS_LIMIT' };
    await spot.ask('POST', '/api/v3/orderList/oco', { ...list, listClientOrderId: 'a' });
    const again = await spot.ask('POST', '/api/v3/orderList/oco', { ...list, listClientOrderId: 'a' });
    expect(again.body.msg).toBe('Duplicate order sent.');
    await spot.ask('POST', '/api/v3/orderList/oco', { ...list, listClientOrderId: 'b' });
    const third = await spot.ask('POST', '/api/v3/orderList/oco', { ...list, listClientOrderId: 'c' });
    expect(third.body.msg).toBe('Filter failure: MAX_NUM_ORDER_LISTS');
  });
});

describe('the limits of spot', () => {
  it('are counted in the headers, orders by ten seconds and by day', async () => {
    const { headers } = await placed({ ...LIMIT, newClientOrderId: 'counted' });
    expect(Number(headers.get('x-mbx-used-weight-1m'))).toBeGreaterThan(0);
    expect(Number(headers.get('x-mbx-order-count-10s'))).toBeGreaterThan(0);
    expect(Number(headers.get('x-mbx-order-count-1d'))).toBeGreaterThan(0);
    expect(headers.get('x-mbx-order-count-1m')).toBeNull();
  });
});

describe('an order that triggers another', () => {
  it('lets it in once it has filled, and is over with it', async () => {
    const listed = await spot.ask('POST', '/api/v3/orderList/oto', {
      ...{ symbol: 'BTCUSDT', listClientOrderId: 'chain', newOrderRespType: 'RESPONSE' },
      ...{ workingType: 'LIMIT_MAKER', workingSide: 'BUY', workingPrice: '44500', workingQuantity: '0.01' },
      ...{ pendingType: 'LIMIT', pendingSide: 'SELL', pendingPrice: '47000', pendingQuantity: '0.009' },
      pendingTimeInForce: 'GTC',
    });
    expect(listed.body).toMatchObject({
      ...{ contingencyType: 'OTO', listClientOrderId: 'chain' },
      orderReports: [
        { type: 'LIMIT_MAKER', status: 'NEW', timeInForce: 'GTC' },
        { type: 'LIMIT', status: 'PENDING_NEW' },
      ],
    });
    await spot.moveTo('44400');
    const list = { symbol: 'BTCUSDT', origClientOrderId: 'chain' };
    const { orderListId } = listed.body as unknown as { readonly orderListId: number };
    await heard.find(({ X, g, o }) => g === orderListId && o === 'LIMIT' && X === 'NEW');
    expect((await spot.ask('GET', '/api/v3/orderList', list)).body).toMatchObject({
      listOrderStatus: 'EXECUTING',
    });
    await spot.moveTo('47100');
    await heard.find(({ L, e, g }) => e === 'listStatus' && g === orderListId && L === 'ALL_DONE');
    const all = (await spot.ask('GET', '/api/v3/allOrderList')).body as unknown as readonly unknown[];
    expect(all).toContainEqual(expect.objectContaining({ orderListId, listOrderStatus: 'ALL_DONE' }));
  });
});

describe('an order by amount', () => {
  it('spends what it may, and no more', async () => {
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quoteOrderQty: '100' };
    const { body } = await placed({ ...order, newClientOrderId: 'amount' });
    expect(body).toMatchObject({ status: 'FILLED', origQuoteOrderQty: '100.00000000' });
    const spent = Number(body['cummulativeQuoteQty']);
    expect(spent).toBeLessThanOrEqual(100);
    expect(spent).toBeGreaterThan(99.5);
    expect(body['origQty']).toBe(body['executedQty']);
  });
});

describe('an order that half of a request cancels', () => {
  it('stays canceled where the other half is refused', async () => {
    await placed({ ...LIMIT, newClientOrderId: 'first' });
    const { body, status } = await spot.ask('POST', '/api/v3/order/cancelReplace', {
      ...{ ...LIMIT, quantity: '100', cancelOrigClientOrderId: 'first' },
      cancelReplaceMode: 'STOP_ON_FAILURE',
    });
    expect(status).toBe(409);
    expect(body).toMatchObject({
      ...{ code: -2021, msg: 'Order cancel-replace partially failed.' },
      data: {
        ...{ cancelResult: 'SUCCESS', newOrderResult: 'FAILURE' },
        newOrderResponse: { code: -2010, msg: expect.stringContaining('balance') as unknown },
      },
    });
    expect((await spot.truth()).openOrders).toEqual([]);
  });
});

describe('what goes wrong by order', () => {
  it('leaves an order behind whose answer was lost, which is found by its id', async () => {
    const faulty = { account: 'ikenna', request: 'place', clientOrderId: 'lost' };
    await spot.fault({ fault: 'reply_lost', ...faulty });
    await expect(placed({ ...LIMIT, newClientOrderId: 'lost' })).rejects.toThrow('fetch failed');
    const query = { symbol: 'BTCUSDT', origClientOrderId: 'lost' };
    expect((await spot.ask('GET', '/api/v3/order', query)).body).toMatchObject({ status: 'NEW' });
    await spot.fault({ fault: 'request_lost', ...faulty, clientOrderId: 'gone' });
    await expect(placed({ ...LIMIT, newClientOrderId: 'gone' })).rejects.toThrow('fetch failed');
    const gone = { symbol: 'BTCUSDT', origClientOrderId: 'gone' };
    expect((await spot.ask('GET', '/api/v3/order', gone)).body.code).toBe(-2013);
  });

  it('says an event twice', async () => {
    await spot.fault({ fault: 'duplicate', account: 'ikenna' });
    await placed({ ...LIMIT, newClientOrderId: 'doubled' });
    const isIt = ({ c, x }: Event): boolean => c === 'doubled' && x === 'NEW';
    const first = await heard.find(isIt);
    expect(await heard.find(isIt, heard.all.indexOf(first) + 1)).toEqual(first);
  });

  it('fills an order that it said was canceled', async () => {
    await placed({ ...LIMIT, newClientOrderId: 'late-fill' });
    await spot.fault({ fault: 'cancel_then_fill', account: 'ikenna' });
    const query = { symbol: 'BTCUSDT', origClientOrderId: 'late-fill' };
    const canceled = await spot.ask('DELETE', '/api/v3/order', query);
    expect(canceled.body).toMatchObject({ status: 'CANCELED', origClientOrderId: 'late-fill' });
    expect((await spot.ask('GET', '/api/v3/order', query)).body).toMatchObject({ status: 'FILLED' });
  });
});

describe('the line of requests', () => {
  it('takes orders and tells what comes of them', async () => {
    const requests = new WebSocket(`${spot.streamUrl}/ws-api/v3`);
    const answers = new Heard<Event>();
    requests.on('message', (data) => answers.push(JSON.parse((data as Buffer).toString()) as Event));
    await once(requests, 'open');
    const say = (id: number, method: string, params: Params = {}): Promise<Event> => {
      requests.send(JSON.stringify({ id, method, params }));
      return answers.find((answer) => answer['id'] === id);
    };
    expect(await say(1, 'time')).toMatchObject({ status: 200, result: { serverTime: expect.any(Number) } });
    expect(await say(2, 'userDataStream.subscribe.signature', spot.signed({}))).toMatchObject({
      ...{ status: 200, result: { subscriptionId: 0 } },
    });
    const order = spot.signed({ ...LIMIT, newClientOrderId: 'over-the-line' });
    expect(await say(3, 'order.place', order)).toMatchObject({
      ...{ status: 200, result: { clientOrderId: 'over-the-line', status: 'NEW' } },
      rateLimits: expect.arrayContaining([expect.objectContaining({ rateLimitType: 'ORDERS' })]) as unknown,
    });
    const told = await answers.find((answer) => answer['event'] !== undefined);
    expect(told).toMatchObject({ subscriptionId: 0, event: { e: 'executionReport', c: 'over-the-line' } });
    const wrong = { ...spot.signed({ ...LIMIT }), price: '1' };
    expect(await say(4, 'order.place', wrong)).toMatchObject({ status: 400, error: { code: -1022 } });
    expect(await say(5, 'order.haggle')).toMatchObject({ status: 400, error: { code: -1020 } });
    requests.close();
  });
});

const FIXTURES = 'fixtures/nautilus/binance/spot/user_data_json';

whenPresent('events of spot', FIXTURES, sharedData(FIXTURES), (folder) => {
  it.each([
    ['executionReport', 'execution_report_wrapped.json'],
    ['listStatus', 'list_status_wrapped.json'],
    ['outboundAccountPosition', 'account_position_wrapped.json'],
    ['balanceUpdate', 'balance_update_wrapped.json'],
  ])('have the fields of %s that Binance gives it', async (kind, file) => {
    await spot.ask('POST', '/api/v3/orderList/oco', OCO);
    await spot.order('/settings', { ...OWNER, asset: 'ETH', amount: '1' });
    const told = await heard.find(({ e }) => e === kind);
    const { event } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { event: Event };
    // When an order came on the book is told once it has.
    const expected = Object.keys(event).filter((name) => name !== 'W' || 'W' in told);
    expect(Object.keys(told)).toEqual(expected);
  });
});

describe('what is brought to an account and taken away', () => {
  it('is told, and is there', async () => {
    await spot.order('/settings', { ...OWNER, asset: 'BNB', amount: '2.5' });
    const told = await heard.find(({ a, e }) => e === 'balanceUpdate' && a === 'BNB');
    expect(told).toMatchObject({ d: '2.50000000' });
    const position = await heard.find(({ B, e }) => e === 'outboundAccountPosition' && hasRow(B, 'BNB'));
    expect(position).toMatchObject({ B: [{ a: 'BNB', f: '2.50000000', l: '0.00000000' }] });
    const tooMuch = { ...OWNER, asset: 'BNB', amount: '-2.6' };
    await expect(spot.order('/settings', tooMuch)).rejects.toThrow('INSUFFICIENT_BALANCE');
    await spot.order('/settings', { ...tooMuch, amount: '-2.5' });
    expect((await spot.truth()).balances['BNB']).toBe('0');
  });
});

describe('the public of spot', () => {
  it('sees prices with eight decimals', async () => {
    const read = async (path: string): Promise<unknown> => (await fetch(`${spot.url}/api/v3/${path}`)).json();
    expect(await read('ticker/price?symbol=BTCUSDT')).toEqual({ symbol: 'BTCUSDT', price: '45000.00000000' });
    expect(await read('depth?symbol=BTCUSDT&limit=1')).toMatchObject({
      bids: [[expect.stringMatching(/^\d+\.\d{8}$/), expect.stringMatching(/^\d+\.\d{8}$/)]],
    });
    expect(await read('ticker/bookTicker?symbols=["BTCUSDT"]')).toHaveLength(1);
    expect(await read('klines?symbol=BTCUSDT&interval=1m&limit=1')).toHaveLength(1);
    expect(await read('ticker/24hr')).toHaveLength(2);
    expect(await read('trades?symbol=BTCUSDT')).toContainEqual(
      expect.objectContaining({ isBestMatch: true }),
    );
    expect(await read('time')).toEqual({ serverTime: expect.any(Number) });
  });

  it('keeps accounts apart', async () => {
    await placed({ ...LIMIT, newClientOrderId: 'mine' });
    const query = { symbol: 'BTCUSDT', origClientOrderId: 'mine' };
    expect((await spot.ask('GET', '/api/v3/order', query, 'odum')).body.code).toBe(-2013);
  });
});
