import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SystemClock, VirtualClock, VirtualTime, type TimedSource } from './index.js';

describe('a virtual clock', () => {
  it('stands still until it is moved', () => {
    const clock = new VirtualClock(100);
    const calls: number[] = [];
    clock.callAt(100, () => calls.push(clock.now()));
    clock.callAt(50, () => calls.push(clock.now()));

    expect([clock.now(), clock.nextTime(), calls]).toEqual([100, 100, []]);
    expect([clock.step(100), clock.step(100), clock.step(100), calls]).toEqual([
      true,
      true,
      false,
      [100, 100],
    ]);
  });

  it('makes one call a step, at its own time, and shows the time it was moved to once none is due', () => {
    const clock = new VirtualClock(0);
    const calls: [string, number][] = [];
    clock.callAt(30, () => calls.push(['late', clock.now()]));
    clock.callAt(10, () => calls.push(['early', clock.now()]));

    expect(clock.step(20)).toBe(true);
    expect([clock.now(), calls]).toEqual([10, [['early', 10]]]);
    expect(clock.step(20)).toBe(false);
    expect([clock.now(), clock.nextTime()]).toEqual([20, 30]);
    expect(clock.step(5)).toBe(false);
    expect(clock.now()).toBe(20);
  });

  it('makes calls by time, those of one time in the order in which they were asked for, and none that was taken back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.boolean())), (asked) => {
        const clock = new VirtualClock(0);
        const made: number[] = [];
        const takeBack = asked.map(([time], i) => clock.callAt(time, () => made.push(i)));
        asked.forEach(([, keep], i) => keep || takeBack[i]!());
        while (clock.step(10));

        const kept = asked.map(([time, keep], i) => ({ time, keep, i })).filter(({ keep }) => keep);
        expect(made).toEqual(kept.sort((a, b) => a.time - b.time || a.i - b.i).map(({ i }) => i));
      }),
    );
  });

  it('makes what a call asks for in its turn, and nothing twice', () => {
    const clock = new VirtualClock(0);
    const made: string[] = [];
    clock.callAt(1, () => {
      made.push('first');
      clock.callAt(1, () => made.push('asked for by the first'));
      clock.callAt(0, () => made.push('asked for too late'));
    });
    clock.callAt(1, () => made.push('second'));
    while (clock.step(1));

    expect(made).toEqual(['first', 'second', 'asked for by the first', 'asked for too late']);
  });
});

describe('virtual time', () => {
  function source(name: string, times: number[], told: string[], clock: VirtualClock): TimedSource {
    return {
      nextTime: () => times[0] ?? null,
      step() {
        times.shift();
        told.push(`${name} ${clock.now()}`);
      },
    };
  }

  it('lets the calls of a moment happen before its sources, these in their order, each after quiet', async () => {
    const clock = new VirtualClock(0);
    const told: string[] = [];
    clock.callAt(2, () => told.push(`call ${clock.now()}`));
    const sources = [source('market', [1, 2, 2], told, clock), source('strategy', [2, 4], told, clock)];
    const time = new VirtualTime(clock, sources, () => {
      told.push('quiet');
      return Promise.resolve();
    });

    await time.runTo(3);

    expect(told.filter((each) => each !== 'quiet')).toEqual([
      'market 1',
      'call 2',
      'market 2',
      'market 2',
      'strategy 2',
    ]);
    expect(told.filter((_, i) => i % 2 === 0)).toEqual(Array<string>(6).fill('quiet'));
    expect([clock.now(), time.nextTime()]).toEqual([3, 4]);
  });

  it('waits for what a moment leads to, however long that takes, and makes it happen at that moment', async () => {
    const clock = new VirtualClock(0);
    const told: string[] = [];
    let underWay = 3;
    clock.callAt(1, () => told.push('call'));
    const time = new VirtualTime(clock, [source('market', [1], told, clock)], async () => {
      if (!told.includes('call') || underWay === 0) return;
      for (; underWay > 0; underWay -= 1) await new Promise(setImmediate);
      clock.callAt(1, () => told.push('answer'));
    });

    await time.runTo(5);

    expect(told).toEqual(['call', 'answer', 'market 1']);
  });

  it('ends between two moments where it is stopped, once all of the moment has happened', async () => {
    const clock = new VirtualClock(0);
    const told: string[] = [];
    const sources = [source('market', [1, 1, 2, 3], told, clock)];
    const time = new VirtualTime(clock, sources, () => Promise.resolve());

    await time.runTo(5, () => told.length > 0);

    expect([told, clock.now()]).toEqual([['market 1', 'market 1'], 1]);
  });
});

describe("the machine's clock", () => {
  it('calls by time, those of one time in the order in which they were asked for, and never early', async () => {
    const clock = new SystemClock();
    const made: [string, boolean][] = [];
    const start = clock.now();
    await new Promise<void>((resolve) => {
      const call = (name: string, time: number) =>
        clock.callAt(time, () => {
          made.push([name, clock.now() >= time]);
          if (name === 'last') resolve();
        });
      call('last', start + 12);
      call('second', start + 6);
      call('first', start + 3);
      call('third', start + 6);
      call('past', start - 1_000);
    });

    expect(made).toEqual([
      ['past', true],
      ['first', true],
      ['second', true],
      ['third', true],
      ['last', true],
    ]);
  });

  it('does not call inside the call that asks for it, and not at all what was taken back', async () => {
    const clock = new SystemClock();
    const made: string[] = [];
    const takeBack = clock.callAt(clock.now(), () => made.push('taken back'));
    await new Promise<void>((resolve) => {
      clock.callAt(clock.now() + 2, resolve);
      clock.callAt(0, () => made.push('at once'));
      takeBack();
      expect(made).toEqual([]);
    });

    expect(made).toEqual(['at once']);
  });

  it('waits for what is years away, and does not keep the process for it', async () => {
    const clock = new SystemClock();
    const made: string[] = [];
    const takeBack = clock.callAt(clock.now() + 100 * 365 * 86_400_000, () => made.push('years'));
    await new Promise<void>((resolve) => {
      clock.callAt(clock.now() + 3, resolve);
    });
    takeBack();

    expect(made).toEqual([]);
  });
});
