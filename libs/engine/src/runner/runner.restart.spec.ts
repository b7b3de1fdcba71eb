import { describe, expect, it } from '@jest/globals';
import { encodeJson } from '@bowline/contracts';
import { recordsAfter } from '@bowline/testkit';
import fc from 'fast-check';
import { from, NoteBench, settled } from './runner.spec-support.js';

describe('a restart', () => {
  it('finds the state that was durable, and decides nothing again', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a', amount: 2, does: 'a' });
    bench.journal.held = true;
    void bench.note({ name: 'b', amount: 3, does: 'b' }).catch(() => undefined);
    bench.role.broken.add('a');
    await bench.crash();
    expect(bench.runner.state).toMatchObject({ sum: 2, names: ['a'] });
    expect(bench.happened).toEqual([]);
  });

  it('tells again what nobody has answered for, under the same ids, before anything new', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a', tells: 1 });
    bench.answers = false;
    await bench.note({ name: 'b', tells: 2 });
    await bench.note({ name: 'c', tells: 1 });
    const before = bench.published.filter(({ data }) => !data.includes('"a"'));

    await bench.crash(false);
    expect(bench.published).toEqual([]);
    bench.runner.start();
    await bench.note({ name: 'd', tells: 1 });
    // What was answered before a record stands in it: a is told again where no record came after its answer.
    expect(bench.happened).toEqual(['told b 0', 'told b 1', 'told c 0', 'told d 0']);
    expect(bench.published.slice(0, 3)).toEqual(before.map((message) => ({ ...message, epoch: 2 })));
  });

  it('names what it tells by the start that has decided it: records of lost time may have the same numbers', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a', tells: 1 });
    const [told] = bench.published.map(({ id }) => id);
    await bench.crash();
    await bench.note({ name: 'b', tells: 1 });
    expect([told, bench.published.at(-1)!.id]).toEqual([
      'oco-manager/notes#1.1.0',
      'oco-manager/notes#2.2.0',
    ]);
  });

  it('tells nothing again that has been answered for, as far as the journal knows', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a', tells: 1 });
    await bench.note({ name: 'b', tells: 1 });
    await bench.runner.close();
    await bench.crash();
    await bench.note({ name: 'c' });
    expect(bench.happened).toEqual([]);
  });

  it('forgets nothing that is not answered for, whatever snapshots are made', async () => {
    const bench = await NoteBench.open({ snapshotEvery: 2 });
    bench.answers = false;
    await bench.note({ name: 'a', tells: 1 });
    bench.answers = true;
    for (const name of ['b', 'c', 'd', 'e', 'f']) await bench.note({ name, tells: 1 });
    await bench.runner.close();
    await bench.crash();
    expect(bench.happened).toContain('told a 0');
    expect(bench.runner.state.names).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('finds everything, whatever senders call themselves and their messages', async () => {
    const bench = await NoteBench.open();
    for (const id of ['~', '~n12', '~~', '"~Infinity', '__proto__']) {
      await bench.note({ name: 'a', tells: 1 }, { id, source: id, epoch: 1, topic: id });
    }
    await bench.crash();
    expect(bench.runner.state.sum).toBe(5);
    await bench.note({ name: 'a' }, from('~n12', '~n12'));
    expect(bench.happened.at(-1)).toBe('duplicate');
  });

  it('carries no effect out again', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a', does: 'a' });
    await bench.crash();
    await settled();
    expect(bench.happened).toEqual([]);
  });
});

describe('a checkpoint', () => {
  it('lets the journal drop everything, also of a shard that nothing comes to any more', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a', tells: 1 });
    await bench.note({ name: 'b', tells: 1 });
    await bench.runner.checkpoint();
    expect(await recordsAfter(bench.journal, 0)).toEqual([]);
    await bench.crash();
    expect(bench.runner.state.names).toEqual(['a', 'b']);
    expect(bench.happened).toEqual([]);
  });

  it('keeps what nobody has answered for, and drops it the next time', async () => {
    const bench = await NoteBench.open();
    let answer = (): void => undefined;
    bench.answerTo = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    await bench.note({ name: 'a', tells: 1 });
    await bench.runner.checkpoint();
    expect(await recordsAfter(bench.journal, 0)).toHaveLength(1);
    answer();
    await settled();
    await bench.runner.checkpoint();
    expect(await recordsAfter(bench.journal, 0)).toEqual([]);
  });

  it('does nothing where nothing is kept', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a' });
    await bench.runner.checkpoint();
    const before = await bench.journal.loadSnapshot();
    await bench.runner.checkpoint();
    expect(await bench.journal.loadSnapshot()).toBe(before);
  });
});

describe('closing', () => {
  it('waits for what is under way, and leaves a snapshot that the next start needs nothing beside', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a' });
    bench.journal.held = true;
    const last = bench.note({ name: 'b' });
    let isClosed = false;
    const closing = bench.runner.close().then(() => (isClosed = true));
    await settled();
    expect(isClosed).toBe(false);
    await bench.journal.release();
    await Promise.all([last, closing]);

    expect(await bench.journal.loadSnapshot()).toMatchObject({ sequence: 2 });
    await bench.crash();
    expect(bench.runner.state.names).toEqual(['a', 'b']);
  });

  it('leaves no snapshot where nothing has come since the last one', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a' });
    await bench.runner.close();
    const before = await bench.journal.loadSnapshot();
    await bench.crash();
    await bench.runner.close();
    expect(await bench.journal.loadSnapshot()).toBe(before);
  });

  it('ends what waits for a start that never comes', async () => {
    const bench = await NoteBench.open();
    await bench.crash(false);
    const waiting = bench.note({ name: 'a' });
    await Promise.all([
      expect(waiting).rejects.toThrow('closed before it was started'),
      bench.runner.close(),
    ]);
    expect(bench.journal.sequence).toBe(0);
  });
});

type Move =
  | readonly ['note', amount: number, tells: number]
  | readonly ['again', which: number]
  | readonly ['remind', inMs: number]
  | readonly ['fail' | 'park', hops: number]
  | readonly ['pass', ms: number]
  | readonly ['silence' | 'crash' | 'close'];

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant('note' as const), fc.nat(9), fc.nat(2)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('again' as const), fc.nat(20)) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('remind' as const), fc.nat(300)) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom('fail' as const, 'park' as const), fc.nat(5)) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('pass' as const), fc.nat(300)) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('silence' as const, 'crash' as const, 'close' as const)),
    },
  ),
  { maxLength: 40 },
);

/** Plays the moves, each before the one before has led to everything it leads to, and returns a restarted bench. */
async function play(made: readonly Move[], snapshotEvery: number): Promise<NoteBench> {
  const bench = await NoteBench.open({ snapshotEvery, maxAttempts: 1 });
  const noted: string[] = [];
  for (const [at, move] of made.entries()) {
    const name = `n${at}`;
    // What a crash cuts off has failed.
    const note = (fields: object = {}) => void bench.note({ name, ...fields }).catch(() => undefined);
    switch (move[0]) {
      case 'note':
        noted.push(name);
        note({ amount: move[1], tells: move[2] });
        break;
      case 'again':
        if (noted.length > 0) note({ name: noted[move[1] % noted.length]! });
        break;
      case 'remind':
        note({ remindAt: bench.clock.now() + move[1] });
        break;
      case 'fail':
      case 'park':
        bench.role.broken.add(name);
        note({ mayPark: move[0] === 'park' });
        for (let hop = 0; hop < move[1]; hop += 1) await Promise.resolve();
        break;
      case 'pass':
        bench.clock.advance(move[1]);
        break;
      case 'silence':
        bench.answers = !bench.answers;
        break;
      case 'close':
        await bench.runner.close();
        await bench.crash();
        break;
      case 'crash':
        await bench.crash();
    }
  }
  await bench.runner.whenIdle();
  return bench;
}

describe('the state', () => {
  it('is the fold of the journal, whatever has happened (I12)', async () => {
    await fc.assert(
      fc.asyncProperty(moves, fc.integer({ min: 1, max: 10 }), async (made, snapshotEvery) => {
        const bench = await play(made, snapshotEvery);
        const live = encodeJson(bench.role.save(bench.runner.state));
        const { names } = bench.runner.state;
        expect(new Set(names).size).toBe(names.length);
        await bench.crash();
        expect(encodeJson(bench.role.save(bench.runner.state))).toBe(live);
      }),
      { numRuns: 200 },
    );
  });

  it('is the same from a snapshot and what came after it as from everything (I13)', async () => {
    await fc.assert(
      fc.asyncProperty(moves, fc.integer({ min: 1, max: 10 }), async (made, snapshotEvery) => {
        const [some, none] = [await play(made, snapshotEvery), await play(made, 1_000_000)];
        // Closing makes a snapshot too.
        const states = [some, none].map(({ role, runner }) => encodeJson(role.save(runner.state)));
        expect(states[0]).toBe(states[1]);
      }),
      { numRuns: 100 },
    );
  });

  it('is told of completely: every message of the journal has gone out, in order, once or more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(2), fc.boolean(), fc.boolean())), async (made) => {
        const bench = await NoteBench.open({ snapshotEvery: 3 });
        const expected: string[] = [];
        const told: string[] = [];
        for (const [at, [tells, answers, crash]] of made.entries()) {
          bench.answers = answers;
          await bench.note({ name: `n${at}`, tells });
          for (let i = 0; i < tells; i += 1) expected.push(`told n${at} ${i}`);
          told.push(...bench.happened.splice(0));
          if (crash) await bench.crash();
        }
        bench.answers = true;
        await bench.crash();
        told.push(...bench.happened.splice(0));
        expect(told.filter((each, i) => told.indexOf(each) === i)).toEqual(expected);
        // With all answered, one more record is enough for the next start to know it.
        await settled();
        await bench.note({ name: 'last' }, from('last'));
        await bench.crash();
        expect(bench.happened).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
