import { describe, expect, it } from '@jest/globals';
import { ordersTopic } from '@bowline/contracts';
import { openMemoryJournals } from '@bowline/journal-memory';
import type { Bus, BusMessage } from '@bowline/ports';
import { ManualClock } from '@bowline/testkit';
import { settled } from '../runner/runner.spec-support.js';
import { GatewayWorld, OCO, type Life } from './gateway-world.spec-support.js';
import { Heartbeats } from './heartbeats.js';
import { OcoManagers } from './oco-managers.js';
import { OrderNames } from './order-names.js';
import { read } from './receive.js';

const EVERY_MS = 1_000;
const RESTING = { nativeOco: false, reduceOnly: true, conditionalOrders: true };

/** An entry and a stop of one channel, both at the exchange. */
async function trading(heartbeatMs: number | null = EVERY_MS) {
  const world = new GatewayWorld();
  const life = await world.start({ heartbeatMs });
  await life.receive(world.place(1, 'e'));
  await life.receive(world.place(2, 's'));
  const [entry, stop] = life.placed();
  return { world, life, entry: entry!, stop: stop! };
}

const cancels = (life: Life) =>
  life.sent.flatMap(({ request }) => (request.type === 'cancel' ? [request.clientOrderId] : []));

describe('a gateway that hears nothing of an oco-manager', () => {
  it('cancels what opens after five heartbeats that did not come, once, and leaves what protects', async () => {
    const { entry, life, stop, world } = await trading();
    await world.pass(4_999);
    expect(cancels(life)).toEqual([]);
    await world.pass(1);
    expect(cancels(life)).toEqual([entry]);
    await world.pass(60_000);
    expect(cancels(life)).toEqual([entry]);
    expect(world.openOrders()).toEqual([stop]);
  });

  it('counts from the last one, however long that goes well', async () => {
    const { entry, life, world } = await trading();
    for (let beats = 0; beats < 60; beats += 1) {
      await life.receive(world.heartbeat());
      await world.pass(EVERY_MS);
    }
    expect(cancels(life)).toEqual([]);
    await world.pass(3_000);
    expect(cancels(life)).toEqual([]);
    await world.pass(1_000);
    expect(cancels(life)).toEqual([entry]);
  });

  it('cancels also what it is sent in the silence', async () => {
    const { life, world } = await trading();
    await world.pass(10_000);
    await life.receive(world.place(3, 'e'));
    await world.pass(EVERY_MS);
    expect(cancels(life)).toEqual([life.placed()[0], life.placed()[2]]);
  });

  it('gives orders that it finds at its start the same time', async () => {
    const { entry, world } = await trading();
    const next = await world.start({ heartbeatMs: EVERY_MS });
    await world.pass(4_999);
    expect(cancels(next)).toEqual([]);
    await world.pass(1);
    expect(cancels(next)).toEqual([entry]);
  });

  it('lets everything be where the oco-managers are in its own process', async () => {
    const { life, world } = await trading(null);
    await world.pass(60_000);
    expect(cancels(life)).toEqual([]);
  });
});

describe('a heartbeat', () => {
  it('leaves no trace in the journal', async () => {
    const { life, world } = await trading();
    const before = life.shard.runner.handled;
    await life.receive(world.heartbeat());
    expect(life.shard.runner.handled).toBe(before);
  });

  it.each<[string, (world: GatewayWorld, life: Life) => Promise<void>, boolean]>([
    ['counts from when it was sent, not from when it arrives', late, false],
    ['of a clock that is ahead counts from now', ahead, false],
    ['of a start that was replaced does not count', stale, false],
    ['of a start that another heartbeat has replaced does not count', replaced, false],
    ['of now counts', async (world, life) => life.receive(world.heartbeat()), true],
  ])('%s', async (_, hear, counts) => {
    const { entry, life, world } = await trading();
    await world.pass(4_000);
    await hear(world, life);
    await world.pass(4_999);
    expect(cancels(life)).toEqual(counts ? [] : [entry]);
  });

  async function late(world: GatewayWorld, life: Life): Promise<void> {
    const heartbeat = world.heartbeat();
    await world.pass(4_000);
    await life.receive(heartbeat);
  }

  async function ahead(world: GatewayWorld, life: Life): Promise<void> {
    const at = world.clock.now();
    await life.receive(world.message({ type: 'heartbeat', channel: CHANNEL_OF_WORLD, at: at + 3_600_000 }));
    await world.pass(1_000);
  }

  async function stale(world: GatewayWorld, life: Life): Promise<void> {
    await life.receive(world.place(9, 's', { epoch: 2 }));
    await life.receive(world.heartbeat({ epoch: 1 }));
  }

  async function replaced(world: GatewayWorld, life: Life): Promise<void> {
    await life.receive(world.heartbeat({ epoch: 2 }));
    await world.pass(1_000);
    await life.receive(world.heartbeat({ epoch: 1 }));
  }

  it('is sent for every channel, as often as was agreed, and is understood', async () => {
    const { life, world } = await trading();
    const heard: BusMessage[] = [];
    const bus = busInto((message) => {
      heard.push(message);
      return life.receive(message);
    });
    const managers = await OcoManagers.open(
      { bus, journals: openMemoryJournals(), clock: world.clock, observer: QUIET },
      world.layout,
      new OrderNames(world.layout.clients),
      { capabilitiesOf: () => RESTING, maxQuoteAgeMs: null, heartbeatMs: EVERY_MS },
    );
    managers.start();
    await world.pass(60_000);
    expect([heard.length, cancels(life)]).toEqual([61, []]);
    expect(heard[0]).toMatchObject({ source: OCO, key: `${OCO.split('/')[1]}`, epoch: 1, cause: null });
    expect(new Set(heard.map(({ id }) => id)).size).toBe(61);
    await managers.close();
    await world.pass(10_000);
    expect([heard.length, cancels(life).length]).toEqual([61, 1]);
  });

  it('is not sent for a shard that has stopped, and not twice while the bus has not answered', async () => {
    const clock = new ManualClock();
    const sent: string[] = [];
    let answer: () => void = () => undefined;
    const bus = busInto(({ data }) => {
      const body = read(data, ordersTopic);
      sent.push(body instanceof Error ? body.message : `${body.type} ${body.at}`);
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    const runner = { shard: OCO, epoch: 1, trouble: null as Error | null };
    const layout = { key: OCO, name: CHANNEL_OF_WORLD };
    const heartbeats = new Heartbeats({ bus, clock }, [{ layout, runner }], EVERY_MS);
    heartbeats.start();
    clock.advance(2_000);
    expect(sent).toEqual(['heartbeat 0']);
    answer();
    await settled();
    clock.advance(1_000);
    expect(sent).toEqual(['heartbeat 0', 'heartbeat 3000']);
    answer();
    await settled();
    runner.trouble = new Error('it cannot get past a message');
    clock.advance(5_000);
    expect(sent).toHaveLength(2);
    heartbeats.stop();
    expect(clock.nextTime()).toBeNull();
  });
});

const CHANNEL_OF_WORLD = { clientId: 'odum', exchange: 'binance-usdm', symbol: 'BTCUSDT' };

const nothing = () => undefined;
const QUIET = {
  appended: nothing,
  duplicate: nothing,
  fenced: nothing,
  parked: nothing,
  quarantined: nothing,
  recovered: nothing,
  stopped: nothing,
};

function busInto(publish: Bus['publish']): Bus {
  const close = () => Promise.resolve();
  return { publish, subscribe: () => ({ close }), backlog: () => [], close };
}
