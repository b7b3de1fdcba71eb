import { afterEach, expect, it } from '@jest/globals';
import { whenPresent, WorkFolder } from '@bowline/testkit';
import { findProgram } from './machine.js';
import { playSeed, SEED_CONFIG, SEED_KEYS } from './seed-numbers.spec-support.js';
import { UpDesk } from './up-desk.spec-support.js';

afterEach(() => UpDesk.killAll());
const work = new WorkFolder('up-seed-numbers');

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
