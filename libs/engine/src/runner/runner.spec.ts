import { describe, expect, it } from '@jest/globals';
import { JournalError } from '@bowline/ports';
import { from, NoteBench, settled } from './runner.spec-support.js';

describe('handling an input', () => {
  it('tells nothing, does nothing, and lets the sender know of nothing before the record is durable', async () => {
    const bench = await NoteBench.open();
    bench.journal.held = true;
    let isDone = false;
    const handled = bench.note({ name: 'a', tells: 2, does: 'a' }).then(() => (isDone = true));
    await settled();
    expect([bench.happened, isDone, bench.runner.idle]).toEqual([[], false, false]);

    await bench.journal.release();
    await handled;
    expect(bench.happened).toEqual(['told a 0', 'told a 1', 'did a']);
    expect([isDone, bench.runner.idle]).toEqual([true, true]);
  });

  it('decides on what the inputs before it have left, durable or not', async () => {
    const bench = await NoteBench.open();
    bench.journal.held = true;
    void bench.note({ name: 'a', amount: 2, tells: 1 });
    void bench.note({ name: 'b', amount: 3, tells: 1 });
    expect(bench.runner.state.sum).toBe(5);
    await bench.journal.release(2);
    expect(bench.published.map(({ data }) => JSON.parse(data))).toEqual([
      { name: 'a', i: 0, sum: 2 },
      { name: 'b', i: 0, sum: 5 },
    ]);
  });

  it('lets several inputs wait for the journal at once, and tells of each in its turn', async () => {
    const bench = await NoteBench.open();
    bench.journal.held = true;
    const done: string[] = [];
    for (const name of ['a', 'b', 'c'])
      void bench.note({ name, tells: 1, does: name }).then(() => done.push(name));
    await settled();
    expect(bench.journal.sequence).toBe(3);

    await bench.journal.release(1);
    expect([bench.happened, done]).toEqual([['told a 0', 'did a'], ['a']]);
    await bench.journal.release(2);
    expect(bench.happened).toEqual(['told a 0', 'did a', 'told b 0', 'did b', 'told c 0', 'did c']);
    expect(done).toEqual(['a', 'b', 'c']);
  });

  it('names messages after the record that they stand in and the start that wrote it, and says whom they come from', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a' });
    await bench.note({ name: 'b', tells: 2 }, from('message-b'));

    const source = { source: 'oco-manager/notes', epoch: 1, cause: 'message-b', time: 1_000 };
    expect(bench.published).toMatchObject([
      { ...source, topic: 'notes.odum', key: 'odum', id: 'oco-manager/notes#1.2.0' },
      { ...source, topic: 'notes.odum', key: 'odum', id: 'oco-manager/notes#1.2.1' },
    ]);
  });

  it('never goes back in time', async () => {
    const times: number[] = [];
    const clock = { now: () => times.shift()!, callAt: () => () => undefined };
    const bench = await NoteBench.open({ clock });
    times.push(2_000);
    await bench.note({ name: 'a', tells: 1 });
    times.push(1_500);
    await bench.note({ name: 'b', tells: 1 });
    expect(bench.published.map(({ time }) => time)).toEqual([2_000, 2_000]);
  });

  it('waits for the start with what comes before it, and goes on in the order of arrival', async () => {
    const bench = await NoteBench.open();
    bench.answers = false;
    await bench.note({ name: 'a', tells: 1 });
    await bench.crash(false);
    const early = [bench.note({ name: 'b', tells: 1 }), bench.note({ name: 'c', tells: 1 })];
    await settled();
    expect([bench.happened, bench.runner.idle]).toEqual([[], false]);

    bench.runner.start();
    await Promise.all(early);
    expect(bench.happened).toEqual(['told a 0', 'told b 0', 'told c 0']);
  });
});

describe('an input that comes again', () => {
  it('leads to nothing more, and is answered once the first of it is durable', async () => {
    const bench = await NoteBench.open();
    bench.journal.held = true;
    const done: string[] = [];
    void bench.note({ name: 'a', tells: 1 }).then(() => done.push('first'));
    void bench.note({ name: 'a', tells: 1 }).then(() => done.push('second'));
    await settled();
    expect([bench.happened, done, bench.journal.sequence]).toEqual([['duplicate'], [], 1]);

    await bench.journal.release();
    expect([bench.happened, done]).toEqual([
      ['duplicate', 'told a 0'],
      ['first', 'second'],
    ]);
    expect(bench.runner.state).toMatchObject({ sum: 1, names: ['a'], duplicates: 1 });
  });

  it('is known after a restart', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a', tells: 1 });
    await bench.crash();
    await bench.note({ name: 'a', tells: 1 });
    expect(bench.happened).toEqual(['told a 0', 'duplicate']);
    expect(bench.runner.state.sum).toBe(1);
  });

  it('is forgotten once nothing can come again that is as old', async () => {
    const bench = await NoteBench.open({ inboxWindowMs: 1_000 });
    await bench.note({ name: 'a' });
    bench.clock.advance(1_000);
    await bench.note({ name: 'b' });
    await bench.note({ name: 'a' });
    expect(bench.happened).toEqual(['duplicate']);

    bench.clock.advance(2_000);
    await bench.note({ name: 'c' });
    await bench.note({ name: 'a' });
    expect(bench.runner.state.names).toEqual(['a', 'b', 'c', 'a']);
  });
});

describe('a sender that was replaced by a later start of itself', () => {
  it('may not speak any more, and is not told so', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'old' }, from('1', 'shard', 1));
    await bench.note({ name: 'new' }, from('2', 'shard', 2));
    await bench.note({ name: 'stale' }, from('3', 'shard', 1));
    await bench.note({ name: 'other' }, from('4', 'another', 1));
    expect(bench.happened).toEqual(['fenced 3']);
    expect(bench.runner.state.names).toEqual(['old', 'new', 'other']);
  });

  it.each(['journal', 'snapshot'])('may not after a restart from the %s either', async (where) => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'new' }, from('1', 'shard', 2));
    if (where === 'snapshot') await bench.runner.close();
    await bench.crash();
    await bench.note({ name: 'stale' }, from('2', 'shard', 1));
    expect(bench.happened).toEqual(['fenced 2']);
  });

  it('is refused also with what cannot be read', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'new' }, from('1', 'shard', 2));
    await bench.runner.park(from('2', 'shard', 1), new Error('no JSON'));
    expect(bench.happened).toEqual(['fenced 2']);
  });
});

describe('fault 47: a journal that refuses', () => {
  it('stops the shard: nothing is told or done of what it has not taken, nor decided any more', async () => {
    const bench = await NoteBench.open();
    bench.journal.held = true;
    const outcomes: string[] = [];
    const note = (name: string) =>
      bench
        .note({ name, tells: 1, does: name })
        .catch((error: Error) => outcomes.push(`${name}: ${error.message}`));
    void note('a');
    void note('b');
    await bench.journal.release(1);
    const full = new JournalError('full', 'no space left');
    await bench.journal.refuse(full);
    await note('c');

    expect(outcomes).toEqual(['b: no space left', 'c: no space left']);
    expect(bench.happened).toEqual(['told a 0', 'did a', 'stopped: no space left']);
    expect(bench.runner.trouble).toBe(full);
    expect(bench.runner.idle).toBe(true);
  });

  it('leaves what it had taken for the next start', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a' });
    bench.journal.held = true;
    const lost = expect(bench.note({ name: 'b' })).rejects.toThrow('a disk');
    await bench.journal.refuse(new JournalError('failed', 'a disk'));
    await lost;
    // Closing leaves no snapshot of what is not in the journal.
    await bench.runner.close();
    await bench.crash();
    expect(bench.runner.state.names).toEqual(['a']);
    expect(bench.runner.trouble).toBeNull();
  });
});

describe("a runner's timer", () => {
  it('goes off once, at its time', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a', remindAt: 1_500 });
    bench.clock.advanceTo(1_499);
    await settled();
    expect(bench.happened).toEqual([]);

    bench.clock.advanceTo(5_000);
    await bench.runner.whenIdle();
    expect(bench.happened).toEqual(['did remind at 1500']);
  });

  it('follows the state: an earlier one comes first, one that is gone does not come', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a', remindAt: 3_000 });
    await bench.note({ name: 'reminder is not needed', remindAt: 2_000 });
    bench.clock.advanceTo(5_000);
    await bench.runner.whenIdle();
    expect(bench.happened).toEqual(['did remind at 2000']);
  });

  it('goes off after a restart too, at once where its time has passed', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a', remindAt: 1_500 });
    await bench.crash(false);
    bench.clock.advanceTo(2_000);
    await settled();
    expect(bench.happened).toEqual([]);

    bench.runner.start();
    bench.clock.advanceTo(2_000);
    await bench.runner.whenIdle();
    expect(bench.happened).toEqual(['did remind at 1500']);

    await bench.crash();
    bench.clock.advanceTo(9_000);
    await bench.runner.whenIdle();
    expect(bench.happened).toEqual([]);
  });

  it('does not go off once the runner is closed', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a', remindAt: 1_500 });
    await bench.runner.close();
    bench.clock.advanceTo(2_000);
    await settled();
    expect(bench.happened).toEqual([]);
  });

  it('comes again after a pause where its input fails, and goes through in the end', async () => {
    const bench = await NoteBench.open();
    bench.role.broken.add('reminder of 1500');
    await bench.note({ name: 'a', remindAt: 1_500 });
    bench.clock.advanceTo(1_500);
    await bench.runner.whenIdle();
    await settled();
    expect(bench.happened).toEqual(['quarantined: cannot note reminder of 1500']);

    bench.clock.advanceTo(2_499);
    await bench.runner.whenIdle();
    expect(bench.happened).toHaveLength(1);
    bench.role.broken.clear();
    bench.clock.advanceTo(2_500);
    await bench.runner.whenIdle();
    expect(bench.happened.at(-1)).toBe('did remind at 1500');
  });
});
