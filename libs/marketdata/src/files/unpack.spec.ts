import { existsSync, symlinkSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { WorkFolder, whenPresent } from '@bowline/testkit';
import { unpack } from './unpack.js';

const FULL = '/dev/full';

whenPresent('unpacking on a full disk', FULL, existsSync(FULL) ? FULL : null, (full) => {
  const folder = new WorkFolder('unpack');
  // What is unpacked goes to a device that is always full.
  symlinkSync(full, folder.at('unpacked'));
  const archives: [string, string][] = [
    ['gzip', folder.file('a.csv.gz', gzipSync('time,open\n'.repeat(10_000)))],
    ['zip', folder.zip('a.zip', 'a.csv', 'time,open\n'.repeat(10_000))],
  ];

  it.each(archives)('of a %s file does not say that the archive is damaged', async (_kind, archive) => {
    await expect(unpack(archive, folder.path)).rejects.toMatchObject({
      code: 'ENOSPC',
      path: folder.at('unpacked'),
    });
  });
});
