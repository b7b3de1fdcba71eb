import { afterEach, describe, expect, it } from '@jest/globals';
import { recordsAfter } from '@bowline/testkit';
import { journalSuite } from './journal-suite.spec-support.js';

journalSuite('journals in a server that', (suite) => {
  /** Three records and a snapshot of the second one, in a store that is closed. */
  const filled = async () => {
    const store = await suite.open();
    const journal = store.journal('shard');
    for (const number of [1, 2, 3]) await journal.append(number, `record ${number}`);
    await journal.saveSnapshot(2, 'after 2', 1);
    await store.close();
  };
  const corrupt = (text: string) => ({ kind: 'corrupt', message: expect.stringContaining(text) });

  describe('has lost something of them', () => {
    it.each([
      ['the last record', () => suite.admin().xdel(suite.keys.log('shard'), '3-0')],
      ['the first record', () => suite.admin().xdel(suite.keys.log('shard'), '2-0')],
      ['the log', () => suite.admin().del(suite.keys.log('shard'))],
      ['the snapshot that holds what was forgotten', () => suite.admin().del(suite.keys.snapshot('shard'))],
    ])('are not opened without %s', async (_, lose) => {
      await filled();
      await lose();
      await expect(suite.open()).rejects.toMatchObject(corrupt('of shard there should be records'));
    });

    it('are not opened where the snapshot is of later than the log', async () => {
      await filled();
      await suite.admin().hset(suite.keys.snapshot('shard'), 'sequence', '9');
      await expect(suite.open()).rejects.toMatchObject(corrupt('ends at record 3, but its snapshot is of'));
    });

    it('are not opened as if they were new', async () => {
      await filled();
      await suite.admin().del(suite.keys.store);
      await expect(suite.open()).rejects.toMatchObject(corrupt(`${suite.keys.store} is gone`));
    });

    it.each([
      ['everything', () => suite.admin().flushall(), 'Redis knows epoch 0 as the last one'],
      [
        'the last record',
        async () => {
          const admin = suite.admin();
          await admin.xdel(suite.keys.log('shard'), '2-0');
          await admin.hset(suite.keys.heads, 'shard', '1');
        },
        'record 3 of shard does not fit, the last one there is 1: Redis has lost what it had confirmed',
      ],
    ])('take nothing more when it was %s', async (_, lose, problem) => {
      const store = await suite.open();
      const journal = store.journal('shard');
      await journal.append(1, 'one');
      await journal.append(2, 'two');
      await lose();
      await expect(journal.append(3, 'three')).rejects.toMatchObject(corrupt(problem));
      await expect(journal.append(4, 'four')).rejects.toMatchObject(corrupt(problem));
    });
  });

  describe('has changed something of them', () => {
    it('say which record it is when it is read', async () => {
      await filled();
      const admin = suite.admin();
      const log = suite.keys.log('shard');
      const [two, three] = await admin.xrange(log, '-', '+');
      await admin.del(log);
      await admin.xadd(log, '2-0', ...two![1]);
      await admin.xadd(log, '3-0', 'check', three![1][1]!, 'text', 'record 4');
      const journal = (await suite.open()).journal('shard');
      await expect(recordsAfter(journal, 0)).rejects.toMatchObject(corrupt('record 3 of shard is damaged'));
      await expect(recordsAfter(journal, 2)).rejects.toMatchObject(corrupt('record 3 of shard is damaged'));
    });

    it('say which record is missing when they are read', async () => {
      const journal = (await suite.open()).journal('shard');
      for (const number of [1, 2, 3]) await journal.append(number, `record ${number}`);
      await suite.admin().xdel(suite.keys.log('shard'), '2-0');
      await expect(recordsAfter(journal, 0)).rejects.toMatchObject(corrupt('record 2 of shard is missing'));
    });

    it.each([
      ['damaged', () => suite.admin().hset(suite.keys.snapshot('shard'), 'text', 'after 3')],
      ['gone', () => suite.admin().del(suite.keys.snapshot('shard'))],
    ])('say that a snapshot is %s when it is loaded', async (problem, change) => {
      await filled();
      const journal = (await suite.open()).journal('shard');
      await change();
      await expect(journal.loadSnapshot()).rejects.toMatchObject(
        corrupt(`the snapshot of shard is ${problem}`),
      );
    });
  });

  it('are read in pages, of large and small records, and never with one left out', async () => {
    const journal = (await suite.open()).journal('shard');
    const records = Array.from({ length: 2_500 }, (_, at) => 'x'.repeat(at % 100 === 0 ? 100_000 : at % 50));
    await Promise.all(records.map((record, at) => journal.append(at + 1, record)));
    const read = await recordsAfter(journal, 0);
    expect(read.map(({ sequence }) => sequence)).toEqual(records.map((_, at) => at + 1));
    expect(read.every(({ record }, at) => record === records[at])).toBe(true);
  });

  it('are not read past what was forgotten meanwhile', async () => {
    const journal = (await suite.open()).journal('shard');
    const appends = Array.from({ length: 100 }, (_, at) => journal.append(at + 1, 'x'));
    await Promise.all(appends);
    const reading = async (): Promise<void> => {
      for await (const { sequence } of journal.readAfter(0)) {
        if (sequence === 1) await journal.saveSnapshot(100, 'after 100', 90);
      }
    };
    await expect(reading()).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/^shard: record \d+ was forgotten while it was read/),
    });
  });

  it('has them in a later format says so, and leaves them alone', async () => {
    await filled();
    await suite.admin().hset(suite.keys.store, 'format', '2');
    await expect(suite.open()).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('have format 2, of a later version of this program'),
    });
  });

  it('knows nothing of them is an error where there have to be some', async () => {
    const missing = suite.open({ mustExist: true });
    await expect(missing).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining(`There are no journals ${suite.name} in Redis at 127.0.0.1:`),
    });
    await filled();
    expect((await suite.open({ mustExist: true })).epoch).toBe(2);
  });

  describe('is not set up for them', () => {
    afterEach(async () => {
      const admin = suite.admin();
      await admin.config('SET', 'maxmemory', '0');
      await admin.config('SET', 'maxmemory-policy', 'noeviction');
      await admin.config('SET', 'appendonly', 'yes');
      await admin.config('SET', 'appendfsync', 'always');
    });

    it('are refused as full where it has no memory left, and from then on', async () => {
      const journal = (await suite.open()).journal('shard');
      await journal.append(1, 'one');
      await suite.admin().config('SET', 'maxmemory', '1');
      const appends = [journal.append(2, 'two'), journal.append(3, 'three')];
      for (const append of appends) await expect(append).rejects.toMatchObject({ kind: 'full' });
      await suite.admin().config('SET', 'maxmemory', '0');
      await expect(journal.append(4, 'four')).rejects.toMatchObject({ kind: 'full' });
    });

    it.each([
      [{}, []],
      [{ appendonly: 'no' }, ['has no append-only file: when it ends, the journals are lost']],
      [{ appendfsync: 'everysec' }, ['confirms what its disk does not have yet (appendfsync everysec)']],
      [{ 'maxmemory-policy': 'allkeys-lru' }, []],
      [{ maxmemory: '1gb', 'maxmemory-policy': 'allkeys-lru' }, ['deletes keys when it is full']],
    ])('are opened with a warning: %j', async (settings, problems) => {
      const admin = suite.admin();
      for (const [name, value] of Object.entries(settings)) await admin.config('SET', name, value);
      const warnings: string[] = [];
      await suite.open({ onWarning: (message) => warnings.push(message) });
      expect(warnings).toEqual(problems.map((problem) => expect.stringContaining(problem)));
    });

    it('are opened by a user who may not ask how it is set up', async () => {
      const admin = suite.admin();
      await admin.call('ACL', 'SETUSER', 'trader', 'on', '>secret', '~bowline:*', '+@all', '-config');
      const url = suite.server.url.replace('redis://', 'redis://trader:secret@');
      await (await suite.open({ url })).journal('shard').append(1, 'one');
    });
  });
});
