import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@bowline/engine';
import { ManualClock } from '@bowline/testkit';
import { PacedTime } from './paced-time.js';

const START = 1_000_000;

/** A clock that follows a machine's, a source that happens each 100 ms, and what happened with its times. */
function paced({ machineAt = START, clockAt = START } = {}) {
  const machine = new ManualClock(machineAt);
  /** How much later than it should be the machine comes to its calls. */
  const late = { ms: 0 };
  const clock = new VirtualClock(clockAt);
  const happened: string[] = [];
  const failures: Error[] = [];
  let next = clockAt + 100;
  const note = (what: string): void => void happened.push(`+${clock.now() - clockAt} ${what}`);
  const source = {
    nextTime: () => next,
    step: () => {
      clock.step(next);
      note('source');
      next += 100;
    },
  };
  const time = new PacedTime(
    clock,
    { now: () => machine.now() + late.ms, callAt: machine.callAt.bind(machine) },
    [source],
    {
      onCaughtUp: () => undefined,
      onFailure: (error) => failures.push(error),
    },
  );
  return { machine, late, clock, happened, failures, note, time };
}

describe('time that follows the machine', () => {
  it('lets everything happen at its own time and in its order, however late the machine comes to it', () => {
    const { clock, happened, late, machine, note, time } = paced();
    time.do(() => {
      clock.callAt(START + 150, () => note('b'));
      clock.callAt(START + 100, () => note('a'));
      clock.callAt(START + 150, () => note('c'));
    });
    late.ms = 150;
    machine.advance(100);
    expect(happened).toEqual(['+100 a', '+100 source', '+150 b', '+150 c', '+200 source']);
  });

  it('puts what comes from outside behind what was due before it, and lets what it leads to at once happen at once', () => {
    const { clock, happened, machine, note, time } = paced();
    time.do(() => void clock.callAt(START + 30, () => note('due')));
    machine.advance(30);
    machine.advance(20);
    time.do(() => {
      note('outside');
      clock.callAt(clock.now(), () => note('its effect'));
    });
    expect(happened).toEqual(['+30 due', '+50 outside', '+50 its effect']);
  });

  it('wakes up by itself for what is due next, also where that comes to be sooner', () => {
    const { clock, happened, machine, note, time } = paced();
    time.do(() => void clock.callAt(START + 90, () => note('late')));
    time.do(() => void clock.callAt(START + 10, () => note('soon')));
    machine.advance(10);
    expect(happened).toEqual(['+10 soon']);
    machine.advance(90);
    expect(happened).toEqual(['+10 soon', '+90 late', '+100 source']);
  });

  it('stays ahead of a machine whose clock was set back, and goes on at its pace', () => {
    const { happened, machine, time } = paced({ machineAt: START - 3_600_000 });
    time.do(() => undefined);
    machine.advance(200);
    expect(happened).toEqual(['+100 source', '+200 source']);
  });

  it('stops where something throws, and says so once', () => {
    const { clock, failures, happened, machine, note, time } = paced();
    time.do(() => {
      clock.callAt(START + 20, () => {
        throw new RangeError('the log is full');
      });
    });
    machine.advance(500);
    time.do(() => note('outside'));
    expect(happened).toEqual([]);
    expect(failures).toEqual([new RangeError('the log is full')]);
  });
});
