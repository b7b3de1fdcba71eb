import { busMessage, ReaderLog } from '@bowline/testkit';
import { expect, it } from '@jest/globals';
import { pubsubSuite } from './pubsub-suite.spec-support.js';

pubsubSuite('a reader of the Pub/Sub bus that is gone', (suite) => {
  it('leaves what it had in hand to the next one, before anything newer of the key', async () => {
    const { bus, proxy, troubles } = await suite.proxiedBus();
    const publisher = suite.bus().bus;
    const gone = new ReaderLog();
    bus.subscribe(gone.options({ acknowledge: 'later' }));
    const sent = ['m0', 'm1', 'm2'];
    await Promise.all(sent.map((id) => publisher.publish(busMessage(id))));
    await gone.until(3);
    proxy.refuse();
    await troubles.of('read');

    const next = new ReaderLog();
    suite.bus().bus.subscribe(next.options());
    await suite.untilReading(next);
    await publisher.publish(busMessage('m3'));
    // Pub/Sub waits for the end of the leases: ten seconds.
    await next.until(1, (id) => id === 'm3');

    expect(next.items.filter((id) => id.startsWith('m'))).toEqual([...sent, 'm3']);
  });

  it('does not get what it still has in hand a second time when its lease has ended meanwhile', async () => {
    const { bus, proxy, troubles } = await suite.proxiedBus();
    const publisher = suite.bus().bus;
    const slow = suite.gate();
    const reader = new ReaderLog(({ message }) => (message.id === 'm0' ? slow.opened : Promise.resolve()));
    bus.subscribe(reader.options());
    await Promise.all(['m0', 'm1'].map((id) => publisher.publish(busMessage(id))));
    await reader.until(1);
    proxy.refuse();
    await troubles.of('read');

    // Another reader shows when the leases are over: it gets the messages, and does not take them.
    const other = suite.bus().bus;
    const witness = new ReaderLog(() => Promise.reject(new Error('not mine')));
    const watching = other.subscribe(witness.options());
    await witness.until(1, (id) => id === 'm0');
    await watching.close();
    proxy.accept();
    await suite.untilReading(reader);
    slow.open();
    await reader.until(1, (id) => id === 'm1');
    await publisher.publish(busMessage('m2'));
    await reader.until(1, (id) => id === 'm2');

    expect(reader.items.filter((id) => id.startsWith('m'))).toEqual(['m0', 'm1', 'm2']);
  });
});
