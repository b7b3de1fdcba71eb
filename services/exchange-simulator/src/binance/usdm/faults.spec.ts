import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { SignedClient, UserStream, type Answer } from './signed-client.spec-support.js';
import { EXCHANGE, KEYS, Usdm } from './usdm.spec-support.js';

let usdm: Usdm;
let client: SignedClient;
let heard: UserStream;

beforeAll(async () => {
  usdm = await Usdm.open(work.at('sim'));
  client = new SignedClient(usdm.url, KEYS.ikenna);
  heard = await client.listen();
});

afterEach(async () => {
  await fetch(`${usdm.simulator.url}/faults`, { method: 'DELETE' });
});

afterAll(async () => {
  heard.close();
  await usdm.close();
});

const work = new WorkFolder('dialect-faults');

const BTC = { symbol: 'BTCUSDT' };
const limit = (id: string): Record<string, string> => ({
  ...{ ...BTC, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.010', price: '44000' },
  newClientOrderId: id,
});
const named = (id: string) => ({ ...BTC, origClientOrderId: id });
const place = (id: string): Promise<Answer> => client.post('v1/order', limit(id));

/** How often the exchange has taken an order of this id. */
async function accepted(id: string): Promise<number> {
  return (await usdm.truth()).orders[id]?.accepted ?? 0;
}

describe('a request', () => {
  it('that is lost is never carried out, and its line breaks', async () => {
    await usdm.fault({ fault: 'request_lost', request: 'place', clientOrderId: 'lost' });
    await expect(place('lost-1')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await accepted('lost-1')).toBe(0);
    expect((await place('lost-1')).status).toBe(200);
  });

  it('whose reply is lost is carried out, and its line breaks', async () => {
    await usdm.fault({ fault: 'reply_lost', account: 'ikenna', request: 'place' });
    await expect(place('replied')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await accepted('replied')).toBe(1);
    await heard.of('ORDER_TRADE_UPDATE', { c: 'replied', X: 'NEW' });
  });

  it('that times out is carried out, and never answered', async () => {
    await usdm.fault({ fault: 'timed_out', request: 'place' });
    let isAnswered = false;
    const unanswered = place('timed-out').then(
      () => (isAnswered = true),
      () => undefined,
    );
    await heard.of('ORDER_TRADE_UPDATE', { c: 'timed-out', X: 'NEW' });
    // A later request is answered, and this one is not.
    expect((await client.get('v1/order', named('timed-out'))).body).toMatchObject({ status: 'NEW' });
    expect(isAnswered).toBe(false);
    void unanswered;
  });

  it('that is late arrives late, and is too old where its window is short', async () => {
    await usdm.fault({ fault: 'late', request: 'place', lateMs: 60 });
    expect((await client.post('v1/order', { ...limit('late'), recvWindow: 50 })).body).toMatchObject({
      code: -1021,
    });
    expect(await accepted('late')).toBe(0);
  });

  it('whose answer is slow has been carried out before', async () => {
    await usdm.fault({ fault: 'slow', request: 'place', delayMs: 200 });
    const from = heard.all.length;
    const slow = place('slow');
    await heard.of('ORDER_TRADE_UPDATE', { c: 'slow' }, from);
    expect((await slow).status).toBe(200);
  });

  it.each<[number, number | null, boolean]>([
    [503, -1006, true],
    [408, -1007, true],
    [503, -1008, false],
    [502, null, true],
    [503, null, false],
    [400, -2021, false],
  ])('is answered with %d and %p by order, carried out: %p', async (status, code, executed) => {
    const id = `error-${status}-${String(code)}-${String(executed)}`;
    await usdm.fault({ fault: 'error_reply', clientOrderId: 'error-', status, code, executed });
    const answer = await place(id);
    expect(answer.status).toBe(status);
    if (code === null) expect(answer.body).toContain('Service Unavailable');
    else expect(answer.body).toEqual({ code, msg: expect.any(String) });
    expect(await accepted(id)).toBe(executed ? 1 : 0);
  });

  it.each([429, 418])('is told with %d to wait, by order', async (status) => {
    await usdm.fault({ fault: 'error_reply', status, code: -1003, retryAfterMs: 2_000 });
    const answer = await client.get('v1/openOrders');
    expect(answer).toMatchObject({ status, body: { code: -1003 } });
    expect(answer.headers['retry-after']).toBe('2');
  });

  it('for a stop is refused as one that would trigger, by order', async () => {
    await usdm.fault({ fault: 'error_reply', clientOrderId: 'stop', status: 400, code: -2021 });
    const stop = {
      algoType: 'CONDITIONAL',
      ...BTC,
      side: 'SELL',
      type: 'STOP_MARKET',
      clientAlgoId: 'stop-1',
    };
    const order = { ...stop, triggerPrice: '43000', quantity: '0.010' };
    expect((await client.post('v1/algoOrder', order)).body).toMatchObject({ code: -2021 });
    expect(await accepted('stop-1')).toBe(0);
  });

  it('for a cancellation is acknowledged, and then the order fills', async () => {
    await place('filling');
    await usdm.fault({ fault: 'cancel_then_fill', clientOrderId: 'filling' });
    const answer = await client.delete('v1/order', named('filling'));
    expect(answer.body).toMatchObject({ status: 'CANCELED', clientOrderId: 'filling' });
    const filled = await heard.of('ORDER_TRADE_UPDATE', { c: 'filling', X: 'FILLED' });
    expect(filled['o']).toMatchObject({ L: '44000.0', z: '0.010', m: true });
    expect((await client.get('v1/order', named('filling'))).body).toMatchObject({ status: 'FILLED' });
  });

  it('is refused by everything while the exchange is in maintenance', async () => {
    await usdm.fault({ fault: 'maintenance', exchange: EXCHANGE, forMs: 3_600_000 });
    expect(await place('closed')).toMatchObject({ status: 503 });
    expect((await client.get('v1/time')).status).toBe(503);
    await expect(UserStream.open(`${usdm.streamUrl}/private/ws`)).rejects.toThrow('503');
    await fetch(`${usdm.simulator.url}/faults`, { method: 'DELETE' });
    expect((await client.get('v1/time')).status).toBe(200);
    expect(await accepted('closed')).toBe(0);
  });

  it('has to follow the clock of the exchange, however wrong it is', async () => {
    await usdm.fault({ fault: 'clock_skew', exchange: EXCHANGE, skewMs: 60_000 });
    const { serverTime } = (await client.get('v1/time')).body as unknown as { serverTime: number };
    expect(Math.abs(serverTime - Date.now() - 60_000)).toBeLessThan(30_000);
    expect((await client.get('v1/openOrders', BTC)).body).toMatchObject({ code: -1021 });
    expect((await client.get('v1/openOrders', { ...BTC, timestamp: serverTime })).status).toBe(200);
  });
});

describe('an event', () => {
  const of = (id: string): readonly unknown[] =>
    heard.all.filter(({ o }) => o?.['c'] === id).map(({ o }) => o!['X']);

  it('is told twice, by order', async () => {
    await usdm.fault({ fault: 'duplicate', account: 'ikenna' });
    await place('twice');
    await client.delete('v1/order', named('twice'));
    await heard.of('ORDER_TRADE_UPDATE', { c: 'twice', X: 'CANCELED' });
    expect(of('twice')).toEqual(['NEW', 'NEW', 'CANCELED']);
  });

  it('is told behind the next one, by order', async () => {
    await usdm.fault({ fault: 'reorder', account: 'ikenna' });
    await place('swapped');
    await client.delete('v1/order', named('swapped'));
    await heard.of('ORDER_TRADE_UPDATE', { c: 'swapped', X: 'NEW' });
    expect(of('swapped')).toEqual(['CANCELED', 'NEW']);
  });
});

describe('a stream', () => {
  it('is broken off, and nobody is let in again for a while', async () => {
    const other = new SignedClient(usdm.url, KEYS.odum);
    const stream = await other.listen();
    await usdm.fault({ fault: 'disconnect', account: 'odum', forMs: 3_600_000 });
    expect(await stream.closed).toBe(1006);
    await expect(other.listen()).rejects.toThrow('socket hang up');
    await fetch(`${usdm.simulator.url}/faults`, { method: 'DELETE' });
    (await other.listen()).close();
  });

  it('is told that its key is over, which opens nothing any more', async () => {
    const other = new SignedClient(usdm.url, KEYS.odum);
    const { listenKey } = (await other.raw('POST', '/fapi/v1/listenKey')).body as unknown as {
      listenKey: string;
    };
    const stream = await UserStream.open(`${usdm.streamUrl}/private/stream?streams=${listenKey}`);
    await usdm.fault({ fault: 'listen_key_expired', account: 'odum' });
    const told = await stream.find(({ data }) => data?.['e'] === 'listenKeyExpired');
    expect(told).toMatchObject({ stream: listenKey, data: { listenKey } });
    expect((await other.raw('PUT', '/fapi/v1/listenKey')).body).toMatchObject({ code: -1125 });
    const late = await UserStream.open(`${usdm.streamUrl}/ws/${listenKey}?listenKey=${listenKey}`);
    expect(await late.closed).toBe(1008);
    stream.close();
  });
});
