import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../project-graph.mjs';
import { withLock } from './lock.mjs';

const holder = join(root, 'tools/fixtures/lock/holder.mjs');
const quiet = () => undefined;

describe('withLock', () => {
  let folder;
  let lock;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bowline-lock-'));
    lock = join(folder, 'deep', 'lock');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('lets one process in at a time', async () => {
    const log = join(folder, 'log');
    await Promise.all(
      Array.from({ length: 5 }, () => ended(spawn(process.execPath, [holder, lock, log, '20']))),
    );
    expect(readFileSync(log, 'utf8')).toBe('in\nout\n'.repeat(5));
  });

  it('leaves nothing behind, also when the work fails', async () => {
    const work = async () => {
      throw new Error('the work failed');
    };
    await expect(withLock(lock, quiet, work)).rejects.toThrow('the work failed');
    expect(existsSync(lock)).toBe(false);
  });

  it('takes the lock of a process that has ended', async () => {
    leftBy(`${spawnSync(process.execPath, ['--version']).pid} ${hostname()}`);
    await expect(run()).resolves.toBe('done');
  });

  it('takes a lock that nobody touches, wherever its process ran', async () => {
    leftBy(`${process.pid} another-host`);
    await expect(run(50)).resolves.toBe('done');
  });

  it('waits for a live process that is at work', async () => {
    const log = join(folder, 'log');
    const child = spawn(process.execPath, [holder, lock, log, '300'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const end = ended(child);
    await once(child.stdout, 'data');
    await run();
    expect(readFileSync(log, 'utf8')).toBe('in\nout\n');
    await end;
  });

  function leftBy(owner) {
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(lock, 'owner'), owner);
  }

  async function run(stillForMs) {
    let done = 'not done';
    await withLock(lock, quiet, async () => void (done = 'done'), stillForMs);
    return done;
  }
});

function ended(child) {
  return new Promise((resolve) => {
    child.on('close', resolve);
  });
}
