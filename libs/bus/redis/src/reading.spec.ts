import { busMessage, ReaderLog } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { fieldsOf, redisSuite } from './redis-suite.spec-support.js';

redisSuite('reading from the Redis bus', (suite) => {
  const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `m${at}`);

  describe('over connections that break', () => {
    it('gets what Redis had handed out when the answer was lost, before anything newer', async () => {
      const { bus, proxy } = await suite.proxiedBus();
      const publisher = suite.publisher();
      const admin = suite.admin();
      const slow = suite.gate();
      const reader = new ReaderLog(({ message }) => (message.id === 'm0' ? slow.opened : Promise.resolve()));
      bus.subscribe(reader.options());
      await publisher.publish(busMessage('m0'));
      await reader.until(1);

      // given: no answer comes back to the acknowledgement of m0, nor with m1
      proxy.hold({ replies: true });
      slow.open();
      await suite.untilInHand(admin, 0);
      await publisher.publish(busMessage('m1'));
      await suite.untilInHand(admin, 1);
      await publisher.publish(busMessage('m2'));
      proxy.cut('orders/g');
      await reader.until(3);

      expect(reader.items).toEqual(['m0', 'm1', 'm2']);
    });

    it('is not overtaken by a read that the server still waits for on behalf of a connection that is gone', async () => {
      // A read that waits for minutes, unless somebody ends it.
      const { bus, proxy } = await suite.proxiedBus({ pulseMs: 300_000, deadAfterMs: 3_600_000 });
      const publisher = suite.publisher();
      const admin = suite.admin();
      const reader = new ReaderLog();
      bus.subscribe(reader.options());
      const before = await suite.untilReading(admin, []);

      proxy.abandon();
      await suite.untilReading(admin, before);
      for (const id of ids(3)) await publisher.publish(busMessage(id));
      await reader.until(3);

      expect(reader.items).toEqual(ids(3));
    });

    it('keeps the order of a key, and lets no two of its messages overlap', async () => {
      const { bus, proxy } = await suite.proxiedBus();
      const publisher = suite.publisher();
      let inHand = 0;
      let overlaps = 0;
      const reader = new ReaderLog(async () => {
        inHand += 1;
        if (inHand > 1) overlaps += 1;
        await Promise.resolve();
        inHand -= 1;
      });
      bus.subscribe(reader.options());
      for (const [at, id] of ids(300).entries()) {
        await publisher.publish(busMessage(id));
        if (at % 30 === 0) proxy.cut();
      }
      await reader.until(1, (id) => id === 'm299');

      // Acknowledgements that Redis had carried out before the connection broke are repeated, messages are not.
      expect([reader.items, overlaps]).toEqual([ids(300), 0]);
    });

    it('goes on after a crash of the server, with all that was confirmed', async () => {
      const { bus } = suite.bus();
      const first = suite.gate();
      const reader = new ReaderLog(() => first.opened);
      bus.subscribe(reader.options());
      for (const id of ids(5)) await bus.publish(busMessage(id));
      await reader.until(1);

      await suite.server.kill();
      first.open();
      await suite.server.resume();
      await bus.publish(busMessage('m5'));
      await reader.until(1, (id) => id === 'm5');

      expect([...new Set(reader.items)]).toEqual(ids(6));
    });

    it('still hands over what it has read where Redis has lost its data', async () => {
      const { bus, troubles } = suite.bus();
      const slow = suite.gate();
      const reader = new ReaderLog(() => slow.opened);
      bus.subscribe(reader.options());
      await Promise.all(ids(3).map((id) => bus.publish(busMessage(id))));
      await reader.until(1);

      await suite.admin().flushall();
      await troubles.of('read');
      await suite.untilReading(suite.admin(), []);
      await bus.publish(busMessage('m3'));
      slow.open();
      await bus.whenIdle();
      expect(reader.items).toEqual(ids(4));
    });

    it('begins anew where Redis has lost its data, and its groups are there again', async () => {
      const { bus, troubles } = suite.bus({ groups: () => ['g', 'other'] });
      const reader = new ReaderLog();
      bus.subscribe(reader.options());
      await bus.publish(busMessage('m0'));
      await bus.whenIdle();

      await suite.admin().flushall();
      await troubles.of('read');
      await bus.publish(busMessage('m1'));
      await reader.until(2);
      const other = new ReaderLog();
      bus.subscribe(other.options({ group: 'other' }));
      await other.until(1);

      expect([reader.items, other.items]).toEqual([['m0', 'm1'], ['m1']]);
    });
  });

  it.each([
    ['at once from one that is no reader', 'a person at the console', 'stray'],
    ['after its death from one that could be', '0:another process:1', 'taken'],
  ])('gets back what somebody else has taken from its group: %s', async (_, consumer, trouble) => {
    const { bus, troubles } = suite.bus({ pulseMs: 20, deadAfterMs: 1000, maxHeld: 1 });
    const busy = suite.gate();
    const reader = new ReaderLog(() => busy.opened);
    bus.subscribe(reader.options());
    await bus.publish(busMessage('m0'));
    await reader.until(1);

    const stream = `${suite.prefix}orders`;
    await suite
      .admin()
      .multi()
      .xadd(stream, '*', ...fieldsOf(busMessage('m1')))
      .xreadgroup('GROUP', 'g', consumer, 'STREAMS', stream, '>')
      .exec();
    busy.open();
    await reader.until(2);
    await bus.publish(busMessage('m2'));
    await reader.until(3);

    expect(reader.items).toEqual(['m0', 'm1', 'm2']);
    expect(troubles.items.map(({ kind }) => kind)).toContain(trouble);
  });

  it('acknowledges what is no message, tells of it, and goes on', async () => {
    const { bus, troubles } = suite.bus();
    const reader = new ReaderLog();
    bus.subscribe(reader.options());
    await bus.publish(busMessage('m0'));
    await suite.admin().xadd(`${suite.prefix}orders`, '*', 'what', 'is this');
    await bus.publish(busMessage('m1'));
    await bus.whenIdle();

    expect(reader.items).toEqual(['m0', 'm1']);
    expect(troubles.items.map(({ kind }) => kind)).toEqual(['unreadable']);
    expect(troubles.items[0]!.error.message).toContain('is no message; its fields are what');
    expect(bus.backlog()).toEqual([{ topic: 'orders', group: 'g', messages: 0, oldestMs: 0 }]);
  });

  it('acknowledges what somebody has deleted before its time, and tells of it', async () => {
    const { bus } = suite.bus();
    const admin = suite.admin();
    const stream = `${suite.prefix}orders`;
    const subscription = bus.subscribe(new ReaderLog().options({ acknowledge: 'later' }));
    for (const id of ids(3)) await bus.publish(busMessage(id));
    await bus.whenIdle();
    await admin.xdel(stream, (await suite.inHand(admin))[1]!);
    await subscription.close();

    const next = new ReaderLog();
    bus.subscribe(next.options());
    await bus.whenIdle();
    expect(next.items).toEqual(['m0', 'm2']);
    expect(await suite.inHand(admin)).toEqual([]);
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
      const published = ids(20).map((id) => bus.publish(busMessage(id, { key: id })));
      await Promise.all(published);
      await reader.until(3);
      go.open();
      await bus.whenIdle();

      expect([most, reader.items.length]).toEqual([3, 20]);
    });

    it('reads no more than it may hold, and stays the reader of its group meanwhile', async () => {
      const limits = { maxHeld: 8, pulseMs: 20, deadAfterMs: 3_600_000 };
      const { bus } = suite.bus(limits);
      const go = suite.gate();
      const reader = new ReaderLog(() => go.opened);
      bus.subscribe(reader.options());
      await Promise.all(ids(50).map((id) => bus.publish(busMessage(id))));
      await reader.until(1);

      // While it cannot read on, it goes on to show that it lives.
      const other = suite.bus(limits);
      other.bus.subscribe(new ReaderLog().options());
      await other.troubles.of('taken', 10);
      expect(bus.silentFor('orders', 'g')).toBeLessThan(other.bus.silentFor('orders', 'g'));
      expect((await suite.inHand(suite.admin())).length).toBeLessThanOrEqual(8);
      expect(bus.backlog()).toMatchObject([{ messages: 50 }]);

      go.open();
      await bus.whenIdle();
      expect(reader.items).toEqual(ids(50));
    });
  });

  it('counts what nobody has read yet, and how old it is', async () => {
    const { bus } = suite.bus({ maxHeld: 4, groups: () => ['g'] });
    await Promise.all(ids(10).map((id) => bus.publish(busMessage(id))));
    const go = suite.gate();
    const reader = new ReaderLog(() => go.opened);
    bus.subscribe(reader.options());
    await reader.until(1);

    const [backlog] = bus.backlog();
    expect(backlog).toMatchObject({ topic: 'orders', group: 'g', messages: 10 });
    expect(backlog!.oldestMs).toBeGreaterThan(0);
    go.open();
    await bus.whenIdle();
    expect(bus.backlog()).toMatchObject([{ messages: 0, oldestMs: 0 }]);
  });

  it('says for how long a subscription has heard nothing, which a slow handler does not change', async () => {
    const pulses = { pulseMs: 20, deadAfterMs: 3_600_000 };
    const live = suite.bus(pulses).bus;
    const cutOff = await suite.proxiedBus({ ...pulses, timeoutMs: 300_000 });
    const never = suite.gate();
    const reader = new ReaderLog(() => never.opened);
    live.subscribe(reader.options());
    cutOff.bus.subscribe(new ReaderLog().options({ group: 'cut off' }));
    await live.publish(busMessage('m1'));
    await reader.until(1);
    cutOff.proxy.hold({ replies: true });

    // Another reader of the first group sees ten times in vain whether that one is dead.
    const other = suite.bus(pulses);
    other.bus.subscribe(new ReaderLog().options());
    await other.troubles.of('taken', 10);

    expect(live.silentFor('orders', 'g')).toBeLessThan(cutOff.bus.silentFor('orders', 'cut off'));
    expect(live.silentFor('orders', 'g')).toBeLessThan(other.bus.silentFor('orders', 'g'));
    expect(() => live.silentFor('orders', 'stranger')).toThrow(
      expect.objectContaining({ name: 'BusError', kind: 'unread' }),
    );
    never.open();
    cutOff.proxy.release();
  });
});
