import { describe, expect, it } from '@jest/globals';
import { pacingSamples } from './samples.js';
import { cancel, CountingExchange, perMinute, place, query, START } from './paced.spec-support.js';

async function given(...args: ConstructorParameters<typeof CountingExchange>): Promise<CountingExchange> {
  const exchange = new CountingExchange(...args);
  await exchange.connect();
  return exchange;
}

describe('requests to an exchange that counts them', () => {
  it('go at once, each with the time of its sending, while the budget lasts', async () => {
    const exchange = await given([perMinute(60)]);
    exchange.clock.advance(500);
    exchange.client.send(place('e1'));
    exchange.clock.advance(100);
    expect(exchange.arrived).toMatchObject([{ request: { at: START + 500 }, at: START + 510 }]);
    expect(exchange.client.queued()).toEqual({ cancel: 0, close: 0, query: 0, open: 0 });
    expect(exchange.client.throttledSeconds()).toBe(0);
  });

  it('wait until the line is open', async () => {
    const exchange = new CountingExchange([perMinute(60)]);
    exchange.client.send(place('e1'));
    exchange.clock.advance(1_000);
    expect(exchange.log()).toEqual([]);
    await exchange.connect();
    exchange.clock.advance(100);
    expect(exchange.log()).toEqual(['place e1']);
  });

  it('leave what is reserved to cancels and closing orders', async () => {
    const exchange = await given([perMinute(10)]);
    for (let i = 0; i < 12; i += 1) exchange.client.send(place(`e${i}`));
    exchange.client.send(place('s1'));
    exchange.client.send(cancel('e0'));
    exchange.clock.advance(100);
    expect(exchange.log().slice(8)).toEqual(['place s1', 'cancel e0']);
    expect(exchange.client.queued()).toEqual({ cancel: 0, close: 0, query: 0, open: 4 });
    expect(exchange.client.uses()).toEqual([{ limit: 'weight/1m', used: 1 }]);
    exchange.clock.advance(120_000);
    expect(exchange.log().slice(10)).toEqual(['place e8', 'place e9', 'place e10', 'place e11']);
    expect(exchange.client.throttledSeconds()).toBe(61);
    expect(exchange.refused).toEqual([]);
  });

  it('go by priority once they may: cancels, closing orders, questions, opening orders', async () => {
    const exchange = await given([perMinute(5)], { patienceMs: 120_000 });
    for (let i = 0; i < 5; i += 1) exchange.client.send(cancel(`s${i}`));
    exchange.client.send(place('e1'));
    exchange.client.send(query('t1'));
    exchange.client.send(place('s9'));
    exchange.client.send(cancel('t2'));
    exchange.clock.advance(70_000);
    expect(exchange.log().slice(5)).toEqual(['cancel t2', 'place s9', 'query_order t1', 'place e1']);
  });

  it('answer for an opening order here that expires while it waits', async () => {
    const exchange = await given([perMinute(1)]);
    exchange.client.send(place('e1'));
    exchange.client.send(place('e2', {}, START + 30_000));
    exchange.client.send(place('e3', {}, START + 90_000));
    exchange.clock.advance(30_000);
    expect(exchange.reports).toEqual([]);
    exchange.clock.advance(100_000);
    expect(exchange.reports).toEqual([
      expect.objectContaining({
        ...{ type: 'order', clientOrderId: 'e2', execType: 'reject', reason: 'NOT_SENT', cumQty: 0 },
        at: START + 30_001,
      }),
    ]);
    expect(exchange.log()).toEqual(['place e1', 'place e3']);
  });

  it('take an order out that is canceled while it waits, and send neither', async () => {
    const exchange = await given([perMinute(1)]);
    exchange.client.send(place('e1'));
    exchange.client.send(place('e2'));
    exchange.client.send(cancel('e2'));
    exchange.clock.advance(200_000);
    expect(exchange.log()).toEqual(['place e1']);
    expect(exchange.reports).toMatchObject([
      { id: 'paced/1/1', type: 'order', clientOrderId: 'e2', execType: 'reject', reason: 'NOT_SENT' },
    ]);
  });

  it('say of an order that waits neither that it is there nor that it is not', async () => {
    const exchange = await given([perMinute(1)]);
    exchange.client.send(place('e1'));
    exchange.client.send(place('e2'));
    exchange.client.send(query('e2'));
    exchange.clock.advance(1_000);
    expect(exchange.reports).toMatchObject([{ type: 'request_unknown', request: 'query_order' }]);
    expect(exchange.log()).toEqual(['place e1']);
  });

  it('take an absence for no proof until the order that has waited can no longer arrive', async () => {
    const exchange = await given([perMinute(1)]);
    exchange.client.send(place('e1'));
    exchange.client.send(place('e2'));
    exchange.clock.advance(61_010);
    expect(exchange.log()).toEqual(['place e1', 'place e2']);
    const sentAt = exchange.arrived[1]!.sentAt;
    const absent = { type: 'order_absent', symbol: 'BTCUSDT', clientOrderId: 'e2' } as const;
    // The exchange's clock is ahead.
    exchange.report({ id: 'q0', at: sentAt + 60_000, ...absent });
    exchange.clock.advanceTo(sentAt + 5_001);
    exchange.report({ id: 'q1', at: sentAt + 5_000, ...absent });
    exchange.report({ id: 'q2', at: sentAt + 5_001, ...absent });
    expect(exchange.reports.map(({ id, type }) => `${id} ${type}`)).toEqual([
      'q0 request_unknown',
      'q1 request_unknown',
      'q2 order_absent',
    ]);
  });

  it('are asked once where the same is asked again meanwhile', async () => {
    const exchange = await given([perMinute(5)]);
    for (let i = 0; i < 4; i += 1) exchange.client.send(place(`e${i}`));
    for (let i = 0; i < 50; i += 1) exchange.client.send(query('t1'));
    exchange.client.send(query('t2'));
    expect(exchange.client.queued().query).toBe(2);
    exchange.clock.advance(70_000);
    exchange.client.send(query('t1'));
    exchange.clock.advance(70_000);
    expect(exchange.log().filter((line) => line.startsWith('query'))).toEqual([
      'query_order t1',
      'query_order t2',
      'query_order t1',
    ]);
  });

  it('refuse to change an order that waits', async () => {
    const exchange = await given([perMinute(1)]);
    for (const name of ['t1', 't2']) exchange.client.send(place(name));
    const ofOrder = { clientOrderId: 't2', symbol: 'BTCUSDT' };
    exchange.client.send({ type: 'amend', ...ofOrder, orderQty: 1, price: null, at: START });
    exchange.clock.advance(70_000);
    expect(exchange.reports).toMatchObject([
      { type: 'request_refused', request: 'amend', reason: 'NOT_SENT' },
    ]);
    expect(exchange.log()).toEqual(['place t1', 'place t2']);
  });

  it('keep to all limits at once', async () => {
    const tenSeconds = { name: 'orders/10s', counts: 'orders', intervalMs: 10_000, limit: 5 } as const;
    const exchange = await given([perMinute(60), tenSeconds, perMinute(12, 'orders')]);
    for (let i = 0; i < 30; i += 1) exchange.client.send(place(`s${i}`));
    exchange.clock.advance(10_000);
    expect(exchange.arrived).toHaveLength(5);
    exchange.clock.advance(30_000);
    expect(exchange.arrived).toHaveLength(12);
    // Orders are used up; what is none goes on.
    exchange.client.send(query('s1'));
    exchange.clock.advance(100);
    expect(exchange.log().at(-1)).toBe('query_order s1');
    exchange.clock.advance(200_000);
    expect(exchange.arrived).toHaveLength(31);
    expect(exchange.refused).toEqual([]);
  });

  it("believe the exchange's count where somebody else uses the same limit", async () => {
    const exchange = await given([perMinute(20)]);
    exchange.foreignUse(18);
    for (let i = 0; i < 5; i += 1) exchange.client.send(place(`s${i}`));
    exchange.clock.advance(40_000);
    expect(exchange.arrived).toHaveLength(2);
    exchange.clock.advance(60_000);
    expect(exchange.arrived).toHaveLength(5);
    expect(exchange.refused).toEqual([]);
  });

  it.each<[string, boolean, string[]]>([
    ['all of it', true, []],
    ['but for what reduces', false, ['cancel e1', 'place s1']],
  ])('fault 4: wait for the time that the exchange has asked for, %s', async (_, closing, gone) => {
    const exchange = await given([perMinute(60)]);
    exchange.tellBackOff(START + 30_000, closing);
    exchange.client.send(place('e2'));
    exchange.client.send(query('e3'));
    exchange.client.send(cancel('e1'));
    exchange.client.send(place('s1'));
    exchange.clock.advance(29_999);
    expect(exchange.log()).toEqual(gone);
    exchange.clock.advance(1_000);
    expect(exchange.log().sort()).toEqual(['cancel e1', 'place e2', 'place s1', 'query_order e3']);
  });

  it('do not let questions without end starve an opening order', async () => {
    const exchange = await given([perMinute(10)]);
    exchange.client.send(place('e1', {}));
    for (let i = 0; i < 9; i += 1) exchange.client.send(query(`s${i}`));
    exchange.client.send(place('e2'));
    for (let i = 0; i < 100; i += 1) {
      exchange.client.send(query(`t${i}`));
      exchange.clock.advance(1_000);
    }
    expect(exchange.log()).toContain('place e2');
  });

  it('send nothing any more where the account may no longer be traded from here', async () => {
    const exchange = await given([perMinute(1)]);
    let mayBeSent = true;
    for (const name of ['s1', 's2']) exchange.client.send(place(name), () => mayBeSent);
    exchange.clock.advance(1_000);
    mayBeSent = false;
    exchange.clock.advance(100_000);
    expect(exchange.log()).toEqual(['place s1']);
  });

  it('are dropped where it is closed', async () => {
    const exchange = await given([perMinute(1)]);
    for (const name of ['s1', 's2']) exchange.client.send(place(name));
    await exchange.client.close();
    exchange.clock.advance(100_000);
    expect(exchange.log()).toEqual(['place s1']);
  });

  it('show what waits, what was used, and for how long they were held back', async () => {
    const exchange = await given([perMinute(4)]);
    for (const name of ['e1', 'e2', 'e3', 'e4', 'e5']) exchange.client.send(place(name));
    exchange.clock.advance(5_000);
    const samples = [...pacingSamples(exchange.client, { clientId: 'odum', exchange: 'binance-usdm' })];
    expect(samples.map(({ labels, series, value }) => [series, Object.values(labels).at(-1), value])).toEqual(
      [
        ['bowline_queued_requests', 'cancel', 0],
        ['bowline_queued_requests', 'close', 0],
        ['bowline_queued_requests', 'query', 0],
        ['bowline_queued_requests', 'open', 2],
        ['bowline_rate_limit_used_ratio', 'weight/1m', 0.75],
        ['bowline_throttled_seconds_total', 'odum', 5],
      ],
    );
  });
});
