import { describe, expect, it } from '@jest/globals';
import { from, NoteBench, settled, type Note } from './runner.spec-support.js';

/** As a bus does: tries until the message is handled. */
async function tryTimes(bench: NoteBench, note: Note, times: number): Promise<string[]> {
  const outcomes: string[] = [];
  for (let attempt = 0; attempt < times; attempt += 1) {
    await bench.note(note).then(
      () => outcomes.push('done'),
      (error: Error) => outcomes.push(error.message),
    );
  }
  return outcomes;
}

describe('an input on which the role fails', () => {
  it('leaves nothing in the state, in the journal, or outside', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a', amount: 5 });
    bench.role.broken.add('b');
    await expect(bench.note({ name: 'b', amount: 100, tells: 1, does: 'b' })).rejects.toThrow(
      'cannot note b',
    );
    expect(bench.runner.state).toMatchObject({ sum: 5, names: ['a'] });
    expect([bench.happened, bench.journal.sequence, bench.runner.trouble]).toEqual([[], 1, null]);
  });

  it('goes through where it is tried again and the role can', async () => {
    const bench = await NoteBench.open();
    bench.role.broken.add('a');
    expect(await tryTimes(bench, { name: 'a' }, 2)).toEqual(['cannot note a', 'cannot note a']);
    bench.role.broken.clear();
    expect(await tryTimes(bench, { name: 'a', tells: 1 }, 1)).toEqual(['done']);
    expect(bench.happened).toEqual(['told a 0']);
  });

  it('waits for what is on its way to the journal, and keeps it', async () => {
    const bench = await NoteBench.open();
    bench.role.broken.add('b');
    bench.journal.held = true;
    const outcomes: string[] = [];
    const note = (name: string) =>
      bench.note({ name, tells: 1 }).then(
        () => outcomes.push(name),
        () => outcomes.push(`not ${name}`),
      );
    void note('a');
    void note('b');
    await settled();
    expect(outcomes).toEqual([]);
    await bench.journal.release();
    expect(outcomes).toEqual(['a', 'not b']);
    expect(bench.runner.state.names).toEqual(['a']);
  });

  it('holds up the inputs that come while the state is made anew, and these keep their order', async () => {
    const bench = await NoteBench.open();
    for (const name of ['bug', 'bug too']) bench.role.broken.add(name);
    bench.journal.held = true;
    const outcomes: string[] = [];
    const note = (name: string) =>
      bench.note({ name }).then(
        () => outcomes.push(name),
        () => outcomes.push(`not ${name}`),
      );
    for (const name of ['a', 'bug', 'b', 'bug too', 'c', 'd']) void note(name);
    bench.journal.held = false;
    await bench.journal.release();
    await bench.runner.whenIdle();

    expect(bench.runner.state.names).toEqual(['a', 'b', 'c', 'd']);
    expect([...outcomes].sort()).toEqual(['a', 'b', 'c', 'd', 'not bug', 'not bug too']);
  });

  it('is put aside after some tries where that is allowed, which is told, and is known from then on', async () => {
    const bench = await NoteBench.open({ maxAttempts: 3 });
    bench.role.broken.add('a');
    const note = { name: 'a', mayPark: true };
    expect(await tryTimes(bench, note, 4)).toEqual(['cannot note a', 'cannot note a', 'done', 'done']);
    expect(bench.happened).toEqual(['parked a', 'told {"letter":"a","note":"a"}', 'duplicate']);
    expect([bench.runner.state.names, bench.runner.trouble]).toEqual([[], null]);

    await bench.crash();
    expect(await tryTimes(bench, note, 1)).toEqual(['done']);
  });

  it('quarantines the shard where it must not be skipped, and others go on, until it goes through', async () => {
    const bench = await NoteBench.open({ maxAttempts: 2 });
    bench.role.broken.add('close');
    await tryTimes(bench, { name: 'close' }, 4);
    expect(bench.happened).toEqual(['quarantined: cannot note close']);
    expect(bench.runner.trouble?.message).toBe('cannot note close');

    await bench.note({ name: 'other' });
    expect(bench.runner.trouble?.message).toBe('cannot note close');
    expect(bench.runner.state.names).toEqual(['other']);

    bench.role.broken.clear();
    await tryTimes(bench, { name: 'close' }, 1);
    expect(bench.happened).toEqual(['quarantined: cannot note close', 'recovered']);
    expect([bench.runner.trouble, bench.runner.state.names]).toEqual([null, ['other', 'close']]);
  });

  it('counts the tries of each message for itself', async () => {
    const bench = await NoteBench.open({ maxAttempts: 3 });
    for (const name of ['a', 'b']) bench.role.broken.add(name);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await tryTimes(bench, { name: 'a', mayPark: true }, 1);
      await tryTimes(bench, { name: 'b', mayPark: true }, 1);
    }
    expect(bench.happened).toEqual([]);
  });

  it('reads the state from the snapshot and what came after it, whatever is being forgotten meanwhile', async () => {
    const bench = await NoteBench.open({ snapshotEvery: 3 });
    for (const name of ['a', 'b', 'c', 'd']) await bench.note({ name, tells: 1 });
    bench.role.broken.add('bug');
    // Its snapshot is on its way when the next one fails.
    for (const name of ['e', 'f', 'bug', 'g']) void bench.note({ name, tells: 1 }).catch(() => undefined);
    await bench.runner.whenIdle();
    expect(bench.runner.state.names).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  it('is a bug as well where what it leads to cannot be written down', async () => {
    const bench = await NoteBench.open();
    const endless: { name: string; amount: number; self?: unknown } = { name: 'endless', amount: 1 };
    endless.self = endless;
    const { execute } = bench.role;
    bench.role.execute = (state, note) => ({ ...execute.call(bench.role, state, note), events: [endless] });
    await expect(bench.note({ name: 'a' })).rejects.toThrow();
    bench.role.execute = execute;
    expect(bench.runner.state.names).toEqual([]);
    await bench.note({ name: 'b' });
    expect(bench.runner.state.names).toEqual(['b']);
  });
});

describe('a message that cannot be read', () => {
  it('is put aside once, in its place among the others, and is known after a restart', async () => {
    const bench = await NoteBench.open();
    const unread = from('garbage');
    await bench.runner.park(unread, new SyntaxError('no JSON'));
    await bench.runner.park(unread, new SyntaxError('no JSON'));
    expect(bench.happened).toEqual(['parked garbage', 'told {"letter":"garbage","note":null}']);

    await bench.crash();
    await bench.runner.park(unread, new SyntaxError('no JSON'));
    expect(bench.happened).toEqual(['told {"letter":"garbage","note":null}']);
  });

  it('is not put aside before that is durable', async () => {
    const bench = await NoteBench.open();
    bench.journal.held = true;
    let isDone = false;
    void bench.runner.park(from('garbage'), new Error('no JSON')).then(() => (isDone = true));
    await settled();
    expect([isDone, bench.published, bench.runner.idle]).toEqual([false, [], false]);
    await bench.journal.release();
    expect([isDone, bench.published.length]).toEqual([true, 1]);
  });

  it('waits while the state is made anew, so that no snapshot is made of half a change', async () => {
    const bench = await NoteBench.open({ snapshotEvery: 1 });
    await bench.note({ name: 'a' });
    bench.role.broken.add('bug');
    const failed = bench.note({ name: 'bug', amount: 100 }).catch(() => undefined);
    await Promise.all([failed, bench.runner.park(from('garbage'), new Error('no JSON'))]);
    await bench.runner.close();
    await bench.crash();
    expect(bench.runner.state).toMatchObject({ sum: 1, names: ['a'] });
  });
});
