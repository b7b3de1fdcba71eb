import { describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { KillTest } from './kill-test.spec-support.js';

const work = new WorkFolder('kill');
const KILLS = 10;

describe('a desk that is killed', () => {
  it(`goes on as if nothing had happened, ${KILLS} times`, async () => {
    const test = new KillTest('/tmp/hk/kd', Number(process.env.SEED ?? 1));
    await test.begin();
    const ways = new Set<string>();
    for (let kill = 1; kill <= KILLS; kill += 1) {
      if (kill === KILLS / 5) await test.halt();
      if (kill === KILLS / 2) await test.resume();
      ways.add(await test.kill());
    }
    await test.end();
    expect(ways.size).toBe(3);
    expect(test.answered).toBeGreaterThan(KILLS);
  }, 600_000);
});
