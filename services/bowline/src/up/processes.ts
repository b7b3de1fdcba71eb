import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlannedProcess } from './plan.js';
import type { SupervisedProcess } from './supervisor.js';
import type { RoleName } from '@bowline/contracts';

export interface UpTerms {
  readonly configPath: string;
  readonly environment: string;
  readonly dir: string;
  readonly host: string;
  /** Of the first process; the others follow. 0: any that are free. */
  readonly port: number;
  /** Seed and pace of the exchange simulator's markets. */
  readonly seed: number;
  readonly speed: number;
  /** Prices stand still until they are moved by HTTP. */
  readonly hold: boolean;
  /** Of one process; null: unlimited. */
  readonly memoryLimitMb: number | null;
}

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

export const REDIS = 'redis-server';
/** Beside what a redis-server keeps. */
export const PIDFILE = 'redis.pid';
export const EXCHANGE_SIMULATOR = 'exchange-simulator';

/** Who lets work in goes first; who carries it, and who only reads, last. */
const STOPS: Readonly<Record<RoleName, number>> = {
  'signal-ingest': 0,
  'order-generator': 1,
  'oco-manager': 2,
  'execution-gateway': 3,
  'market-data': 4,
  analytics: 4,
};

/**
 * The roles, each as a `bowline run`: analytics and signal-ingest have the first two ports, as the ones that people use.
 *
 * @param marketPorts of the processes that tell markets, by exchange: the others have to know where they are
 */
export function roleProcesses(
  planned: readonly PlannedProcess[],
  { configPath, dir, environment, host, memoryLimitMb, port }: UpTerms,
  env: Readonly<Record<string, string>>,
  marketPorts: ReadonlyMap<string, number>,
): SupervisedProcess[] {
  const byUse = [...planned].sort((a, b) => useOf(a.role) - useOf(b.role));
  return planned.map((process) => {
    const { folder, name, role, shard } = process;
    const marketPort = role === 'market-data' ? marketPorts.get(shard!) : undefined;
    const own = marketPort ?? (port === 0 ? 0 : port + byUse.indexOf(process));
    return {
      name,
      command: globalThis.process.execPath,
      args: [
        ...heapLimit(memoryLimitMb),
        ...[MAIN, 'run', '--config', configPath, '--env', environment, '--roles', role],
        ...(shard === null ? [] : ['--shards', shard]),
        ...['--leases', join(dir, 'leases')],
        ...['--dir', join(dir, folder), '--host', host, '--port', String(own)],
      ],
      env,
      stopsWith: STOPS[role],
    };
  });
}

/** What Node needs beside its heap, code and buffers, is nearly the same in every role. */
const BESIDE_HEAP_MB = 80;
const SMALLEST_HEAP_MB = 64;

function heapLimit(memoryLimitMb: number | null): string[] {
  if (memoryLimitMb === null) return [];
  return [`--max-old-space-size=${Math.max(SMALLEST_HEAP_MB, memoryLimitMb - BESIDE_HEAP_MB)}`];
}

function useOf(role: RoleName): number {
  return role === 'analytics' ? 0 : role === 'signal-ingest' ? 1 : 2;
}

/** The exchanges, where there is no other simulator to speak to. */
export function simulatorProcess(
  { configPath, dir, environment, hold, seed, speed }: UpTerms,
  port: number,
): SupervisedProcess {
  return {
    name: EXCHANGE_SIMULATOR,
    command: process.execPath,
    args: [
      ...[MAIN, 'exchange-simulator', '--config', configPath, '--env', environment],
      ...['--dir', join(dir, EXCHANGE_SIMULATOR), '--port', String(port)],
      ...(hold ? ['--hold'] : ['--seed', String(seed), '--speed', String(speed)]),
    ],
    env: {},
    stopsWith: 5,
  };
}

/** A Redis that keeps what it has confirmed, through a crash of the machine too. */
export function redisProcess(program: string, folder: string, port: number): SupervisedProcess {
  return {
    name: REDIS,
    command: program,
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
      ...['--pidfile', join(folder, PIDFILE)],
      ...['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'],
    ],
    env: {},
    stopsWith: 6,
  };
}
