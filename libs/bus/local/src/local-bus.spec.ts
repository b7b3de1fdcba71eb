import type { BusMessage, Delivery, Subscription } from '@bowline/ports';
import { busCollector, busContract, busMessage, busReader, gate } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { LocalBus } from './local-bus.js';
import type { DeliveryFailure, LocalBusOptions } from './options.js';

/** A retry that a spec does not live to see. */
const HOUR = 3_600_000;
const silent: LocalBusOptions = { onFailure: () => undefined };

busContract('local bus', {
  open: async () => {
    const bus = new LocalBus({ ...silent, retry: { firstMs: 0, maxMs: 0 } });
    return { bus, settle: () => bus.whenIdle(), dispose: () => bus.close() };
  },
});

const closedError = expect.objectContaining({ name: 'BusError', kind: 'closed' });

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

describe('retries on the local bus', () => {
  it.each<[string, LocalBusOptions, readonly number[]]>([
    ['by default from 1 ms on', {}, [1, 2, 4, 8]],
    ['up to the most', { retry: { firstMs: 2, maxMs: 5 } }, [2, 4, 5, 5]],
  ])('come after a pause that doubles: %s', async (_, options, pauses) => {
    const failures: DeliveryFailure[] = [];
    const bus = new LocalBus({ ...options, onFailure: (failure) => failures.push(failure) });
    const error = new Error('not yet');
    bus.subscribe(
      busReader(async ({ attempt }) => {
        if (attempt <= pauses.length) throw error;
      }),
    );
    await bus.publish(busMessage('m1'));

    expect(failures.map(({ retryInMs }) => retryInMs)).toEqual(pauses);
    expect(failures[1]).toMatchObject({ error, delivery: { attempt: 2, group: 'g' } });
    expect(failures[1]!.delivery.message.id).toBe('m1');
  });

  it('are not hurried by later messages of the key', async () => {
    const failed = gate();
    const bus = new LocalBus({ retry: { firstMs: HOUR, maxMs: HOUR }, onFailure: failed.open });
    const log: string[] = [];
    bus.subscribe(
      busReader(async ({ message }) => {
        log.push(message.id);
        throw new Error('no');
      }),
    );
    const outcomes = [publish(bus, 'm1')];
    await failed.opened;
    outcomes.push(publish(bus, 'm2'));
    await afterAllMicrotasks();
    expect(log).toEqual(['m1']);
    const settled = Promise.allSettled(outcomes);
    await bus.close();
    await settled;
  });

  it('are left to the next subscription where this one closes', async () => {
    const failures: DeliveryFailure[] = [];
    const bus = new LocalBus({ onFailure: (failure) => failures.push(failure) });
    const begun = gate();
    const go = gate();
    const attempts: number[] = [];
    const reader = busReader(async ({ attempt }) => {
      attempts.push(attempt);
      begun.open();
      await go.opened;
      if (attempt === 1) throw new Error('not yet');
    });
    const subscription = bus.subscribe(reader);
    const published = publish(bus, 'm1');
    await begun.opened;
    const closed = subscription.close();
    go.open();
    await closed;
    expect(failures.map(({ retryInMs }) => retryInMs)).toEqual([null]);

    bus.subscribe(reader);
    await published;
    expect(attempts).toEqual([1, 2]);
  });

  it.each<[string, (bus: LocalBus, subscription: Subscription) => Promise<void>]>([
    ['the subscription', (_, subscription) => subscription.close()],
    ['the bus', (bus) => bus.close()],
  ])('leave no timer behind when %s closes', async (_, close) => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const failed = gate();
    const bus = new LocalBus({ retry: { firstMs: HOUR, maxMs: HOUR }, onFailure: failed.open });
    const subscription = bus.subscribe(busReader(() => Promise.reject(new Error('no'))));
    const before = timers();
    const settled = Promise.allSettled([publish(bus, 'm1')]);
    await failed.opened;
    expect(timers()).toBe(before + 1);
    await close(bus, subscription);
    expect(timers()).toBe(before);
    await bus.close();
    await settled;
  });

  it('come too where the handler or the filter throws before there is a promise', async () => {
    const bus = new LocalBus({ ...silent });
    const log: string[] = [];
    let refusals = 0;
    bus.subscribe(
      busReader(
        ({ attempt }) => {
          log.push(`handle ${attempt}`);
          if (attempt === 2) throw new Error('at once');
          return Promise.resolve();
        },
        {
          accepts: () => {
            refusals += 1;
            if (refusals === 1) throw new Error('a filter with a bug');
            return true;
          },
        },
      ),
    );
    await bus.publish(busMessage('m1'));

    expect(log).toEqual(['handle 2', 'handle 3']);
  });

  it('do not come where the message was acknowledged before its handler failed', async () => {
    const failures: DeliveryFailure[] = [];
    const bus = new LocalBus({ onFailure: (failure) => failures.push(failure) });
    const log: string[] = [];
    bus.subscribe(
      busReader(
        async (delivery) => {
          log.push(`${delivery.message.id} ${delivery.attempt}`);
          delivery.ack();
          if (delivery.message.id === 'm1') throw new Error('afterwards');
        },
        { acknowledge: 'later' },
      ),
    );
    await Promise.all([publish(bus, 'm1'), publish(bus, 'm2')]);

    expect(log).toEqual(['m1 1', 'm2 1']);
    expect(failures.map(({ retryInMs }) => retryInMs)).toEqual([null]);
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

describe('a paused group of the local bus', () => {
  it('keeps its messages in order until it is resumed, and does not keep the bus from being at rest', async () => {
    const bus = new LocalBus();
    const paused = busCollector({ group: 'paused' });
    const other = busCollector({ group: 'other' });
    bus.subscribe(paused.options);
    bus.subscribe(other.options);
    bus.pause('orders', 'paused');

    const published = ['m1', 'm2', 'm3'].map((id) => publish(bus, id));
    await bus.whenIdle();
    expect([paused.ids, other.ids]).toEqual([[], ['m1', 'm2', 'm3']]);

    bus.resume('orders', 'paused');
    await bus.whenIdle();
    expect(paused.ids).toEqual(['m1', 'm2', 'm3']);
    await Promise.all(published);
  });

  it('keeps what was published just before', async () => {
    const bus = new LocalBus();
    const { ids, options } = busCollector();
    bus.subscribe(options);
    const published = publish(bus, 'm1');
    bus.pause('orders', 'g');
    await bus.whenIdle();
    await afterAllMicrotasks();
    expect(ids).toEqual([]);
    bus.resume('orders', 'g');
    await published;
    expect(ids).toEqual(['m1']);
  });

  it('finishes what is in hand, and keeps what fails', async () => {
    const bus = new LocalBus({ ...silent });
    const begun = gate();
    const go = gate();
    const attempts: number[] = [];
    bus.subscribe(
      busReader(async ({ attempt }) => {
        attempts.push(attempt);
        begun.open();
        await go.opened;
        if (attempt === 1) throw new Error('not yet');
      }),
    );
    const published = publish(bus, 'm1');
    await begun.opened;
    bus.pause('orders', 'g');
    go.open();
    await bus.whenIdle();
    expect(attempts).toEqual([1]);

    bus.resume('orders', 'g');
    await published;
    expect(attempts).toEqual([1, 2]);
  });

  it('stays paused when it subscribes anew', async () => {
    const bus = new LocalBus();
    const subscription = bus.subscribe(busCollector().options);
    bus.pause('orders', 'g');
    const published = publish(bus, 'm1');
    await subscription.close();
    const { ids, options } = busCollector();
    bus.subscribe(options);
    await bus.whenIdle();
    expect(ids).toEqual([]);

    bus.resume('orders', 'g');
    await published;
    expect(ids).toEqual(['m1']);
  });

  it('has to be there', () => {
    const bus = new LocalBus();
    expect(() => bus.pause('orders', 'g')).toThrow(
      expect.objectContaining({ kind: 'unread', message: expect.stringContaining('orders') }),
    );
  });
});

describe('closing the local bus', () => {
  it('delivers what was published before', async () => {
    const bus = new LocalBus();
    const { ids, options } = busCollector();
    bus.subscribe(options);
    const published = ['m1', 'm2', 'm3'].map((id) => publish(bus, id));
    await bus.close();
    await Promise.all(published);
    expect(ids).toEqual(['m1', 'm2', 'm3']);
  });

  it('tries nothing again, and does not answer for it', async () => {
    const failures: DeliveryFailure[] = [];
    const bus = new LocalBus({ onFailure: (failure) => failures.push(failure) });
    bus.subscribe(
      busReader(async ({ message }) => {
        if (message.key === 'bad') throw new Error('never');
      }),
    );
    const bad = ['m1', 'm2'].map((id) => bus.publish(busMessage(id, { key: 'bad' })));
    const good = bus.publish(busMessage('m3', { key: 'good' }));
    const outcomes = Promise.allSettled([...bad, good]);
    await bus.close();

    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    await expect(bad[1]).rejects.toEqual(closedError);
    expect(failures.map(({ delivery, retryInMs }) => [delivery.message.id, retryInMs])).toEqual([
      ['m1', null],
    ]);
  });

  it('gives up what waits for a retry, what is paused, and what was not acknowledged later', async () => {
    const failed = gate();
    const bus = new LocalBus({ retry: { firstMs: HOUR, maxMs: HOUR }, onFailure: failed.open });
    bus.subscribe(busReader(() => Promise.reject(new Error('no')), { topic: 'failing' }));
    bus.subscribe(busCollector({ topic: 'paused' }).options);
    bus.subscribe(busCollector({ topic: 'later', acknowledge: 'later' }).options);
    bus.pause('paused', 'g');
    const topics = ['failing', 'paused', 'later'];
    const outcomes = Promise.allSettled(topics.map((topic) => bus.publish(busMessage('m', { topic }))));
    await failed.opened;
    await bus.close();

    const rejected = { status: 'rejected', reason: closedError };
    expect(await outcomes).toEqual([rejected, rejected, rejected]);
    await bus.whenIdle();
  });

  it('is done once, however often it is asked for', async () => {
    const bus = new LocalBus();
    const begun = gate();
    const go = gate();
    const subscription = bus.subscribe(
      busReader(() => {
        begun.open();
        return go.opened;
      }),
    );
    const published = publish(bus, 'm1');
    await begun.opened;
    const closing = [bus.close(), subscription.close(), bus.close(), subscription.close()];
    go.open();
    await Promise.all(closing);
    await published;
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
