import { afterAll, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalStore } from '@bowline/ports';
import { recordsAfter, whenPresent } from '@bowline/testkit';
import { openEmbeddedJournals } from './index.js';

whenPresent('a full disk', 'the right to mount a tmpfs, which root has', mountSmallDisk(), (disk) => {
  afterAll(() => {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  it('refuses the append that does not fit, and everything after it of every shard', async () => {
    const store = await openEmbeddedJournals(join(disk, 'journals'));
    const [a, b] = [store.journal('a'), store.journal('b')];
    await b.append(1, 'small');
    let acknowledged = 0;
    let failure: unknown = null;
    while (failure === null) {
      failure = await a.append(acknowledged + 1, 'x'.repeat(100_000)).then(
        () => null,
        (error: unknown) => error,
      );
      if (failure === null) acknowledged += 1;
    }
    expect(failure).toMatchObject({ kind: 'full', message: expect.stringContaining('000001.log') });
    await expect(b.append(2, 'small')).rejects.toMatchObject({ kind: 'full' });
    await expect(b.saveSnapshot(1, 'state', 0)).rejects.toMatchObject({ kind: 'full' });
    await store.close();

    // Nothing can be opened either, as a new segment has no room.
    const warnings: string[] = [];
    const open = (): Promise<JournalStore> =>
      openEmbeddedJournals(join(disk, 'journals'), { onWarning: (message) => warnings.push(message) });
    await expect(open()).rejects.toMatchObject({ kind: 'full' });
    execFileSync('mount', ['-o', 'remount,size=4m', disk]);
    warnings.length = 0;
    const again = await open();
    expect(warnings).toEqual([expect.stringContaining('was not finished')]);
    const recovered = again.journal('a');
    expect(recovered.sequence).toBe(acknowledged);
    expect(await recordsAfter(recovered, 0)).toHaveLength(acknowledged);
    await recovered.append(acknowledged + 1, 'x'.repeat(100_000));
    await again.close();
  });
});

/** A disk of one megabyte; null where that is not allowed. */
function mountSmallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'bowline-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true });
    if (error instanceof Error) return null;
    throw error;
  }
}
