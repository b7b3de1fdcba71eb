import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { SignedClient } from './signed-client.spec-support.js';
import { KEYS, Usdm, usdmExchange } from './usdm.spec-support.js';

let usdm: Usdm;
let client: SignedClient;
let hedged: SignedClient;

beforeAll(async () => {
  usdm = await Usdm.open(work.at('sim'), { filters: { maxNumOrders: 3, maxNumAlgoOrders: 3 } });
  client = new SignedClient(usdm.url, KEYS.ikenna);
  hedged = new SignedClient(usdm.url, KEYS.odum);
  await hedged.post('v1/positionSide/dual', { dualSidePosition: true });
  // What is open meanwhile: a long of 0.010, one order and one stop.
  const open = { symbol: 'BTCUSDT', newClientOrderId: 'open' };
  await client.post('v1/order', { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.010' });
  await client.post('v1/order', { ...LIMIT, ...open });
  await client.post('v1/algoOrder', { ...STOP, clientAlgoId: 'stop' });
  await hedged.post('v1/order', { ...LONG, type: 'MARKET', quantity: '0.010' });
});

afterAll(() => usdm.close());

const work = new WorkFolder('order-refusals');

const LIMIT = {
  ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' },
  ...{ quantity: '0.010', price: '44000' },
};
const MARKET = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.010' };
const LONG = { symbol: 'BTCUSDT', side: 'BUY', positionSide: 'LONG' };
const STOP = {
  ...{ algoType: 'CONDITIONAL', symbol: 'BTCUSDT', side: 'SELL', type: 'STOP_MARKET' },
  ...{ quantity: '0.010', triggerPrice: '43000' },
};
/** One of `params` is not sent. */
const without = (params: object, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(params).filter(([key]) => key !== name)) as Record<string, string>;
/** A close of everything has no quantity. */
const closing = (params: object): Record<string, string> => ({
  ...without({ ...STOP, ...params }, 'quantity'),
  closePosition: 'true',
});

describe('an order', () => {
  it.each<[string, object, number]>([
    ['in an unknown symbol', { ...LIMIT, symbol: 'XRPUSDT' }, -1121],
    ['without a symbol', without(LIMIT, 'symbol'), -1102],
    ['without a side', without(LIMIT, 'side'), -1102],
    ['of another side', { ...LIMIT, side: 'LONG' }, -1117],
    ['of another type', { ...LIMIT, type: 'LIMIT_MAKER' }, -1116],
    ['of a conditional type', { ...LIMIT, type: 'STOP_MARKET', stopPrice: '43000' }, -4120],
    ['that trails', { ...LIMIT, type: 'TRAILING_STOP_MARKET' }, -4120],
    ['without a quantity', without(LIMIT, 'quantity'), -1102],
    ['without a price', without(LIMIT, 'price'), -1102],
    ['without a time in force', without(LIMIT, 'timeInForce'), -1102],
    ['with another time in force', { ...LIMIT, timeInForce: 'DAY' }, -1115],
    ['with an empty price', { ...LIMIT, price: '' }, -1105],
    ['with a price in words', { ...LIMIT, price: 'dear' }, -1100],
    ['at the market with a price', { ...MARKET, price: '45000' }, -1106],
    ['with a trigger', { ...LIMIT, stopPrice: '43000' }, -1106],
    ['with too fine a price', { ...LIMIT, price: '44000.05' }, -1111],
    ['with too fine a quantity', { ...LIMIT, quantity: '0.0105' }, -1111],
    ['of nothing', { ...LIMIT, quantity: '0' }, -4003],
    ['below nothing', { ...LIMIT, quantity: '-1' }, -4003],
    ['at no price', { ...LIMIT, price: '0' }, -4001],
    ['that is too large', { ...LIMIT, quantity: '1000.001' }, -4005],
    ['at the market that is too large', { ...MARKET, quantity: '120.001' }, -4005],
    ['beyond the highest price', { ...LIMIT, price: '100000000.1' }, -4002],
    ['far above the market', { ...LIMIT, price: '51750.1' }, -4016],
    ['far below the market', { ...LIMIT, side: 'SELL', price: '38249.9' }, -4024],
    ['with an id that cannot be', { ...LIMIT, newClientOrderId: 'a b' }, -4015],
    ['with an id that is too long', { ...LIMIT, newClientOrderId: 'a'.repeat(37) }, -4015],
    ['with the id of one that is open', { ...LIMIT, newClientOrderId: 'open' }, -4116],
    ['for one side of a position', { ...LIMIT, positionSide: 'LONG' }, -4061],
    ['that closes where there is nothing', { ...MARKET, symbol: 'ETHUSDT', reduceOnly: true }, -2022],
    ['that closes the wrong way', { ...MARKET, reduceOnly: true }, -2022],
    ['beyond the margin', { ...MARKET, quantity: '100' }, -2019],
    ['that only makes, and would take', { ...LIMIT, timeInForce: 'GTX', price: '46000' }, -5022],
    ['whole or not at all, and not', { ...LIMIT, timeInForce: 'FOK' }, -5021],
    ['good until a moment too near', { ...LIMIT, timeInForce: 'GTD', goodTillDate: 1 }, -1130],
    ['good until no date', { ...LIMIT, timeInForce: 'GTD' }, -1102],
    ['that matches a price', { ...LIMIT, priceMatch: 'QUEUE' }, -1130],
  ])('%s is answered as by Binance', async (_what, params, code) => {
    const { body, status } = await client.post('v1/order', params as Record<string, string>);
    expect({ status, body }).toEqual({ status: 400, body: { code, msg: expect.any(String) } });
  });

  it('beyond the count is refused, in that symbol', async () => {
    const ids = ['x', 'y'];
    for (const newClientOrderId of ids) await client.post('v1/order', { ...LIMIT, newClientOrderId });
    expect((await client.post('v1/order', LIMIT)).body).toMatchObject({ code: -2025 });
    const other = await client.post('v1/order', { ...LIMIT, symbol: 'ETHUSDT', newClientOrderId: 'z' });
    expect(other.status).toBe(200);
    await client.delete('v1/allOpenOrders', { symbol: 'ETHUSDT' });
    for (const origClientOrderId of ids)
      await client.delete('v1/order', { symbol: 'BTCUSDT', origClientOrderId });
  });

  it('that is worth too little is refused, unless it closes', async () => {
    const small = await Usdm.open(work.at('small'), {}, { exchanges: [usdmExchange({}, '50')] });
    const trader = new SignedClient(small.url, KEYS.ikenna);
    await trader.post('v1/order', { ...MARKET, quantity: '0.003' });
    expect((await trader.post('v1/order', { ...MARKET, quantity: '0.001' })).body).toEqual({
      code: -4164,
      msg: "Order's notional must be no smaller than 50.00000000 (unless you choose reduce only).",
    });
    const close = { ...MARKET, side: 'SELL', quantity: '0.001', reduceOnly: true };
    expect((await trader.post('v1/order', close)).status).toBe(200);
    await small.close();
  });

  it('in hedge mode names its side, and says nothing of reducing', async () => {
    const refused = async (params: object): Promise<unknown> =>
      (await hedged.post('v1/order', params as Record<string, string>)).body['code'];
    expect(await refused({ ...MARKET })).toBe(-4061);
    expect(await refused({ ...MARKET, positionSide: 'LONG', reduceOnly: true })).toBe(-1106);
    const close = { ...MARKET, side: 'SELL', positionSide: 'LONG' };
    expect(await refused({ ...close, quantity: '0.011' })).toBe(-2022);
    expect(await refused({ ...close, positionSide: 'SHORT', side: 'BUY' })).toBe(-2022);
    expect((await hedged.post('v1/order', { ...close, quantity: '0.001' })).status).toBe(200);
  });
});

describe('a closing order', () => {
  it('that resting ones leave nothing for is refused as that', async () => {
    const target = { ...LIMIT, side: 'SELL', price: '46000', reduceOnly: true };
    await client.post('v1/order', { ...target, newClientOrderId: 'target' });
    const second = await client.post('v1/order', { ...target, newClientOrderId: 'second' });
    expect(second.body).toMatchObject({ code: -4118 });
    await client.delete('v1/order', { symbol: 'BTCUSDT', origClientOrderId: 'target' });
  });
});

describe('a conditional order', () => {
  it.each<[string, object, number]>([
    ['of no known algorithm', { ...STOP, algoType: 'TWAP' }, -1130],
    ['of a type without a trigger', { ...STOP, type: 'LIMIT' }, -1116],
    ['without a trigger', without(STOP, 'triggerPrice'), -1102],
    ['with a trigger of nothing', { ...STOP, triggerPrice: '0' }, -4006],
    ['with too fine a trigger', { ...STOP, triggerPrice: '43000.01' }, -1111],
    ['that would trigger at once', { ...STOP, triggerPrice: '45500' }, -2021],
    ['without a quantity', without(STOP, 'quantity'), -1102],
    ['with a limit and no price', { ...STOP, type: 'STOP' }, -1102],
    ['with the id of one that is open', { ...STOP, clientAlgoId: 'stop' }, -4116],
    ['that closes where there is nothing', { ...STOP, symbol: 'ETHUSDT', reduceOnly: true }, -2022],
    ['of another price', { ...STOP, workingType: 'INDEX_PRICE' }, -1130],
    ['that closes all, with a quantity', { ...STOP, closePosition: true }, -4137],
    ['that closes all, reducing', closing({ reduceOnly: 'true' }), -1106],
    ['that closes all, with a limit', closing({ type: 'STOP', price: '43000' }), -4136],
    ['that closes nothing', closing({ symbol: 'ETHUSDT' }), -4509],
  ])('%s is answered as by Binance', async (_what, params, code) => {
    const { body, status } = await client.post('v1/algoOrder', params as Record<string, string>);
    expect({ status, body }).toEqual({ status: 400, body: { code, msg: expect.any(String) } });
  });

  it('is refused beyond the count, over all symbols', async () => {
    const more = { ...STOP, triggerPrice: '42000' };
    for (const clientAlgoId of ['a', 'b']) await client.post('v1/algoOrder', { ...more, clientAlgoId });
    const other = { ...STOP, symbol: 'ETHUSDT', triggerPrice: '42000' };
    expect((await client.post('v1/algoOrder', other)).body).toMatchObject({ code: -4045 });
    for (const clientAlgoId of ['a', 'b']) await client.delete('v1/algoOrder', { clientAlgoId });
  });

  it('that closes all is refused where one like it waits', async () => {
    const first = await client.post('v1/algoOrder', closing({ clientAlgoId: 'one' }));
    expect(first.body).toMatchObject({ closePosition: true, quantity: '0.000', algoStatus: 'NEW' });
    expect((await client.post('v1/algoOrder', closing({}))).body).toMatchObject({ code: -4130 });
    const target = closing({ type: 'TAKE_PROFIT_MARKET', triggerPrice: '46000', clientAlgoId: 'two' });
    expect((await client.post('v1/algoOrder', target)).status).toBe(200);
    for (const clientAlgoId of ['one', 'two']) await client.delete('v1/algoOrder', { clientAlgoId });
  });
});

describe('a request about an order', () => {
  it.each<[string, 'get' | 'delete' | 'put', string, object, number]>([
    ['that is not there', 'get', 'v1/order', { symbol: 'BTCUSDT', origClientOrderId: 'no' }, -2013],
    ['of another symbol', 'get', 'v1/order', { symbol: 'ETHUSDT', origClientOrderId: 'open' }, -2013],
    ['without its name', 'get', 'v1/order', { symbol: 'BTCUSDT' }, -1102],
    ['that waits', 'get', 'v1/order', { symbol: 'BTCUSDT', origClientOrderId: 'stop' }, -2013],
    ['that is not there', 'delete', 'v1/order', { symbol: 'BTCUSDT', orderId: 9_999 }, -2011],
    ['that waits', 'delete', 'v1/order', { symbol: 'BTCUSDT', origClientOrderId: 'stop' }, -2011],
    ['that does not wait', 'delete', 'v1/algoOrder', { clientAlgoId: 'open' }, -2011],
    ['that does not wait', 'get', 'v1/algoOrder', { clientAlgoId: 'open' }, -2013],
    ['without its name', 'get', 'v1/algoOrder', {}, -1102],
    ['not there to be changed', 'put', 'v1/order', { ...LIMIT, origClientOrderId: 'no' }, -2013],
    ['changed into what it is', 'put', 'v1/order', { ...LIMIT, origClientOrderId: 'open' }, -5027],
    [
      'changed to the other side',
      'put',
      'v1/order',
      { ...LIMIT, side: 'SELL', origClientOrderId: 'open' },
      -1117,
    ],
  ])('%s (%s %s) is answered as by Binance', async (_what, method, path, params, code) => {
    const { body } = await client[method](path, params as Record<string, string>);
    expect(body).toEqual({ code, msg: expect.any(String) });
  });
});

describe('a request', () => {
  const query = (params: string): string => {
    const signature = createHmac('sha256', KEYS.ikenna.apiSecret).update(params).digest('hex');
    return `${params}&signature=${signature}`;
  };
  const now = (): number => Date.now();

  it.each<[string, () => string, string | null | undefined, number, number]>([
    ['without a key', () => query(`timestamp=${now()}`), null, 401, -2014],
    ['with an unknown key', () => query(`timestamp=${now()}`), 'nobody', 401, -2015],
    ['without a time', () => query('symbol=BTCUSDT'), undefined, 400, -1102],
    ['that is old', () => query(`timestamp=${now() - 5_100}`), undefined, 400, -1021],
    ['that is ahead', () => query(`timestamp=${now() + 2_000}`), undefined, 400, -1021],
    ['with too long a window', () => query(`timestamp=${now()}&recvWindow=60001`), undefined, 400, -1131],
    ['older than its window', () => query(`recvWindow=10&timestamp=${now() - 50}`), undefined, 400, -1021],
    ['without a signature', () => `timestamp=${now()}`, undefined, 400, -1102],
    ['signed otherwise', () => `timestamp=${now()}&signature=${'0'.repeat(64)}`, undefined, 400, -1022],
    ['with half a signature', () => `timestamp=${now()}&signature=00`, undefined, 400, -1022],
    ['changed afterwards', () => `symbol=BTCUSDT&${query(`timestamp=${now()}`)}`, undefined, 400, -1022],
  ])('%s is refused', async (_what, params, apiKey, status, code) => {
    const answer = await client.raw('GET', `/fapi/v1/openOrders?${params()}`, {
      ...(apiKey !== undefined && { apiKey }),
    });
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('is taken with its parameters in the query, in the body, or in both', async () => {
    const sign = (payload: string): string =>
      createHmac('sha256', KEYS.ikenna.apiSecret).update(payload).digest('hex');
    const [first, second] = ['symbol=BTCUSDT&leverage=20', `timestamp=${now()}`];
    const inBody = await client.raw('POST', '/fapi/v1/leverage', {
      body: `${first}&${second}&signature=${sign(`${first}&${second}`)}`,
    });
    const inBoth = await client.raw('POST', `/fapi/v1/leverage?${first}`, {
      body: `signature=${sign(first + second)}&${second}`,
    });
    expect([inBody.status, inBoth.status]).toEqual([200, 200]);
  });

  it('that nobody knows is not found', async () => {
    expect(await client.get('v1/nothing')).toMatchObject({ status: 404, body: { code: -5000 } });
  });
});
