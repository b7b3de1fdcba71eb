import { describe, expect, it } from '@jest/globals';
import { ManualLease } from '@bowline/testkit';
import { GATEWAY, GatewayWorld, RECV_WINDOW_MS } from './gateway-world.spec-support.js';
import { shardEpoch } from './shard-runtime.js';

const TTL_MS = 15_000;

describe('a gateway under a lease', () => {
  it('sends nothing once the lease has no more left than the exchange may take, and stops for good', async () => {
    const world = new GatewayWorld();
    const lease = new ManualLease(world.clock, { ttlMs: TTL_MS });
    const life = await world.start({ lease });
    await life.receive(world.place(1));
    await world.pass(TTL_MS - RECV_WINDOW_MS - 1);
    await life.receive(world.place(2));
    expect([life.placed().length, life.stopped]).toEqual([2, []]);

    world.clock.advance(1);
    await life.receive(world.place(3));
    expect(life.stopped).toMatchObject([{ kind: 'short' }]);
    lease.renew();
    await expect(life.receive(world.place(4))).rejects.toMatchObject({ kind: 'short' });
    await world.pass(120_000);
    expect(life.placed()).toHaveLength(2);
  });

  it('leaves what it has not sent to the next one, which sends all of it once', async () => {
    const world = new GatewayWorld();
    const life = await world.start({ lease: new ManualLease(world.clock, { ttlMs: TTL_MS }) });
    await life.receive(world.place(1));
    await world.pass(TTL_MS - RECV_WINDOW_MS);
    await life.receive(world.place(2));
    const third = world.place(3);
    await expect(life.receive(third)).rejects.toMatchObject({ kind: 'short' });
    expect([life.placed().length, world.openOrders().length]).toEqual([1, 1]);

    await world.pass(TTL_MS);
    const next = await world.start({ lease: new ManualLease(world.clock, { epoch: 2, ttlMs: 1e9 }) });
    await next.receive(third);
    await world.pass(2 * RECV_WINDOW_MS);
    expect(next.placed()).toHaveLength(2);
    expect(world.openOrders().sort()).toEqual([...life.placed(), ...next.placed()].sort());
  });

  it('tells what it tells under the epoch of its lease', async () => {
    const world = new GatewayWorld();
    const life = await world.start({ lease: new ManualLease(world.clock, { epoch: 7 }) });
    await life.receive(world.place(1));
    await world.pass(200);
    expect(life.told.length).toBeGreaterThan(0);
    expect(new Set(life.told.map(({ epoch }) => epoch))).toEqual(new Set([7]));
  });
});

describe('the epoch of a start', () => {
  it.each([
    ['of its lease', 3, 7, 7],
    ['of its journals where those have counted further: the shard had no lease before', 8, 1, 8],
    ['of its journals where it has no lease', 8, null, 8],
  ])('is that %s', (_, journals, lease, epoch) => {
    expect(shardEpoch({ epoch: journals }, lease === null ? null : { epoch: lease })).toBe(epoch);
  });
});

describe('a gateway that takes over', () => {
  const taken = (world: GatewayWorld, formerMs: number) =>
    new ManualLease(world.clock, { epoch: 2, formerMs, ttlMs: 1e9 });

  it('neither asks, nor sends, nor takes a message as long as the one before may act; then asks before it sends', async () => {
    const world = new GatewayWorld();
    const life = await world.start();
    await life.receive(world.place(1));
    const next = await world.start({ lease: taken(world, TTL_MS) });
    let isTaken = false;
    const received = next.receive(world.place(2)).then(() => {
      isTaken = true;
    });
    await world.pass(TTL_MS + RECV_WINDOW_MS - 1);
    expect([next.sent, next.told, isTaken, next.shard.runner.handled]).toEqual([[], [], false, 0]);
    await world.pass(1);
    await next.connected;
    await received;
    expect(next.requests()).toEqual(['query_order', 'query_position', 'place']);
    await world.pass(1_000);
    expect(world.openOrders()).toHaveLength(2);
    await next.receive(world.place(3));
    expect(next.placed()).toHaveLength(2);
  });

  it('goes on at once where the one before gave its lease back', async () => {
    const world = new GatewayWorld();
    const next = await world.start({ lease: taken(world, 0) });
    await next.connected;
    await next.receive(world.place(1));
    expect(next.requests()).toEqual(['query_position', 'place']);
  });

  it('that is closed before it has, leaves the messages to whoever comes next', async () => {
    const world = new GatewayWorld();
    const next = await world.start({ lease: taken(world, TTL_MS) });
    const received = next.receive(world.place(1));
    const refused = expect(received).rejects.toThrow(`${GATEWAY} was closed before it had taken over`);
    await next.gateways.close();
    await refused;
    await expect(next.connected).rejects.toThrow('was closed before');
    expect(next.sent).toEqual([]);
    const last = await world.start();
    await last.receive(world.place(1));
    expect(last.placed()).toHaveLength(1);
  });

  it('that loses its lease meanwhile does not begin', async () => {
    const world = new GatewayWorld();
    const lease = new ManualLease(world.clock, { epoch: 2, formerMs: TTL_MS, ttlMs: TTL_MS });
    const next = await world.start({ lease });
    await world.pass(TTL_MS + RECV_WINDOW_MS);
    await expect(next.connected).rejects.toMatchObject({ kind: 'lost' });
    expect(next.sent).toEqual([]);
  });
});
