import { describe, expect, it } from '@jest/globals';
import type { RequestPace } from '@bowline/ports';
import { ManualLease, START } from '@bowline/testkit';
import { GatewayWorld, RECV_WINDOW_MS, type Life } from './gateway-world.spec-support.js';

const LIMIT = 20;
const MINUTE_MS = 60_000;

/** Requests of every kind count, so many a minute. */
function pace(limit: number): RequestPace {
  const nothing = () => undefined;
  return {
    limits: () => [{ name: 'weight/1m', counts: 'weight', intervalMs: MINUTE_MS, limit }],
    costOf: () => ({ weight: 1, orders: 0 }),
    onUsed: nothing,
    onBackOff: nothing,
  };
}

function given(): GatewayWorld {
  const world = new GatewayWorld();
  world.pace = pace(LIMIT);
  return world;
}

async function wantEntries(world: GatewayWorld, life: Life, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await life.receive(world.place(i, 'e'));
}

describe('an account whose exchange admits only so many requests', () => {
  it('fault 4: sends no more than that, and cancels go before entries that wait', async () => {
    const world = given();
    const life = await world.start();
    await life.connected;
    await wantEntries(world, life, 60);
    await world.pass(1_000);
    const first = life.placed();
    expect(first.length).toBeLessThan(LIMIT);
    await life.receive(world.cancel(0));
    await world.pass(10);
    expect(life.requests().at(-1)).toBe('cancel');
    await world.pass(6 * MINUTE_MS);
    const { sent } = life;
    for (const { at } of sent) {
      const inMinute = sent.filter((each) => each.at > at - MINUTE_MS && each.at <= at);
      expect(inMinute.length).toBeLessThanOrEqual(LIMIT);
    }
    expect(life.placed()).toHaveLength(60);
    expect(world.openOrders()).toHaveLength(59);
  });

  it('never sends what was canceled while it waited, and says so', async () => {
    const world = given();
    const life = await world.start();
    await life.connected;
    await wantEntries(world, life, 30);
    await life.receive(world.cancel(29));
    await world.pass(5 * MINUTE_MS);
    expect(life.placed()).toHaveLength(29);
    const { orders } = life.shard.runner.state;
    expect([...orders.values()].at(-1)).toMatchObject({ status: 'done', cumQty: 0 });
    const rejects = life.told.filter(({ data }) => data.includes('"reject"') && data.includes('NOT_SENT'));
    expect(rejects).toHaveLength(1);
  });

  it('faults 7 and 50: dies while orders wait, and sends each of them once, whenever it had been sent last', async () => {
    const world = given();
    const life = await world.start();
    await life.connected;
    await wantEntries(world, life, 60);
    // So that the process dies just after an order went out that had waited for long.
    await world.pass(MINUTE_MS + 1_500);
    const before = life.placed();
    expect(before.length).toBeLessThan(60);

    const next = await world.start();
    await next.connected;
    await world.pass(RECV_WINDOW_MS);
    // What is not there yet may still arrive.
    expect(next.placed()).toEqual([]);
    await world.pass(30 * MINUTE_MS);
    expect(new Set([...before, ...next.placed()]).size).toBe(60);
    expect(next.placed().filter((name) => before.includes(name))).toEqual([]);
    expect(world.openOrders()).toHaveLength(60);
  });

  it('fault 9: sends nothing more of what waits once its lease has too little left, and the next one sends it', async () => {
    const world = given();
    const ttlMs = 90_000;
    const life = await world.start({ lease: new ManualLease(world.clock, { ttlMs }) });
    await life.connected;
    await wantEntries(world, life, 60);
    await world.pass(10 * MINUTE_MS);
    expect(life.stopped).toHaveLength(1);
    const lastAt = Math.max(...life.sent.map(({ at }) => at));
    expect(lastAt).toBeLessThan(START + ttlMs - RECV_WINDOW_MS);

    const next = await world.start({ lease: new ManualLease(world.clock, { epoch: 2, ttlMs: 1e9 }) });
    await next.connected;
    await world.pass(30 * MINUTE_MS);
    expect(new Set(world.openOrders()).size).toBe(60);
    expect(life.placed().length + next.placed().length).toBe(60);
  });

  it('fault 47: sends nothing more of what waits once the journal takes nothing', async () => {
    const world = given();
    const life = await world.start();
    await life.connected;
    await wantEntries(world, life, 60);
    const { length } = life.sent;
    life.shard.runner.stop(new Error('the journal is full'));
    await world.pass(10 * MINUTE_MS);
    expect(life.sent).toHaveLength(length);
  });

  it('can be seen waiting', async () => {
    const world = given();
    const life = await world.start();
    await life.connected;
    await wantEntries(world, life, 30);
    const { paced } = life.shard;
    expect(paced!.queued().open).toBe(30 - life.placed().length);
  });
});
