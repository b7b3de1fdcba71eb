import type { BusMessage } from '@bowline/ports';
import { busCollector, busMessage, busReader, gate } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { LocalBus } from './local-bus.js';
import type { DeliveryFailure } from './options.js';
import type { LocalBusOptions } from './options.js';

/** A retry that a spec does not live to see. */
const HOUR = 3_600_000;
const silent: LocalBusOptions = { onFailure: () => undefined };
const closedError = expect.objectContaining({ name: 'BusError', kind: 'closed' });

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
