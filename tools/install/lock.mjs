import { mkdirSync, readFileSync, rmSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const HEARTBEAT_MS = 1_000;
const STILL_FOR_MS = 20 * HEARTBEAT_MS;
const SAY_SO_AFTER_MS = 2_000;
const GIVE_UP_AFTER_MS = 15 * 60_000;

/**
 * Runs `work` while holding a lock directory, which only one process can create. The holder touches it every second;
 * a lock whose process is gone, or that a waiting process has watched for 20 s without a touch, is taken away.
 *
 * @param {string} lock path of the directory
 * @param {(message: string) => void} say told once when the wait gets long
 * @param {() => Promise<void>} work
 * @param {number} stillForMs how long a lock must have been watched without a touch
 */
export async function withLock(lock, say, work, stillForMs = STILL_FOR_MS) {
  mkdirSync(dirname(lock), { recursive: true });
  await take(lock, say, stillForMs);
  const heartbeat = setInterval(() => touch(lock), HEARTBEAT_MS);
  try {
    await work();
  } finally {
    clearInterval(heartbeat);
    if (isOurs(lock)) rmSync(lock, { recursive: true, force: true });
  }
}

async function take(lock, say, stillForMs) {
  const since = performance.now();
  let touched;
  let stillSince = since;
  let said = false;
  while (!tryTake(lock)) {
    // Watched, not computed from the lock's age: after the machine has slept every lock looks old for a moment.
    const now = performance.now();
    const lastTouch = modifiedMs(lock);
    if (lastTouch !== touched) {
      touched = lastTouch;
      stillSince = now;
    }
    if (isAbandoned(lock) || now - stillSince > stillForMs) {
      takeAway(lock, touched);
      continue;
    }
    if (now - since > GIVE_UP_AFTER_MS) {
      throw new Error(`another command has been installing for 15 minutes. If none is, delete ${lock}`);
    }
    if (!said && now - since > SAY_SO_AFTER_MS) {
      say('waiting for another command that is installing or building');
      said = true;
    }
    await sleep(50);
  }
}

function tryTake(lock) {
  if (!makeDirectory(lock)) return false;
  writeFileSync(join(lock, 'owner'), owner());
  return true;
}

function owner() {
  return `${process.pid} ${hostname()}`;
}

function isOurs(lock) {
  return ownerOf(lock) === owner();
}

/** Whether the lock's process ran on this machine and has ended. */
function isAbandoned(lock) {
  const [pid, host] = (ownerOf(lock) ?? '').split(' ');
  return host === hostname() && !isAlive(Number(pid));
}

/** @returns {string | undefined} undefined when the lock was released, or its owner is just about to sign it */
function ownerOf(lock) {
  return unlessAbsent(() => readFileSync(join(lock, 'owner'), 'utf8'));
}

/**
 * Removes a stale lock. Of several that wait only one does so at a time, and looks again first: otherwise the second
 * would remove the lock that the first has just taken.
 */
function takeAway(lock, touched) {
  const guard = `${lock}.removal`;
  if (!makeDirectory(guard)) {
    // Removal takes no time: a guard that stands for long was left by a process killed in just that moment.
    const since = modifiedMs(guard);
    if (since !== undefined && Date.now() - since > STILL_FOR_MS)
      rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (isAbandoned(lock) || modifiedMs(lock) === touched) rmSync(lock, { recursive: true, force: true });
  } finally {
    rmdirSync(guard);
  }
}

/** @returns {boolean} whether it was us who made it */
function makeDirectory(path) {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

function touch(lock) {
  unlessAbsent(() => utimesSync(lock, new Date(), new Date()));
}

function modifiedMs(path) {
  return unlessAbsent(() => statSync(path).mtimeMs);
}

function unlessAbsent(read) {
  try {
    return read();
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
