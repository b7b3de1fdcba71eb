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
});
