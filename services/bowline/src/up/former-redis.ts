import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '@bowline/contracts';
import { isAlive } from '../cli/machine.js';
import { textOrNull } from '../cli/text-or-null.js';

const WITHIN_MS = 10_000;
const LOOK_MS = 50;

/**
 * Ends the redis-server of a supervisor that was killed: two of them would write the same files. The roles have ended
 * with their supervisor.
 *
 * @throws InputError where it does not end
 */
export async function endFormerRedis(pidfile: string): Promise<void> {
  const pid = await pidIn(pidfile);
  if (pid === null || !(await isRedis(pid))) return;
  process.kill(pid, 'SIGTERM');
  for (const began = performance.now(); performance.now() - began < WITHIN_MS; await sleep(LOOK_MS)) {
    if (!isAlive(pid)) return;
  }
  throw new InputError([`the redis-server of an earlier start, process ${pid}, does not end: stop it first`]);
}

async function pidIn(pidfile: string): Promise<number | null> {
  const text = await textOrNull(pidfile);
  return text !== null && /^\d+\s*$/.test(text) ? Number(text) : null;
}

/** The number may be another program's by now; where the system does not tell, it is taken for what it says. */
async function isRedis(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const command = await textOrNull(`/proc/${pid}/cmdline`);
  return command === null || command.includes('redis-server');
}
