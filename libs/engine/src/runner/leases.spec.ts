import { describe, expect, it } from '@jest/globals';
import { ManualClock, ManualLease } from '@bowline/testkit';
import { from, NoteBench, settled, SHARD } from './runner.spec-support.js';

const LOST = `stopped: the lease of ${SHARD} is lost: another process may have it, start this one again`;

async function leased() {
  const clock = new ManualClock();
  const lease = new ManualLease(clock, { epoch: 7 });
  const bench = await NoteBench.open({ epoch: lease.epoch, lease });
  return { bench, clock, lease };
}

describe('a shard with a lease', () => {
  it('speaks under its epoch, and stops once it is told that the lease is lost', async () => {
    const { bench, lease } = await leased();
    await bench.note({ name: 'one', tells: 1, does: 'first' });
    expect(bench.published[0]).toMatchObject({ source: SHARD, epoch: 7 });
    lease.lose();
    await settled();
    expect(bench.happened).toEqual(['told one 0', 'did first', LOST]);
    await expect(bench.note({ name: 'two', tells: 1 })).rejects.toMatchObject({ kind: 'lost' });
    expect(bench.runner.trouble).toMatchObject({ kind: 'lost' });
    expect(bench.journal.sequence).toBe(1);
  });

  it('handles nothing more where it has slept, and nobody has told it yet', async () => {
    const { bench, clock } = await leased();
    clock.advance(15_000);
    await expect(bench.note({ name: 'one', tells: 1 })).rejects.toMatchObject({ kind: 'lost' });
    expect([bench.happened, bench.journal.sequence]).toEqual([[LOST], 0]);
  });

  it('neither tells nor does what becomes durable after the end of the lease; the next start tells it', async () => {
    const { bench, clock } = await leased();
    bench.journal.held = true;
    const handled = bench.note({ name: 'one', tells: 2, does: 'first' });
    const refused = expect(handled).rejects.toMatchObject({ kind: 'lost' });
    clock.advance(15_000);
    await bench.journal.release();
    await refused;
    expect(bench.happened).toEqual([LOST]);
    await bench.crash(true, { epoch: 8, lease: null });
    expect(bench.happened).toEqual(['told one 0', 'told one 1']);
  });

  it('carries nothing out after what stops it', async () => {
    const done: string[] = [];
    const bench = await NoteBench.open({
      perform: (effect) => {
        done.push(effect);
        if (effect === 'second') bench.runner.stop(new Error('enough'));
      },
    });
    bench.journal.held = true;
    const notes = ['first', 'second', 'third'].map((does) => bench.note({ name: does, does }));
    const answers = Promise.allSettled(notes);
    await bench.journal.release(3);
    expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect([done, bench.happened]).toEqual([['first', 'second'], ['stopped: enough']]);
    await bench.crash();
    expect(bench.runner.state.names).toEqual(['first', 'second', 'third']);
  });

  it.each([6, 7])('does not start under epoch %d, where it has run under 7', async (epoch) => {
    const { bench } = await leased();
    await bench.note({ name: 'mine' }, from('mine', SHARD, 7));
    await expect(bench.crash(true, { epoch, lease: null })).rejects.toMatchObject({
      kind: 'stale',
      message: expect.stringContaining(`${SHARD} has run under epoch 7 and would now run under ${epoch}`),
    });
  });

  it('starts under a higher epoch', async () => {
    const { bench } = await leased();
    await bench.note({ name: 'mine' }, from('mine', SHARD, 7));
    await bench.crash(true, { epoch: 8, lease: null });
    expect([bench.runner.epoch, bench.runner.state.names]).toEqual([8, ['mine']]);
  });
});
