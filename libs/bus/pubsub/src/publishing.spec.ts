import { busMessage, ReaderLog } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { pubsubSuite } from './pubsub-suite.spec-support.js';

const closedError = expect.objectContaining({ name: 'BusError', kind: 'closed' });

pubsubSuite('publishing on the Pub/Sub bus', (suite) => {
  it('sends again what was answered with silence, under its id, and nothing of the key before', async () => {
    const { bus, proxy, troubles } = await suite.proxiedBus();
    const reader = new ReaderLog();
    suite.bus().bus.subscribe(reader.options());
    await bus.publish(busMessage('m0'));

    // given: Pub/Sub has the message, and its answer does not come back
    proxy.hold({ replies: true });
    const first = bus.publish(busMessage('m1'));
    await reader.until(2);
    const second = bus.publish(busMessage('m2'));

    // when: the connection breaks
    proxy.cut();
    await Promise.all([first, second]);
    await reader.until(1, (id) => id === 'm2');

    // then: who reads knows by the id that it is the same, and m2 did not go out before m1 was confirmed
    expect(reader.items).toEqual(['m0', 'm1', 'm1', 'm2']);
    expect(troubles.items.map(({ group, kind, topic }) => [kind, topic, group])).toContainEqual([
      'publish',
      'orders',
      null,
    ]);
  });

  it('sends again what was answered with silence for too long, over a connection that does not break', async () => {
    const { bus, proxy, troubles } = await suite.proxiedBus({ timeoutMs: 200 });
    const reader = new ReaderLog();
    suite.bus().bus.subscribe(reader.options());
    await bus.publish(busMessage('m0'));

    proxy.hold({ requests: true });
    const published = [bus.publish(busMessage('m1')), bus.publish(busMessage('m2'))];
    await troubles.of('publish', 2);
    proxy.release();
    await Promise.all(published);
    await reader.until(1, (id) => id === 'm2');

    expect([...new Set(reader.items)]).toEqual(['m0', 'm1', 'm2']);
  });

  it('keeps the order of a key over connections that break at any moment', async () => {
    const { bus, proxy } = await suite.proxiedBus();
    const reader = new ReaderLog();
    suite.bus().bus.subscribe(reader.options());
    const sent = Array.from({ length: 300 }, (_, at) => `m${at}`);

    const published: Promise<void>[] = [];
    for (const [at, id] of sent.entries()) {
      published.push(bus.publish(busMessage(id)));
      if (at % 20 === 0) await published[Math.floor(at / 2)];
      if (at % 50 === 0) proxy.cut();
    }
    await Promise.all(published);
    await reader.until(1, (id) => id === sent.at(-1));

    expect([...new Set(reader.items)]).toEqual(sent);
  });

  it('waits in order while Pub/Sub is away', async () => {
    const { bus, proxy, troubles } = await suite.proxiedBus();
    const reader = new ReaderLog();
    suite.bus().bus.subscribe(reader.options());
    await bus.publish(busMessage('m1'));
    proxy.refuse();

    const published = ['m2', 'm3'].map((id) => bus.publish(busMessage(id)));
    await troubles.of('publish', 2);
    proxy.accept();
    await Promise.all(published);
    await reader.until(3);

    expect(reader.items).toEqual(['m1', 'm2', 'm3']);
  });

  it('does not hold one key up behind another', async () => {
    const { bus } = suite.bus();
    const reader = new ReaderLog();
    bus.subscribe(reader.options());
    const keys = Array.from({ length: 50 }, (_, at) => `k${at}`);
    await Promise.all(keys.map((key) => bus.publish(busMessage(`of ${key}`, { key }))));
    await reader.until(50);
    expect([...reader.items].sort()).toEqual(keys.map((key) => `of ${key}`).sort());
  });

  it('keeps the order of the empty key as well', async () => {
    const { bus } = suite.bus();
    const keys = new Set<string>();
    const reader = new ReaderLog(async ({ message }) => {
      keys.add(message.key);
    });
    bus.subscribe(reader.options());
    const sent = Array.from({ length: 30 }, (_, at) => `m${at}`);
    await Promise.all(sent.map((id) => bus.publish(busMessage(id, { key: '' }))));
    await reader.until(30);
    expect([reader.items, [...keys]]).toEqual([sent, ['']]);
  });

  it('splits what is too much for one request, in order', async () => {
    const { bus } = suite.bus();
    const reader = new ReaderLog();
    bus.subscribe(reader.options());
    const large = 'x'.repeat(1_500_000);
    const sent = Array.from({ length: 5 }, (_, at) => `m${at}`);
    await Promise.all(sent.map((id) => bus.publish(busMessage(id, { data: large }))));
    await reader.until(5);
    expect(reader.items).toEqual(sent);
  });

  it.each([
    ['id', { id: 'i'.repeat(1025) }, /^message i{100} of topic orders: its id is 1025 bytes long/],
    ['key', { key: 'é'.repeat(600) }, /its key is 1200 bytes long, Pub\/Sub takes 1024$/],
    ['body', { data: 'x'.repeat(9_500_001) }, /its body is 9500001 bytes long, Pub\/Sub takes 9500000$/],
  ])('refuses what Pub/Sub would not take: a long %s', async (_, fields, says) => {
    const { bus } = suite.bus();
    const published = bus.publish(busMessage('m1', fields));
    await expect(published).rejects.toThrow(RangeError);
    await expect(published).rejects.toThrow(says);
  });

  describe('to a topic that is not ready', () => {
    it('is refused, until the topic was made', async () => {
      const { bus } = suite.bus();
      const message = busMessage('m1', { topic: 'signals.odum' });
      await expect(bus.publish(message)).rejects.toMatchObject({
        name: 'BusError',
        kind: 'missing',
        message: expect.stringMatching(/^topic signals\.odum does not exist .*`bowline bus init`$/),
      });

      await suite.init([{ topic: 'signals.odum', groups: ['g'] }]);
      const reader = new ReaderLog();
      bus.subscribe(reader.options({ topic: 'signals.odum' }));
      await bus.publish(message);
      await reader.until(1);
    });

    it('is refused where a group of it has no subscription', async () => {
      const { bus } = suite.bus({ groups: () => ['g', 'analytics'] });
      await expect(bus.publish(busMessage('m1'))).rejects.toMatchObject({
        name: 'BusError',
        kind: 'missing',
        message: expect.stringMatching(
          /^group analytics of topic orders has no subscription .*`bowline bus init`$/,
        ),
      });
      await suite.init([{ topic: 'orders', groups: ['analytics'] }]);
      await bus.publish(busMessage('m1'));
    });

    it('is refused where nobody would get it, unless that was said', async () => {
      await suite.init([{ topic: 'audit.odum', groups: [] }]);
      const message = busMessage('m1', { topic: 'audit.odum' });
      await expect(suite.bus().bus.publish(message)).rejects.toMatchObject({
        name: 'BusError',
        kind: 'unread',
      });
      await suite.bus({ unread: (topic) => topic === 'audit.odum' }).bus.publish(message);
    });

    it('is refused where somebody has deleted it meanwhile, and later messages of the key as well', async () => {
      const { bus } = suite.bus();
      await bus.publish(busMessage('m1'));
      const { prefix, projectId } = suite.place;
      await suite.admin.publisher.deleteTopic({ topic: `projects/${projectId}/topics/${prefix}orders` });
      const published = await Promise.allSettled(['m2', 'm3'].map((id) => bus.publish(busMessage(id))));
      const refused = { status: 'rejected', reason: expect.objectContaining({ kind: 'missing' }) };
      expect(published).toEqual([refused, refused]);
    });
  });

  it('is saturated while too much waits for an answer', async () => {
    const { bus, proxy } = await suite.proxiedBus({ maxBacklog: 3 });
    await bus.publish(busMessage('m0'));
    proxy.hold({ requests: true });
    const published = [bus.publish(busMessage('m1')), bus.publish(busMessage('m2'))];
    expect(bus.saturated()).toBe(false);
    published.push(bus.publish(busMessage('m3')));
    expect(bus.saturated()).toBe(true);
    proxy.release();
    await Promise.all(published);
    expect(bus.saturated()).toBe(false);
  });

  it('gives up at the end of a bus what Pub/Sub does not confirm in time', async () => {
    const { bus, proxy } = await suite.proxiedBus({ drainMs: 10 });
    await bus.publish(busMessage('m0'));
    proxy.hold({ requests: true });
    const published = ['m1', 'm2'].map((id) => bus.publish(busMessage(id)));
    const outcomes = Promise.all(published.map((each) => expect(each).rejects.toEqual(closedError)));
    await bus.close();
    await outcomes;
  });

  it('waits at the end of a bus for what is on its way', async () => {
    const { bus } = suite.bus();
    const sent = Array.from({ length: 20 }, (_, at) => `m${at}`);
    const published = sent.map((id) => bus.publish(busMessage(id)));
    await bus.close();
    await Promise.all(published);

    const reader = new ReaderLog();
    suite.bus().bus.subscribe(reader.options());
    await reader.until(20);
    expect(reader.items).toEqual(sent);
  });
});
