import { busMessage, ReaderLog } from '@bowline/testkit';
import { expect, it } from '@jest/globals';
import { redisSuite } from './redis-suite.spec-support.js';

const closedError = expect.objectContaining({ name: 'BusError', kind: 'closed' });

redisSuite('publishing on the Redis bus', (suite) => {
  it('sends again what was answered with silence, under its id, and nothing of the topic before', async () => {
    const { bus, proxy, troubles } = await suite.proxiedBus();
    const reader = new ReaderLog();
    suite.bus().bus.subscribe(reader.options());
    await bus.publish(busMessage('m0'));

    // given: Redis has the message, and its answer does not come back
    proxy.hold({ replies: true });
    const first = bus.publish(busMessage('m1'));
    await reader.until(2);
    const second = bus.publish(busMessage('m2'));

    // when: the connection breaks
    proxy.release();
    proxy.cut();
    await Promise.all([first, second]);
    await reader.until(4);

    // then: who reads knows by the id that it is the same, and m2 did not go out before m1 was confirmed
    expect(reader.items.filter((id, at) => reader.items.indexOf(id) === at)).toEqual(['m0', 'm1', 'm2']);
    expect(reader.items.slice(-2)).toEqual(['m1', 'm2']);
    expect(troubles.items.map(({ kind }) => kind)).toContain('publish');
  });

  it('keeps the order where the server refuses one message and would take the next', async () => {
    const { bus, troubles } = suite.bus();
    const admin = suite.admin();
    const reader = new ReaderLog();
    bus.subscribe(reader.options());
    await bus.publish(busMessage('m0'));

    await admin.config('SET', 'maxmemory', '1');
    const published = [bus.publish(busMessage('m1'))];
    await troubles.of('publish');
    published.push(bus.publish(busMessage('m2')));
    await admin.config('SET', 'maxmemory', '0');
    published.push(bus.publish(busMessage('m3')));
    await Promise.all(published);
    await bus.whenIdle();

    expect(reader.items).toEqual(['m0', 'm1', 'm2', 'm3']);
  });

  it('keeps the order of a key over connections that break at any moment', async () => {
    const { bus, proxy } = await suite.proxiedBus();
    const reader = new ReaderLog();
    suite.bus().bus.subscribe(reader.options());
    const sent = Array.from({ length: 400 }, (_, at) => `m${at}`);

    const published = [];
    for (const [at, id] of sent.entries()) {
      published.push(bus.publish(busMessage(id)));
      if (at % 20 === 0) await reader.until(at / 20);
      if (at % 40 === 0) proxy.cut();
    }
    await Promise.all(published);
    await reader.until(1, (id) => id === sent.at(-1));

    expect([...new Set(reader.items)]).toEqual(sent);
  });

  it('waits in order while there is no server', async () => {
    const { bus } = suite.bus();
    const reader = new ReaderLog();
    bus.subscribe(reader.options());
    await bus.publish(busMessage('m1'));
    await suite.server.kill();

    const published = ['m2', 'm3'].map((id) => bus.publish(busMessage(id)));
    await suite.server.resume();
    await Promise.all(published);
    await bus.whenIdle();

    expect([...new Set(reader.items)]).toEqual(['m1', 'm2', 'm3']);
  });

  it('goes on where the server has forgotten its scripts', async () => {
    const { bus } = suite.bus();
    const reader = new ReaderLog();
    bus.subscribe(reader.options());
    await bus.publish(busMessage('m1'));
    await suite.admin().script('FLUSH');
    await bus.publish(busMessage('m2'));
    await bus.whenIdle();

    expect(reader.items).toEqual(['m1', 'm2']);
  });

  it('makes the groups that were declared, so that they get what was published before they came', async () => {
    const groups = (): readonly string[] => ['later'];
    const { bus } = suite.bus({ groups });
    await bus.publish(busMessage('m1'));
    await bus.close();

    const reader = new ReaderLog();
    suite.bus({ groups }).bus.subscribe(reader.options({ group: 'later' }));
    await reader.until(1);
    expect(reader.items).toEqual(['m1']);
  });

  it('is refused on a topic that has no group, until it has one', async () => {
    const { bus } = suite.bus();
    await expect(bus.publish(busMessage('m1', { topic: 'signals.odum' }))).rejects.toMatchObject({
      name: 'BusError',
      kind: 'unread',
      message: expect.stringContaining('topic signals.odum has no group'),
    });

    const reader = new ReaderLog();
    suite.bus().bus.subscribe(reader.options({ topic: 'signals.odum' }));
    const other = suite.bus().bus;
    other.subscribe(new ReaderLog().options({ topic: 'signals.odum', group: 'other' }));
    await other.publish(busMessage('m2', { topic: 'signals.odum' }));
    await bus.publish(busMessage('m3', { topic: 'signals.odum' }));
    await reader.until(2);
    expect(reader.items).toEqual(['m2', 'm3']);
  });

  it('drops what goes to a topic that was declared unread', async () => {
    const { bus } = suite.bus({ unread: (topic) => topic === 'audit.odum' });
    await bus.publish(busMessage('m1', { topic: 'audit.odum' }));
    expect(await suite.admin().exists(`${suite.prefix}audit.odum`)).toBe(0);
  });

  it('is saturated while too much waits for an answer', async () => {
    const { bus, proxy } = await suite.proxiedBus({ maxBacklog: 3, groups: () => ['g'] });
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

  it('gives up at the end of a bus what Redis does not confirm in time', async () => {
    const { bus, proxy } = await suite.proxiedBus({ groups: () => ['g'], drainMs: 10 });
    await bus.publish(busMessage('m0'));
    proxy.hold({ requests: true });
    const published = bus.publish(busMessage('m1'));
    const outcome = expect(published).rejects.toEqual(closedError);
    await bus.close();
    await outcome;
  });
});
