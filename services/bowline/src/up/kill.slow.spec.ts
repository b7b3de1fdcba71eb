import { afterEach, it } from '@jest/globals';
import { PUBSUB_EMULATOR, PubSubEmulator, pubsubEmulator, whenPresent, WorkFolder } from '@bowline/testkit';
import { killDesk } from './kill-desk.spec-support.js';
import { findProgram } from '../cli/machine.js';
import { UpDesk } from './up-desk.spec-support.js';

afterEach(() => UpDesk.killAll());
const work = new WorkFolder('up-kills');
const SURVIVES = 'doubles no order and no fill, loses no signal, and leaves nothing over';

whenPresent(
  'a desk of processes over Redis, any of which dies at any moment, 100 times',
  'redis-server',
  findProgram('redis-server'),
  () => {
    it(
      SURVIVES,
      () => killDesk(work, { name: 'redis', kills: 100, loadMs: 75_000, restMs: 3_000, messaging: '' }),
      600_000,
    );
  },
);

whenPresent(
  'a desk of processes over Google Pub/Sub, any of which dies at any moment, 20 times',
  PUBSUB_EMULATOR,
  pubsubEmulator(),
  (place) => {
    let emulator: PubSubEmulator | null = null;
    afterEach(() => emulator?.stop());

    it('doubles no order and no fill, not even when the bus is sought back to the beginning', async () => {
      emulator = await PubSubEmulator.start(place);
      const { host, projectId } = emulator;
      await killDesk(work, {
        ...{ name: 'pubsub', kills: 20, loadMs: 40_000 },
        // What a killed process had in hand comes again after ten seconds.
        restMs: 15_000,
        messaging: `messaging: { type: pubsub, project: ${projectId} }`,
        // The emulator never brings again what it was handing over when a reader died (Google's servers do): its key is
        // stuck from then on. That nothing gets lost is shown over Redis.
        mayStick: true,
        // A seek brings everything again that there was, acknowledged or not.
        onUp: () => emulator!.mark(),
        onCalm: () => emulator!.rewind(),
        env: { PUBSUB_EMULATOR_HOST: host, METADATA_SERVER_DETECTION: 'none' },
      });
    }, 600_000);
  },
);
