import type { BusMessage, Delivery } from '@bowline/ports';
import { busCollector, busContract, busMessage, busReader, gate } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { LocalBus } from './local-bus.js';

busContract('local bus', {
  open: async () => {
    const bus = new LocalBus({ onFailure: () => undefined, retry: { firstMs: 0, maxMs: 0 } });
    return { bus, settle: () => bus.whenIdle(), dispose: () => bus.close() };
  },
});

describe('publishing on the local bus', () => {
  it('is answered once every group has acknowledged', async () => {
    const bus = new LocalBus();
    const first = gate();
    const second = gate();
    bus.subscribe(busReader(() => first.opened, { group: 'first' }));
    bus.subscribe(busReader(() => second.opened, { group: 'second' }));
    let answered = false;
    const published = bus.publish(busMessage('m1')).then(() => {
      answered = true;
    });

    first.open();
    await afterAllMicrotasks();
    expect(answered).toBe(false);
    second.open();
    await published;
    expect(answered).toBe(true);
  });

  it('is answered by the call of ack where a group acknowledges later', async () => {
    const bus = new LocalBus();
    const taken: Delivery[] = [];
    bus.subscribe(
      busReader(
        async (delivery) => {
          taken.push(delivery);
        },
        { acknowledge: 'later' },
      ),
    );
    let answered = false;
    const published = bus.publish(busMessage('m1')).then(() => {
      answered = true;
    });
    await afterAllMicrotasks();
    expect(answered).toBe(false);

    taken[0]!.ack();
    await published;
    expect(answered).toBe(true);
  });

  it('is refused on a topic that nobody reads, unless that was declared', async () => {
    const bus = new LocalBus({ unread: (topic) => topic.startsWith('accounts.') });
    bus.subscribe(busCollector({ topic: 'signals.odum' }).options);

    await expect(bus.publish(busMessage('m1', { topic: 'signals.ikenna' }))).rejects.toMatchObject({
      name: 'BusError',
      kind: 'unread',
      message: expect.stringContaining('signals.ikenna'),
    });
    await bus.publish(busMessage('m2', { topic: 'accounts.odum' }));
    expect(bus.backlog()).toEqual([{ topic: 'signals.odum', group: 'g', messages: 0, oldestMs: 0 }]);
  });

  it('is never refused for want of space, but the bus says that it is saturated', async () => {
    const bus = new LocalBus({ maxBacklog: 3 });
    const { ids, options } = busCollector();
    bus.subscribe(options);
    bus.pause('orders', 'g');
    const published = [publish(bus, 'm1'), publish(bus, 'm2')];
    expect(bus.saturated()).toBe(false);
    published.push(publish(bus, 'm3'), publish(bus, 'm4'));
    expect(bus.saturated()).toBe(true);

    bus.resume('orders', 'g');
    await Promise.all(published);
    expect(bus.saturated()).toBe(false);
    expect(ids).toEqual(['m1', 'm2', 'm3', 'm4']);
  });

  it('counts what is in hand as waiting', async () => {
    const bus = new LocalBus({ maxBacklog: 1 });
    const begun = gate();
    const durable = gate();
    bus.subscribe(
      busReader(() => {
        begun.open();
        return durable.opened;
      }),
    );
    const published = publish(bus, 'm1');
    await begun.opened;
    expect(bus.saturated()).toBe(true);
    durable.open();
    await published;
  });

  it('does not count as saturated by what was handed over to be acknowledged later', async () => {
    const bus = new LocalBus({ maxBacklog: 1 });
    const taken: Delivery[] = [];
    bus.subscribe(
      busReader(
        async (delivery) => {
          taken.push(delivery);
        },
        { acknowledge: 'later' },
      ),
    );
    const published = publish(bus, 'm1');
    expect(bus.saturated()).toBe(true);
    await bus.whenIdle();
    expect(bus.saturated()).toBe(false);
    taken[0]!.ack();
    await published;
  });

  it('is answered only once by a group, though an earlier subscription acknowledges as well', async () => {
    const bus = new LocalBus();
    const taken: Delivery[] = [];
    const later = busReader(
      async (delivery) => {
        taken.push(delivery);
      },
      { acknowledge: 'later' },
    );
    const subscription = bus.subscribe(later);
    const durable = gate();
    bus.subscribe(busReader(() => durable.opened, { group: 'other' }));
    let answered = false;
    const published = publish(bus, 'm1').then(() => {
      answered = true;
    });
    await afterAllMicrotasks();
    await subscription.close();
    bus.subscribe(later);
    await afterAllMicrotasks();
    expect(taken.map(({ attempt }) => attempt)).toEqual([1, 2]);

    for (const delivery of taken) delivery.ack();
    await afterAllMicrotasks();
    expect(answered).toBe(false);
    durable.open();
    await published;
  });

  it('tells how old the oldest message is', async () => {
    let now = 1000;
    const bus = new LocalBus({ now: () => now });
    bus.subscribe(busCollector().options);
    bus.pause('orders', 'g');
    const published = [publish(bus, 'm1')];
    now = 1300;
    published.push(publish(bus, 'm2'));
    now = 1500;

    expect(bus.backlog()).toEqual([{ topic: 'orders', group: 'g', messages: 2, oldestMs: 500 }]);
    bus.resume('orders', 'g');
    await Promise.all(published);
  });
});

describe('the local bus at rest', () => {
  it('says so in a microtask', async () => {
    const bus = new LocalBus();
    let idle = false;
    void bus.whenIdle().then(() => {
      idle = true;
    });
    await Promise.resolve();
    expect(idle).toBe(true);
  });

  it('is not at rest while a message is in hand, or waits for a retry', async () => {
    const log: string[] = [];
    const bus = new LocalBus({ onFailure: ({ retryInMs }) => log.push(`again in ${retryInMs}`) });
    bus.subscribe(
      busReader(async ({ attempt }) => {
        await afterAllMicrotasks();
        log.push(`attempt ${attempt}`);
        if (attempt < 3) throw new Error('not yet');
      }),
    );
    const published = publish(bus, 'm1');
    await bus.whenIdle();
    log.push('idle');
    await published;

    expect(log).toEqual(['attempt 1', 'again in 1', 'attempt 2', 'again in 2', 'attempt 3', 'idle']);
  });

  it('lets a publisher who was just answered publish again first', async () => {
    const bus = new LocalBus();
    const { ids, options } = busCollector();
    bus.subscribe(options);
    const inTurn = async (): Promise<void> => {
      for (const id of ['m1', 'm2', 'm3']) await publish(bus, id);
    };
    const publishing = inTurn();
    await bus.whenIdle();
    expect(ids).toEqual(['m1', 'm2', 'm3']);
    await publishing;
  });

  it('lets timers have their turn, however many messages follow from each other', async () => {
    const most = 1_000_000;
    const bus = new LocalBus();
    let count = 0;
    let stopped = false;
    bus.subscribe(
      busReader(async ({ message }) => {
        count += 1;
        if (!stopped && count < most) void bus.publish(message);
      }),
    );
    void publish(bus, 'm1');
    setImmediate(() => {
      stopped = true;
    });
    await bus.whenIdle();
    expect(count).toBeGreaterThan(1);
    expect(count).toBeLessThan(most);
  });
});

function publish(bus: LocalBus, id: string, fields: Partial<BusMessage> = {}): Promise<void> {
  return bus.publish(busMessage(id, fields));
}

/** A turn of the event loop: all microtasks have run. */
function afterAllMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
