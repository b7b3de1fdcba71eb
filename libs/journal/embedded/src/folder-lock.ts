import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JournalError } from '@bowline/ports';
import { asJournalError, hasCode } from './failures.js';

/** `lock.PID.BIRTH.FOLDER.UUID`: who holds what is in the name, so that no lock is ever half written. */
const LOCK = /^lock\.(\d+)\.([^.]*)\.(\d+)\.[0-9a-f-]{36}$/;

export function isLock(name: string): boolean {
  return LOCK.test(name);
}

/**
 * Holds a folder for this process alone until the returned function is called, or the process has ended in whatever
 * way. Throws `locked` while another process of this machine holds it, or this one does.
 *
 * Every process first shows a lock of its own and only then looks for others: of two that start at once one may be
 * refused without need, but never are both let in. A lock that is taken over has a name that nobody uses again, so
 * that the lock of somebody who was quicker is never removed in its place.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  // A lock that came along when a folder was copied is not one of the copy.
  const inode = String((await stat(folder, { bigint: true })).ino);
  const own = `lock.${process.pid}.${(await birthOf(process.pid)) ?? ''}.${inode}.${randomUUID()}`;
  const release = (): Promise<void> => rm(join(folder, own), { force: true });
  try {
    await writeFile(join(folder, own), '');
    for (const name of await readdir(folder)) {
      const [, pid, birth, held] = LOCK.exec(name) ?? [];
      if (pid === undefined || birth === undefined || name === own) continue;
      if (held === inode && (await isAlive(Number(pid), birth))) throw lockedBy(Number(pid), folder);
      await rm(join(folder, name), { force: true });
    }
  } catch (error) {
    await release();
    throw asJournalError(error, `Locking ${folder}`);
  }
  return release;
}

/** Numbers of processes are given again, in a container the first one at each start: the birth tells them apart. */
async function isAlive(pid: number, birth: string): Promise<boolean> {
  if (birth !== '') return (await birthOf(pid)) === birth;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
    if (hasCode(error, 'EPERM')) return true;
    throw error;
  }
}

/**
 * Which boot of the machine, and when in it the process was started. Null when there is no such process, when it has
 * ended and only waits to be noticed, and where there is no `/proc`.
 */
async function birthOf(pid: number): Promise<string | null> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1');
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The name of the program comes second, in parentheses, and may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    return state === 'Z' || state === 'X' ? null : `${boot.trim()}-${fields[19]}`;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return null;
    throw error;
  }
}

function lockedBy(pid: number, folder: string): JournalError {
  const who = pid === process.pid ? `this process (${pid})` : `process ${pid}`;
  return new JournalError('locked', `${folder} is held by ${who}: stop it first, or choose another folder.`);
}
