import { busContract, PUBSUB_EMULATOR, PubSubEmulator, pubsubEmulator, whenPresent } from '@bowline/testkit';
import { afterAll, beforeAll } from '@jest/globals';
import { initPubSub } from './init.js';
import { PubSubBus } from './pubsub-bus.js';
import { SettlingBus } from './settling-bus.spec-support.js';

/** Whatever the contract reads. */
const TOPICS = [
  { topic: 'orders', groups: ['g', 'first', 'second', 'later'] },
  { topic: 'signals', groups: ['g', 'first'] },
  ...['signals.a', 'signals.b'].map((topic) => ({ topic, groups: ['g1', 'g2', 'g3'] })),
];

whenPresent('Pub/Sub bus', PUBSUB_EMULATOR, pubsubEmulator(), (place) => {
  let emulator: PubSubEmulator;
  let opened = 0;
  beforeAll(async () => {
    emulator = await PubSubEmulator.start(place);
  });
  afterAll(() => emulator.stop());

  busContract('Pub/Sub bus', {
    open: async () => {
      opened += 1;
      const { host: endpoint, projectId } = emulator;
      const where = { endpoint, projectId, prefix: `test-${opened}.` };
      await initPubSub(TOPICS, where);
      const bus = new PubSubBus({ ...where, onFailure: () => undefined, retry: { firstMs: 0, maxMs: 0 } });
      const settling = new SettlingBus(bus, TOPICS);
      return { bus: settling, settle: () => settling.settle(), dispose: () => settling.close() };
    },
    runs: 10,
  });
});
