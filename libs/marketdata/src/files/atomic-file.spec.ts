import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileAtomically } from './atomic-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bowline-spec-'));
});
afterEach(() => rm(folder, { recursive: true }));

function* failing(): Generator<string> {
  yield 'x'.repeat(200_000);
  throw new Error('no more');
}

describe('a file that is there whole or not at all', () => {
  it('holds all pieces in their order, in folders that are made', async () => {
    const path = join(folder, 'a', 'b', 'file.txt');
    const pieces = Array.from({ length: 30_000 }, (_, at) => `${at}\n`);
    await writeFileAtomically(path, pieces);
    expect(await readFile(path, 'utf8')).toBe(pieces.join(''));
  });

  it('is not there, nor anything else, where the pieces fail', async () => {
    await expect(writeFileAtomically(join(folder, 'file.txt'), failing())).rejects.toThrow('no more');
    expect(await readdir(folder)).toEqual([]);
  });

  it('stays as it was where writing it anew fails', async () => {
    const path = join(folder, 'file.txt');
    await writeFileAtomically(path, ['old']);
    await expect(writeFileAtomically(path, failing())).rejects.toThrow('no more');
    expect(await readFile(path, 'utf8')).toBe('old');
  });
});
