import { expect, it } from '@jest/globals';
import { recordsAfter } from '@bowline/testkit';
import { journalSuite } from './journal-suite.spec-support.js';

const FENCED = { kind: 'closed', message: expect.stringContaining('has taken the journals over') };

journalSuite('a store in Redis that is opened once more', (suite) => {
  it('takes nothing more from the opening before, and goes on where that has ended', async () => {
    const first = await suite.open();
    const stale = first.journal('shard');
    await stale.append(1, 'of the first');
    const second = await suite.open();
    expect([first.epoch, second.epoch]).toEqual([1, 2]);
    await expect(stale.append(2, 'stale')).rejects.toMatchObject(FENCED);
    await expect(stale.saveSnapshot(1, 'stale', 1)).rejects.toMatchObject(FENCED);
    expect(() => first.journal('another')).toThrow(expect.objectContaining(FENCED));
    const journal = second.journal('shard');
    await journal.append(2, 'of the second');
    expect((await recordsAfter(journal, 0)).map(({ record }) => record)).toEqual([
      'of the first',
      'of the second',
    ]);
    expect(await journal.loadSnapshot()).toBeNull();
  });

  it('refuses a shard that the opening before has never written, too', async () => {
    const stale = (await suite.open()).journal('new');
    const second = await suite.open();
    await expect(stale.append(1, 'stale')).rejects.toMatchObject(FENCED);
    await second.close();
    expect((await suite.open()).shards()).toEqual([]);
  });

  it('refuses what was on its way before and arrives after', async () => {
    const first = await suite.openProxied();
    const stale = first.store.journal('shard');
    await stale.append(1, 'one');
    first.proxy.hold({ requests: true });
    const late = [stale.append(2, 'late'), stale.append(3, 'later')];
    const journal = (await suite.open()).journal('shard');
    first.proxy.release();
    for (const append of late) await expect(append).rejects.toMatchObject(FENCED);
    await journal.append(2, 'in time');
    expect(await recordsAfter(journal, 1)).toEqual([{ sequence: 2, record: 'in time' }]);
  });

  it('belongs to one of several that open it at once', async () => {
    const stores = await Promise.all([1, 2, 3, 4, 5].map(() => suite.open()));
    expect(new Set(stores.map(({ epoch }) => epoch))).toEqual(new Set([1, 2, 3, 4, 5]));
    const outcomes = await Promise.allSettled(
      stores.map(async (store) => store.journal('shard').append(1, `of epoch ${store.epoch}`)),
    );
    const winners = stores.filter((_, at) => outcomes[at]!.status === 'fulfilled');
    expect(winners.map(({ epoch }) => epoch)).toEqual([5]);
  });

  it('takes the epoch of a lease, and never an earlier one', async () => {
    expect((await suite.open({ epoch: 7 })).epoch).toBe(7);
    expect((await suite.open({ epoch: 9 })).epoch).toBe(9);
    await expect(suite.open({ epoch: 8 })).rejects.toMatchObject({
      kind: 'locked',
      message: expect.stringContaining('epoch 9 has them, and this process has 8'),
    });
    expect((await suite.open()).epoch).toBe(10);
  });

  it('is the later one of two under the same lease', async () => {
    const first = await suite.open({ epoch: 3 });
    const second = await suite.open({ epoch: 3 });
    await expect(first.journal('shard').append(1, 'stale')).rejects.toMatchObject(FENCED);
    await second.journal('shard').append(1, 'one');
  });

  it('is told from one that has the same epoch, because the server has lost the first', async () => {
    const first = await suite.open();
    await suite.admin().flushall();
    const second = await suite.open();
    expect(second.epoch).toBe(first.epoch);
    await expect(first.journal('shard').append(1, 'stale')).rejects.toMatchObject(FENCED);
    await second.journal('shard').append(1, 'one');
  });

  it.each([0, 1.5, Number.NaN])('cannot be under epoch %s', async (epoch) => {
    await expect(suite.open({ epoch })).rejects.toThrow(RangeError);
  });
});
