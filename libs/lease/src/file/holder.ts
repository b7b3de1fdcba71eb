import { readFile, readlink } from 'node:fs/promises';

/** A process of this machine, told from every other one that has or had its number. */
export interface Holder {
  readonly pid: number;
  /** Which boot of the machine, and when in it the process was started; empty where there is no `/proc`. */
  readonly birth: string;
  /** Where `pid` is a number: a container has its own. Empty where there is no `/proc`. */
  readonly namespace: string;
}

export async function ownHolder(): Promise<Holder> {
  return { pid: process.pid, birth: (await birthOf(process.pid)) ?? '', namespace: await ownNamespace() };
}

/** Whether the process has certainly ended. */
export async function hasEnded({ birth, namespace, pid }: Holder): Promise<boolean> {
  if (namespace !== (await ownNamespace())) return false;
  if (birth !== '') return (await birthOf(pid)) !== birth;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return hasCode(error, 'ESRCH');
  }
}

/** Null where there is no such process, and where it has ended and only waits to be noticed. */
async function birthOf(pid: number): Promise<string | null> {
  const boot = await readOrNull(() => readFile('/proc/sys/kernel/random/boot_id', 'latin1'));
  const stat = await readOrNull(() => readFile(`/proc/${pid}/stat`, 'latin1'));
  if (boot === null || stat === null) return null;
  // The name of the program comes second, in parentheses, and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  return state === 'Z' || state === 'X' ? null : `${boot.trim()}-${fields[19]}`;
}

async function ownNamespace(): Promise<string> {
  return (await readOrNull(() => readlink('/proc/self/ns/pid'))) ?? '';
}

async function readOrNull(read: () => Promise<string>): Promise<string | null> {
  try {
    return await read();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return null;
    throw error;
  }
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}
