import type { Delivery } from '@bowline/ports';
import { busMessage, ReaderLog } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { subscriptionName, topicName } from './names.js';
import { isProbe, pubsubSuite } from './pubsub-suite.spec-support.js';

pubsubSuite('reading from the Pub/Sub bus', (suite) => {
  const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `m${at}`);

  describe('over connections that break', () => {
    it('handles what it has in hand once, and goes on in order', async () => {
      const { bus, proxy, troubles } = await suite.proxiedBus();
      const publisher = suite.bus().bus;
      const slow = suite.gate();
      const reader = new ReaderLog(({ message }) => (message.id === 'm0' ? slow.opened : Promise.resolve()));
      bus.subscribe(reader.options());
      await Promise.all(ids(3).map((id) => publisher.publish(busMessage(id))));
      await reader.until(1);

      proxy.cut();
      await troubles.of('read');
      await suite.untilReading(reader);
      slow.open();
      await publisher.publish(busMessage('m3'));
      await reader.until(1, (id) => id === 'm3');

      expect(reader.items.filter((id) => !isProbe(id))).toEqual(ids(4));
      expect([...new Set(troubles.items.map(({ kind }) => kind))]).toEqual(['read']);
    });

    it('goes on when Pub/Sub is back', async () => {
      const { bus, proxy, troubles } = await suite.proxiedBus();
      const reader = new ReaderLog();
      bus.subscribe(reader.options());
      await suite.bus().bus.publish(busMessage('m0'));
      await reader.until(1);

      proxy.refuse();
      await troubles.of('read', 3);
      proxy.accept();
      await suite.untilReading(reader);
    });
  });

  it('tells of a group that has no subscription, and reads as soon as there is one', async () => {
    const { bus, troubles } = suite.bus();
    const reader = new ReaderLog();
    bus.subscribe(reader.options({ group: 'analytics' }));
    await troubles.of('missing', 2);
    expect(troubles.items[0]).toMatchObject({
      topic: 'orders',
      group: 'analytics',
      error: {
        name: 'BusError',
        kind: 'missing',
        message: expect.stringMatching(/^group analytics of topic orders .*`bowline bus init`$/),
      },
    });

    await suite.init([{ topic: 'orders', groups: ['analytics'] }]);
    await bus.publish(busMessage('m1'));
    await reader.until(1);
  });

  it('acknowledges what is no message, tells of it, and goes on', async () => {
    const { bus, troubles } = suite.bus();
    const reader = new ReaderLog();
    bus.subscribe(reader.options());
    await suite.admin.publisher.publish({
      topic: topicName(suite.place, 'orders'),
      messages: [{ attributes: { what: 'is this' }, data: Buffer.from('?') }],
    });
    await bus.publish(busMessage('m1'));
    await Promise.all([reader.until(1), troubles.of('unreadable')]);

    expect(reader.items).toEqual(['m1']);
    expect(troubles.items.map(({ error }) => error.message)).toEqual([
      expect.stringMatching(/is none of ours; its attributes are what$/),
    ]);
  });

  it('knows what comes again, in hand or acknowledged, and does not hand it over a second time', async () => {
    const { projectId } = suite.place;
    const subscription = subscriptionName(suite.place, 'orders', 'g');
    const snapshot = `projects/${projectId}/snapshots/before-${Date.now()}`;
    await suite.subscriber.createSnapshot({ name: snapshot, subscription });
    const { bus } = suite.bus();
    const slow = suite.gate();
    const reader = new ReaderLog(({ message }) => (message.id === 'm1' ? slow.opened : Promise.resolve()));
    const reading = bus.subscribe(reader.options());
    await Promise.all(ids(3).map((id) => bus.publish(busMessage(id))));
    await reader.until(2);

    // when: Pub/Sub delivers everything once more
    await suite.subscriber.seek({ subscription, snapshot });
    await bus.publish(busMessage('m3', { key: 'other' }));
    await reader.until(1, (id) => id === 'm3');
    slow.open();
    await bus.publish(busMessage('m4'));
    await reader.until(1, (id) => id === 'm4');
    await reading.close();

    // then: each was handled once, and all of it is acknowledged
    expect([...reader.items].sort()).toEqual(ids(5));
    const next = new ReaderLog();
    suite.bus().bus.subscribe(next.options());
    await bus.publish(busMessage('m5'));
    await next.until(1);
    expect(next.items).toEqual(['m5']);
  });

  describe('bounded', () => {
    it('begins with no more messages than may be in hand at once', async () => {
      const { bus } = suite.bus({ maxInFlight: 3 });
      const go = suite.gate();
      let inHand = 0;
      let most = 0;
      const reader = new ReaderLog(async () => {
        inHand += 1;
        most = Math.max(most, inHand);
        await go.opened;
        inHand -= 1;
      });
      bus.subscribe(reader.options());
      await Promise.all(ids(20).map((id) => bus.publish(busMessage(id, { key: id }))));
      await reader.until(3);
      go.open();
      await reader.until(20);

      expect(most).toBe(3);
    });

    // That Pub/Sub then sends nothing more cannot be shown: an emulator does.
    it('is not silent but full while it holds as much as it may', async () => {
      const { bus } = suite.bus({ maxHeld: 5 });
      const taken: Delivery[] = [];
      const reader = new ReaderLog(async (delivery) => {
        taken.push(delivery);
      });
      bus.subscribe(reader.options({ acknowledge: 'later' }));
      await Promise.all(ids(5).map((id) => bus.publish(busMessage(id))));
      await reader.until(5);
      expect(bus.silentFor('orders', 'g')).toBe(0);

      taken[0]!.ack();
      expect(bus.silentFor('orders', 'g')).toBeGreaterThan(0);
    });

    it('is saturated while its handlers fall behind', async () => {
      const { bus } = suite.bus({ maxBacklog: 4 });
      const slow = suite.gate();
      const reader = new ReaderLog(() => slow.opened);
      bus.subscribe(reader.options());
      expect(bus.saturated()).toBe(false);
      await Promise.all(ids(4).map((id) => bus.publish(busMessage(id, { key: id }))));
      await reader.until(4);
      expect(bus.saturated()).toBe(true);
    });
  });

  describe('closing', () => {
    it('finishes what is in hand before the next reader gets what waited behind it, in order', async () => {
      const first = suite.bus().bus;
      const slow = suite.gate();
      const log: string[] = [];
      const reader = new ReaderLog(async ({ message }) => {
        log.push(`${message.id} begins`);
        await slow.opened;
        log.push(`${message.id} ends`);
      });
      const subscription = first.subscribe(reader.options());
      await Promise.all(ids(4).map((id) => first.publish(busMessage(id))));
      await reader.until(1);

      const closed = subscription.close();
      const next = new ReaderLog(async ({ message }) => {
        log.push(`${message.id} at the next`);
      });
      suite.bus().bus.subscribe(next.options());
      slow.open();
      await closed;
      await next.until(3);

      expect(log).toEqual(['m0 begins', 'm0 ends', ...[1, 2, 3].map((at) => `m${at} at the next`)]);
    });

    it('leaves what its handler refuses to the next reader', async () => {
      const first = suite.bus().bus;
      const reader = new ReaderLog(() => Promise.reject(new Error('never')));
      const subscription = first.subscribe(reader.options());
      await Promise.all(ids(2).map((id) => first.publish(busMessage(id))));
      await reader.until(3);
      await subscription.close();

      const next = new ReaderLog();
      suite.bus().bus.subscribe(next.options());
      await next.until(2);
      expect([[...new Set(reader.items)], next.items]).toEqual([['m0'], ids(2)]);
    });
  });

  describe('heartbeats', () => {
    it('end the silence of a subscription, and are no messages', async () => {
      const publisher = suite.bus({ heartbeatMs: 20, writes: ['orders'] });
      const { bus, troubles } = suite.bus();
      const reader = new ReaderLog();
      bus.subscribe(reader.options());
      const before = bus.silentFor('orders', 'g');
      // Nothing tells of a heartbeat but the silence that it ends.
      for (let last = before, beats = 0; beats < 2;) {
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        const silent = bus.silentFor('orders', 'g');
        if (silent < last) beats += 1;
        last = silent;
      }
      expect([reader.items, troubles.items, publisher.troubles.items]).toEqual([[], [], []]);
      expect(bus.backlog()).toMatchObject([{ messages: 0 }]);
    });

    it('are told of where they cannot be sent', async () => {
      const { troubles } = suite.bus({ heartbeatMs: 20, writes: ['nowhere'] });
      await troubles.of('heartbeat', 2);
      expect(troubles.items[0]).toMatchObject({ topic: 'nowhere', error: { kind: 'missing' } });
    });

    it('are of no use to who asks for a group that is not read here', () => {
      expect(() => suite.bus().bus.silentFor('orders', 'stranger')).toThrow(
        expect.objectContaining({ name: 'BusError', kind: 'unread' }),
      );
    });
  });

  it('says how old the oldest message is that it has not acknowledged', async () => {
    const { bus } = suite.bus();
    const slow = suite.gate();
    const reader = new ReaderLog(() => slow.opened);
    bus.subscribe(reader.options());
    await bus.publish(busMessage('m1'));
    await reader.until(1);
    const young = bus.backlog()[0]!.oldestMs;
    await bus.publish(busMessage('m2', { key: 'other' }));
    await reader.until(2);

    const [backlog] = bus.backlog();
    expect(backlog).toMatchObject({ topic: 'orders', group: 'g', messages: 2 });
    // Pub/Sub delivers in its own time, so that some has passed between the two.
    expect(backlog!.oldestMs).toBeGreaterThan(young);
  });
});
