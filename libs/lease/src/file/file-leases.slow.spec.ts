import { describe, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HolderProcess, leaseContract, WorkFolder } from '@bowline/testkit';
import { FileLeases, type FileLeasesOptions } from './file-leases.js';
import { ownHolder } from './holder.js';
import { monotonicMs } from '../monotonic.js';

const work = new WorkFolder('lease-file');
let places = 0;

function newFolder(): string {
  places += 1;
  return work.at(String(places));
}

function moduleOf(options: FileLeasesOptions) {
  return {
    path: join(import.meta.dirname, '..', '..', 'dist', 'index.js'),
    className: 'FileLeases',
    options,
  };
}

describe('leases in files', () => {
  leaseContract(() => {
    const options = { folder: newFolder(), ttlMs: 1_200, pollMs: 10 };
    return { ttlMs: options.ttlMs, open: () => new FileLeases(options), module: moduleOf(options) };
  });

  it('of a process that has ended are free at once, and nothing of it is to be feared', async () => {
    const options = { folder: newFolder(), ttlMs: 3_600_000, pollMs: 10 };
    const holder = await HolderProcess.start(moduleOf(options), 'shard');
    await holder.kill();
    const leases = new FileLeases(options);
    expect(await leases.acquire('shard')).toMatchObject({ epoch: 2, formerMs: 0 });
    await leases.close();
  });

  /** The file that a process leaves which nobody here can judge: it is in another container. */
  async function left(name: string, content: object): Promise<FileLeases> {
    const folder = newFolder();
    mkdirSync(folder);
    const holder = { ...(await ownHolder()), namespace: 'elsewhere' };
    writeFileSync(join(folder, `${name}.7`), JSON.stringify({ ...holder, ttlMs: 60_000, ...content }));
    return new FileLeases({ folder, ttlMs: 60_000, pollMs: 10 });
  }

  it.each<[string, () => object, number]>([
    ['given back', () => ({ endsAt: null }), 0],
    ['not renewed in time', () => ({ endsAt: monotonicMs() - 1 }), 60_000],
    ['of a former boot of the machine', () => ({ endsAt: monotonicMs() + 61_000 }), 60_000],
  ])('are taken that another container has %s', async (_, content, formerMs) => {
    const leases = await left('shard', content());
    expect(await leases.acquire('shard')).toMatchObject({ epoch: 8, formerMs });
    await leases.close();
  });

  it('are not taken from another container before their time is over', async () => {
    const leases = await left('shard', { endsAt: monotonicMs() + 59_000 });
    const waiting = leases.acquire('shard', { signal: AbortSignal.timeout(100) });
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
    await leases.close();
  });

  it('are taken where the file is damaged, as from somebody of whom nothing is known', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, 'shard.3'), '');
    const leases = new FileLeases({ folder, ttlMs: 5_000 });
    expect(await leases.acquire('shard')).toMatchObject({ epoch: 4, formerMs: 5_000 });
    await leases.close();
  });

  it('leave a few files, however often they are taken', async () => {
    const folder = newFolder();
    const leases = new FileLeases({ folder, pollMs: 10 });
    for (let taken = 0; taken < 20; taken += 1) await (await leases.acquire('shard')).release();
    expect((await leases.acquire('shard')).epoch).toBe(21);
    expect(readdirSync(folder).length).toBeLessThanOrEqual(8);
    await leases.close();
  });

  it('say which folder cannot be used', async () => {
    const file = work.file('a-file', '');
    const leases = new FileLeases({ folder: file });
    await expect(leases.acquire('shard')).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining(file),
    });
    await leases.close();
  });
});
