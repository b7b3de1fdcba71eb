import { describe, expect, it } from '@jest/globals';
import type { Journal } from '@bowline/ports';
import { recordsAfter } from '@bowline/testkit';
import { journalSuite } from './journal-suite.spec-support.js';
import { SCRIPTS } from './scripts.js';

journalSuite('an append to Redis', (suite) => {
  const recordsOf = async (journal: Journal) => (await recordsAfter(journal, 0)).map(({ record }) => record);

  it('is there once when its answer was lost', async () => {
    const { proxy, store } = await suite.openProxied();
    const journal = store.journal('shard');
    proxy.hold({ replies: true });
    const appends = [1, 2, 3].map((number) => journal.append(number, `record ${number}`));
    await suite.untilThere(suite.admin(), 'shard', 3);
    proxy.cut();
    await Promise.all(appends);
    expect(await recordsOf(journal)).toEqual(['record 1', 'record 2', 'record 3']);
  });

  it('is there once when it never arrived', async () => {
    const { proxy, store } = await suite.openProxied();
    const journal = store.journal('shard');
    proxy.hold({ requests: true });
    const appends = [1, 2].map((number) => journal.append(number, `record ${number}`));
    proxy.cut();
    await Promise.all(appends);
    expect(await recordsOf(journal)).toEqual(['record 1', 'record 2']);
  });

  it('does not wait for ever for an answer', async () => {
    const { proxy, store } = await suite.openProxied({ timeoutMs: 100 });
    const journal = store.journal('shard');
    proxy.hold({ replies: true });
    await journal.append(1, 'one');
    expect(await recordsOf(journal)).toEqual(['one']);
  });

  it('changes nothing when it arrives once more, long after', async () => {
    const store = await suite.open();
    const journal = store.journal('shard');
    const admin = suite.admin();
    const { heads, store: key } = suite.keys;
    const log = suite.keys.log('shard');
    await journal.append(1, 'one');
    const [id] = await admin.xrange(log, '-', '+');
    const check = id![1][1]!;
    await journal.append(2, 'two');
    await journal.saveSnapshot(2, 'after 2', 1);
    const [owner, epoch] = (await admin.hmget(key, 'owner', 'epoch')) as [string, string];
    const again = (sequence: number, sum: string): Promise<unknown> =>
      admin.eval(SCRIPTS.append.lua, 3, key, heads, log, owner, epoch, 1, 'shard', 1, sequence, sum, 'again');
    // Record 1 is forgotten by now; record 2 is there, with another checksum.
    expect(await again(1, check)).toEqual(['ok', '1']);
    expect(await again(2, check)).toEqual(['conflict', '2', 'shard', '2']);
    expect(await again(4, check)).toEqual(['conflict', '2', 'shard', '4']);
    expect(await recordsOf(journal)).toEqual(['two']);
  });

  it('leaves a snapshot alone that is newer than one which arrives once more', async () => {
    const journal = (await suite.open()).journal('shard');
    await journal.append(1, 'one');
    await journal.saveSnapshot(1, 'the first', 0);
    const admin = suite.admin();
    const { heads, store } = suite.keys;
    const [log, snapshot] = [suite.keys.log('shard'), suite.keys.snapshot('shard')];
    const [owner, epoch] = (await admin.hmget(store, 'owner', 'epoch')) as [string, string];
    const [ordinal, check] = (await admin.hmget(snapshot, 'ordinal', 'check')) as [string, string];
    await journal.saveSnapshot(1, 'the second', 0);
    const args = [owner, epoch, 'shard', ordinal, 1, 0, check, 'the first'];
    expect(await admin.eval(SCRIPTS.snapshot.lua, 4, store, heads, log, snapshot, ...args)).toEqual([
      'ok',
      '1',
    ]);
    expect(await journal.loadSnapshot()).toEqual({ sequence: 1, snapshot: 'the second' });
  });

  it('finds its store opened once, though the command for it has arrived twice', async () => {
    const admin = suite.admin();
    const { heads, store } = suite.keys;
    const open = (): Promise<unknown> => admin.eval(SCRIPTS.open.lua, 2, store, heads, 'owner', '', 1, '0');
    expect(await open()).toEqual(['opened', '1']);
    expect(await open()).toEqual(['opened', '1']);
  });

  it.each([3, 7, 19, 40])('is there once, whatever is cut off, every %s records', async (every) => {
    const { proxy, store } = await suite.openProxied();
    const journals = ['a', 'b', 'c'].map((shard) => store.journal(shard));
    const resolved: string[] = [];
    const appends: Promise<unknown>[] = [];
    for (let number = 1; number <= 120; number += 1) {
      for (const journal of journals) {
        const label = `${journal.shard}${number}`;
        appends.push(journal.append(number, label).then(() => resolved.push(label)));
      }
      if (number % every !== 0) continue;
      if (number % 2 === 0) proxy.hold({ replies: true });
      appends.push(journals[0]!.saveSnapshot(number, `after ${number}`, number - every));
      await suite.admin().ping();
      proxy.cut();
      await appends.at(-2);
    }
    await Promise.all(appends);
    expect(resolved).toEqual(
      Array.from({ length: 360 }, (_, at) => `${'abc'[at % 3]}${Math.floor(at / 3) + 1}`),
    );
    await store.close();
    const again = await suite.open();
    for (const shard of ['b', 'c']) {
      const expected = Array.from({ length: 120 }, (_, at) => `${shard}${at + 1}`);
      expect(await recordsOf(again.journal(shard))).toEqual(expected);
    }
    const snapshotAt = Math.floor(120 / every) * every;
    const journal = again.journal('a');
    expect(await journal.loadSnapshot()).toEqual({
      sequence: snapshotAt,
      snapshot: `after ${snapshotAt}`,
    });
    expect((await recordsAfter(journal, 0)).map(({ record }) => record)).toEqual(
      Array.from({ length: 120 - snapshotAt + every }, (_, at) => `a${snapshotAt - every + at + 1}`),
    );
  });

  describe('to a server that is not there', () => {
    it('waits until it is there again, with everything that it had confirmed', async () => {
      const store = await suite.open();
      const journal = store.journal('shard');
      await journal.append(1, 'one');
      await suite.server.kill();
      const appends = [2, 3].map((number) => journal.append(number, `record ${number}`));
      await suite.server.resume();
      await Promise.all(appends);
      expect(await recordsOf(journal)).toEqual(['one', 'record 2', 'record 3']);
    });

    it('fails for good in the end, and so does everything after it', async () => {
      const { proxy, store } = await suite.openProxied({ giveUpAfterMs: 1000 });
      const journal = store.journal('shard');
      await journal.append(1, 'one');
      proxy.refuse();
      const failed = { kind: 'failed', message: expect.stringContaining('has not answered for 1000 ms') };
      const appends = [journal.append(2, 'two'), store.journal('another').append(1, 'one')];
      for (const append of appends) await expect(append).rejects.toMatchObject(failed);
      proxy.accept();
      await expect(journal.append(3, 'three')).rejects.toMatchObject(failed);
      await expect(journal.saveSnapshot(1, 'after 1', 0)).rejects.toMatchObject(failed);
      await store.close();
      expect(await recordsOf((await suite.open()).journal('shard'))).toEqual(['one']);
    });

    it('is an error that names the server, and not who asks, already at opening', async () => {
      const { proxy } = await suite.openProxied();
      proxy.refuse();
      const url = `redis://user:secret@127.0.0.1:${proxy.port}`;
      const opening = suite.open({ url, giveUpAfterMs: 100 });
      await expect(opening).rejects.toMatchObject({
        kind: 'failed',
        message: expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ has not answered for 100 ms/),
      });
    });
  });
});
