import { describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { KillTest, type Kill } from './kill-test.spec-support.js';

const work = new WorkFolder('kills');
const KILLS = 50;
const WAYS: readonly Kill[] = [
  'while it trades',
  'while it starts',
  'while it trades',
  'while it trades',
  'while it starts',
  'while it stops',
];

describe(`a desk that is killed ${KILLS} times`, () => {
  it('doubles no order, loses no signal that it has answered for, and leaves no position without its stop', async () => {
    const test = new KillTest(work.at('desk'), 1);
    await test.begin();
    for (let kill = 0; kill < KILLS; kill += 1) {
      if (kill === 10) await test.halt();
      if (kill === 25) await test.resume();
      await test.kill(WAYS[kill % WAYS.length]);
    }
    await test.end();
    expect(test.answered).toBeGreaterThan(KILLS);
  }, 900_000);
});
