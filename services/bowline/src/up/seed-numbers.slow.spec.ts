import { afterEach, expect, it } from '@jest/globals';
import { PUBSUB_EMULATOR, PubSubEmulator, pubsubEmulator, whenPresent, WorkFolder } from '@bowline/testkit';
import { findProgram } from '../cli/machine.js';
import { playSeed, SEED_CONFIG, SEED_KEYS } from './seed-numbers.spec-support.js';
import { UpDesk } from './up-desk.spec-support.js';

afterEach(() => UpDesk.killAll());
const work = new WorkFolder('up-seed-numbers');

whenPresent(
  'two strategies that share one exchange position, through processes over Google Pub/Sub',
  PUBSUB_EMULATOR,
  pubsubEmulator(),
  (place) => {
    it('close one by one, each against its own entry', async () => {
      const emulator = await PubSubEmulator.start(place);
      const text = `${SEED_CONFIG}messaging: { type: pubsub, project: ${emulator.projectId} }\n`;
      const config = work.file('pubsub.yaml', text);
      const desk = await UpDesk.start(['--config', config, '--dir', work.at('pubsub-desk'), '--hold'], {
        ...SEED_KEYS,
        ...{ PUBSUB_EMULATOR_HOST: emulator.host, METADATA_SERVER_DETECTION: 'none' },
      });
      await playSeed(desk);
      const { exitCode, stderr } = await desk.stop();
      await emulator.stop();
      expect(stderr.split('\n').filter((line) => /\| error /.test(line))).toEqual([]);
      expect(exitCode).toBe(0);
    }, 120_000);
  },
);

whenPresent(
  'two strategies that share one exchange position, through processes over Redis',
  'redis-server',
  findProgram('redis-server'),
  () => {
    it('close one by one, each against its own entry', async () => {
      const config = work.file('bowline.yaml', SEED_CONFIG);
      const desk = await UpDesk.start(['--config', config, '--dir', work.at('desk'), '--hold'], SEED_KEYS);
      await playSeed(desk);
      const { exitCode, stderr } = await desk.stop();
      expect(stderr.split('\n').filter((line) => /\| (error|warn) /.test(line))).toEqual([]);
      expect(exitCode).toBe(0);
    }, 120_000);
  },
);
