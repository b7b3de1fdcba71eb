import { afterAll, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    execFileSync('mount', ['-o', 'remount,size=4m', disk]);
    await expect(b.append(3, 'with space again')).rejects.toMatchObject({ kind: 'full' });
    await expect(b.saveSnapshot(2, 'of what is not in the log', 0)).rejects.toMatchObject({ kind: 'full' });
    await store.close();

    const warnings: string[] = [];
    const again = await openEmbeddedJournals(join(disk, 'journals'), {
      onWarning: (message) => warnings.push(message),
    });
    expect(warnings).toEqual([expect.stringContaining('was not finished')]);
    const recovered = again.journal('a');
    expect(recovered.sequence).toBe(acknowledged);
    expect(await recordsAfter(recovered, 0)).toHaveLength(acknowledged);
    expect(await again.journal('b').loadSnapshot()).toBeNull();
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
