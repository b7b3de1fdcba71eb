import { busMessage, ReaderLog } from '@bowline/testkit';
import { expect, it } from '@jest/globals';
import { redisSuite } from './redis-suite.spec-support.js';

/** Quick signs of life, and a quick death. */
const QUICK = { pulseMs: 20, deadAfterMs: 100 };
/** Without a lease nobody would die in time. */
const PATIENT = { pulseMs: 20, deadAfterMs: 3_600_000 };

redisSuite('taking over a group of the Redis bus', (suite) => {
  it('does not happen while its reader lives, however slow its handler is', async () => {
    const times = { pulseMs: 100, deadAfterMs: 2000 };
    const first = suite.bus(times).bus;
    const slow = suite.gate();
    const firstReader = new ReaderLog(() => slow.opened);
    const subscription = first.subscribe(firstReader.options());
    await first.publish(busMessage('m1'));
    await firstReader.until(1);

    // The second one looks for longer than it takes to die.
    const second = suite.bus(times);
    const secondReader = new ReaderLog();
    second.bus.subscribe(secondReader.options());
    await second.troubles.of('taken', 25);
    slow.open();
    await first.publish(busMessage('m2'));
    await firstReader.until(2);
    expect([firstReader.items, secondReader.items]).toEqual([['m1', 'm2'], []]);

    // A reader that leaves need not be waited for.
    await subscription.close();
    await first.publish(busMessage('m3'));
    await secondReader.until(1);
    expect([firstReader.items, secondReader.items]).toEqual([['m1', 'm2'], ['m3']]);
  });

  it('begins with what the dead one had in hand, before anything newer', async () => {
    const first = await suite.proxiedBus(QUICK);
    const publisher = suite.publisher();
    const never = suite.gate();
    const firstReader = new ReaderLog(({ message }) =>
      message.key === 'a' ? never.opened : Promise.resolve(),
    );
    first.bus.subscribe(firstReader.options());
    for (const [id, key] of [
      ['a1', 'a'],
      ['b1', 'b'],
      ['a2', 'a'],
    ] as const) {
      await publisher.publish(busMessage(id, { key }));
    }
    await firstReader.until(2);
    await suite.untilInHand(suite.admin(), 2);

    first.proxy.refuse();
    await publisher.publish(busMessage('a3', { key: 'a' }));
    await publisher.publish(busMessage('b2', { key: 'b' }));
    const secondReader = new ReaderLog();
    suite.bus(QUICK).bus.subscribe(secondReader.options());
    await secondReader.until(4);

    expect(secondReader.items.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(secondReader.items.filter((id) => id.startsWith('b'))).toEqual(['b2']);
    expect(secondReader.attempts[secondReader.items.indexOf('a1')]).toBe(2);
    never.open();
  });

  it('leaves one that comes back with nothing but what it had in hand', async () => {
    const first = await suite.proxiedBus({ ...QUICK, timeoutMs: 300_000 });
    const publisher = suite.publisher();
    const slow = suite.gate();
    const firstReader = new ReaderLog(() => slow.opened);
    first.bus.subscribe(firstReader.options());
    for (const id of ['m1', 'm2', 'm3']) await publisher.publish(busMessage(id));
    await firstReader.until(1);

    // given: it hears nothing for longer than it takes to die
    first.proxy.hold({ requests: true, replies: true });
    const secondReader = new ReaderLog();
    suite.bus(QUICK).bus.subscribe(secondReader.options());
    await secondReader.until(3);

    // when: its handler comes to an end, and then it hears again
    slow.open();
    first.proxy.release();
    await first.troubles.of('taken');
    await publisher.publish(busMessage('m4'));
    await secondReader.until(4);

    expect(secondReader.items).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(firstReader.items).toEqual(['m1']);
  });

  it('happens at once for the holder of a later lease, and not again for the one before', async () => {
    const publisher = suite.publisher();
    const first = suite.bus({ ...PATIENT, epoch: () => 1 });
    const slow = suite.gate();
    const firstReader = new ReaderLog(() => slow.opened);
    first.bus.subscribe(firstReader.options());
    await publisher.publish(busMessage('m1'));
    await publisher.publish(busMessage('m2'));
    await firstReader.until(1);

    const second = suite.bus({ ...PATIENT, epoch: (group) => (group === 'g' ? 2 : 0) });
    const secondReader = new ReaderLog();
    second.bus.subscribe(secondReader.options());
    await secondReader.until(2);
    await first.troubles.of('fenced');
    slow.open();
    await publisher.publish(busMessage('m3'));
    await secondReader.until(3);

    expect([firstReader.items, secondReader.items]).toEqual([['m1'], ['m1', 'm2', 'm3']]);
  });

  it('need not wait for one that leaves while its connections are broken', async () => {
    const first = await suite.proxiedBus(PATIENT);
    const publisher = suite.publisher();
    const firstReader = new ReaderLog(async ({ message }) => {
      if (message.id === 'm2') throw new Error('not here');
    });
    const subscription = first.bus.subscribe(firstReader.options());
    await publisher.publish(busMessage('m1'));
    await publisher.publish(busMessage('m2'));
    await firstReader.until(2);

    first.proxy.refuse();
    const closed = subscription.close();
    await suite.admin().ping();
    first.proxy.accept();
    await closed;
    const secondReader = new ReaderLog();
    suite.bus(PATIENT).bus.subscribe(secondReader.options());
    await secondReader.until(1);
    expect(secondReader.items).toEqual(['m2']);
  });

  it('knows how often a message was tried before', async () => {
    const first = suite.bus().bus;
    const reader = new ReaderLog(async ({ attempt }) => {
      if (attempt < 4) throw new Error('not yet');
      await never.opened;
    });
    const never = suite.gate();
    first.subscribe(reader.options());
    await first.publish(busMessage('m1'));
    await reader.until(4);
    expect(reader.attempts).toEqual([1, 2, 3, 4]);
    never.open();
    await first.close();

    const second = suite.bus().bus;
    const refusing = new ReaderLog(() => Promise.reject(new Error('never')));
    const subscription = second.subscribe(refusing.options());
    await second.publish(busMessage('m2'));
    await refusing.until(3);
    await subscription.close();
    const third = new ReaderLog();
    second.subscribe(third.options());
    await third.until(1);
    expect(third.attempts[0]).toBeGreaterThan(refusing.attempts.length - 1);
  });

  it('asks for pulses that are quick enough to tell the living from the dead', () => {
    expect(() => suite.bus({ pulseMs: 1000, deadAfterMs: 3999 })).toThrow(
      /deadAfterMs 3999 is less than four times/,
    );
  });
});
