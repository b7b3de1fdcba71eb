import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { SignedClient } from './signed-client.spec-support.js';
import { KEYS, Usdm } from './usdm.spec-support.js';

let usdm: Usdm;

beforeAll(async () => {
  const limits = { weightPerMinute: 60, ordersPer10Seconds: 1_000, ordersPerMinute: 5, refusalsBeforeBan: 3 };
  usdm = await Usdm.open(work.at('sim'), { limits });
});

afterAll(() => usdm.close());

const work = new WorkFolder('dialect-limits');
const BTC = { symbol: 'BTCUSDT' };
const LIMIT = {
  ...{ ...BTC, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.001', price: '44000' },
};

/** Waits until a window has just begun, so that a spec ends in the same. */
async function atTheBeginningOf(windowMs: number, neededMs: number): Promise<void> {
  const left = windowMs - (Date.now() % windowMs);
  if (left < neededMs) await setTimeout(left);
}

describe('request weight', () => {
  it('is counted by address, refused beyond the limit, and answered with a ban to who goes on', async () => {
    await atTheBeginningOf(60_000, 15_000);
    const client = new SignedClient(usdm.url, KEYS.ikenna, '127.0.0.2');
    const first = await client.get('v1/openOrders');
    expect(first.headers['x-mbx-used-weight-1m']).toBe('40');
    const second = await client.get('v1/openOrders', BTC);
    expect(second.headers['x-mbx-used-weight-1m']).toBe('41');
    for (let count = 0; count < 3; count += 1) {
      const { body, headers, status } = await client.get('v1/openOrders');
      expect({ status, code: body['code'] }).toEqual({ status: 429, code: -1003 });
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
    const banned = await client.get('v1/openOrders');
    expect(banned).toMatchObject({
      status: 418,
      body: { code: -1003, msg: expect.stringContaining('banned') },
    });
    expect(Number(banned.headers['retry-after'])).toBeGreaterThan(100);
    // From somewhere else the account is let in.
    const elsewhere = new SignedClient(usdm.url, KEYS.ikenna, '127.0.0.3');
    expect((await elsewhere.get('v1/openOrders', BTC)).headers['x-mbx-used-weight-1m']).toBe('1');
  });
});

describe('orders', () => {
  it('are counted by account, and cancels are not', async () => {
    await atTheBeginningOf(60_000, 15_000);
    const client = new SignedClient(usdm.url, KEYS.odum, '127.0.0.4');
    const place = () => client.post('v1/order', LIMIT);
    const placed = await place();
    expect(placed.headers).toMatchObject({ 'x-mbx-order-count-10s': '1', 'x-mbx-order-count-1m': '1' });
    expect(placed.headers['x-mbx-used-weight-1m']).toBe('0');
    const batch = await client.post('v1/batchOrders', { batchOrders: JSON.stringify([LIMIT, LIMIT]) });
    expect(batch.headers).toMatchObject({
      ...{ 'x-mbx-order-count-10s': '6', 'x-mbx-order-count-1m': '2', 'x-mbx-used-weight-1m': '5' },
    });
    for (let count = 0; count < 3; count += 1) expect((await place()).status).toBe(200);
    const refused = await place();
    expect(refused).toMatchObject({
      status: 429,
      body: { code: -1015, msg: 'Too many new orders; current limit is 5 orders per 1 MINUTE.' },
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    const { orderId } = placed.body as Record<string, number>;
    expect((await client.delete('v1/order', { ...BTC, orderId: Number(orderId) })).status).toBe(200);
    const limits = await client.get('v1/rateLimit/order');
    expect(limits.body).toEqual([
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 1_000 },
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 5 },
    ]);
  });
});
