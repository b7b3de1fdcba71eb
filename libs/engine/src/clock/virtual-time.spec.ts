import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from './virtual-clock.js';
import { VirtualTime, type TimedSource } from './virtual-time.js';

/** Something happens at each of these times. */
function source(name: string, times: readonly number[], happened: string[]): TimedSource {
  const left = [...times];
  return {
    nextTime: () => left[0] ?? null,
    step: () => void happened.push(`${name} ${left.shift()}`),
  };
}

describe('a virtual time', () => {
  it('makes everything happen in the order of times: calls of the clock first, then the sources in their order', async () => {
    const clock = new VirtualClock(0);
    const happened: string[] = [];
    clock.callAt(20, () => {
      happened.push('call 20');
      clock.callAt(20, () => void happened.push('its call 20'));
    });
    const time = new VirtualTime(
      clock,
      [source('a', [10, 20], happened), source('b', [20, 40], happened)],
      () => Promise.resolve(),
    );
    await time.runTo(30);
    expect(happened).toEqual(['a 10', 'call 20', 'its call 20', 'a 20', 'b 20']);
    expect([clock.now(), time.nextTime()]).toEqual([30, 40]);
  });

  it('lets what one thing leads to be over before the next', async () => {
    const clock = new VirtualClock(0);
    const happened: string[] = [];
    const quiet = async () => {
      await new Promise(setImmediate);
      happened.push(`quiet at ${clock.now()}`);
    };
    await new VirtualTime(clock, [source('a', [10, 10], happened)], quiet).runTo(10);
    expect(happened).toEqual(['quiet at 0', 'a 10', 'quiet at 10', 'a 10', 'quiet at 10']);
  });

  it('is stopped between two moments only: whoever goes on later finds nothing that was left over', async () => {
    const clock = new VirtualClock(0);
    const happened: string[] = [];
    const sources = [source('a', [10, 20], happened), source('b', [10, 20], happened)];
    const time = new VirtualTime(clock, sources, () => Promise.resolve());
    await time.runTo(100, () => happened.length > 0);
    expect(happened).toEqual(['a 10', 'b 10']);
    expect([clock.now(), time.nextTime()]).toEqual([10, 20]);
  });
});
