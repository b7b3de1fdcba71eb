import type { BusMessage, Subscription } from '@bowline/ports';
import { busMessage, busReader, gate } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { LocalBus } from './local-bus.js';
import type { DeliveryFailure, LocalBusOptions } from './options.js';

/** A retry that a spec does not live to see. */
const HOUR = 3_600_000;
const silent: LocalBusOptions = { onFailure: () => undefined };

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

function publish(bus: LocalBus, id: string, fields: Partial<BusMessage> = {}): Promise<void> {
  return bus.publish(busMessage(id, fields));
}

/** A turn of the event loop: all microtasks have run. */
function afterAllMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
