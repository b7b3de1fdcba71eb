import { describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { KillTest } from './kill-test.spec-support.js';

const work = new WorkFolder('kill');

describe('a desk that is killed', () => {
  it('goes on from where it was, wherever that is', async () => {
    const test = new KillTest(work.at('desk'), 2);
    await test.begin();
    await test.kill('while it trades');
    await test.kill('while it starts');
    await test.halt();
    await test.kill('while it stops');
    await test.end();
    expect(test.answered).toBeGreaterThan(0);
  }, 120_000);
});
