import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentProblem, InputError, type DeskConfig } from '@bowline/contracts';
import { layOut } from '@bowline/engine';
import type { CommandContext } from '../cli/context.js';
import { removeDeskFile, writeDeskFile } from '../desk-client/desk-file.js';
import { mockMarkets } from '../live/mock-markets.js';
import { holdFolder } from '../live/open-journals.js';
import { asInputError } from '../live/run-desk.js';
import { findProgram, freePort } from './machine.js';
import { planProcesses } from './plan.js';
import {
  EXCHANGE_SIMULATOR,
  redisProcess,
  roleProcesses,
  simulatorProcess,
  type UpTerms,
} from './processes.js';
import { UpLog } from './up-log.js';
import { Supervisor, type SupervisedProcess } from './supervisor.js';

export interface RunUpOptions extends UpTerms {
  readonly config: DeskConfig;
  /** Milliseconds; null: until it is asked to end. */
  readonly forMs: number | null;
  /** Only says what it would start. */
  readonly dryRun: boolean;
}

/** Starts every process of a desk, and keeps them running until somebody asks it to end. */
export async function runUp(options: RunUpOptions, context: CommandContext): Promise<void> {
  const { config, configPath, dir, dryRun } = options;
  const problem = environmentProblem(config) ?? oneProcessProblem(config);
  if (problem !== null) throw new InputError([`${configPath}: ${problem}`]);
  for (const warning of config.warnings) context.terminal.warn(warning);
  const plan = await planOf(options);
  if (dryRun) {
    for (const { args, command, name } of plan.all)
      context.terminal.out(`${name.padEnd(44)} ${[command, ...args].join(' ')}\n`);
    return;
  }
  let letGo: () => Promise<void>;
  try {
    letGo = await holdFolder(dir);
  } catch (error) {
    throw asInputError(error, []);
  }
  try {
    await keep(options, plan, context);
  } finally {
    await letGo();
  }
}

function oneProcessProblem({ live }: DeskConfig): string | null {
  return live.bus === 'local_pubsub'
    ? 'messaging.type local_pubsub does not go beyond one process; use redis or pubsub, or the command start'
    : null;
}

interface UpPlan {
  /** What the roles stand on. */
  readonly below: readonly SupervisedProcess[];
  readonly roles: readonly SupervisedProcess[];
  readonly all: readonly SupervisedProcess[];
}

async function planOf(options: RunUpOptions): Promise<UpPlan> {
  const { config, dir } = options;
  const { BOWLINE_EXCHANGE_URL = '', REDIS_URL = '' } = process.env;
  const below: SupervisedProcess[] = [];
  const env: Record<string, string> = {};
  if ((config.live.bus === 'redis' || config.live.journal === 'redis') && REDIS_URL === '') {
    const program = findProgram('redis-server');
    if (program === null)
      throw new InputError([
        'there is no redis-server on this machine: install one (apt-get install redis-server, brew install redis), or say where one is with REDIS_URL',
      ]);
    const port = await freePort();
    env['REDIS_URL'] = `redis://127.0.0.1:${port}`;
    below.push(redisProcess(program, join(dir, 'redis'), port));
  }
  if (BOWLINE_EXCHANGE_URL === '') {
    const port = await freePort();
    env['BOWLINE_EXCHANGE_URL'] = `http://127.0.0.1:${port}`;
    below.push(simulatorProcess(options, port));
  }
  const layout = layOut(config.clients, mockMarkets(config));
  const roles = roleProcesses(planProcesses(layout), options, env);
  return { below, roles, all: [...below, ...roles] };
}

async function keep(
  { dir, forMs }: RunUpOptions,
  { all, below }: UpPlan,
  { signal, terminal }: CommandContext,
): Promise<void> {
  await mkdir(join(dir, 'redis'), { recursive: true });
  const log = new UpLog(terminal, all);
  const supervisor = new Supervisor(all, log);
  const ended = forMs === null ? signal : AbortSignal.any([signal, AbortSignal.timeout(forMs)]);
  // Whoever needs another one waits for it by itself.
  supervisor.start();
  try {
    const urls = await Promise.race([log.whenUp(), aborted(ended)]);
    if (urls !== undefined) {
      const url = urls.get('analytics')!;
      const signals = urls.get('signal-ingest')!;
      await writeDeskFile(dir, { url, signals, pid: process.pid });
      const exchange = below.find(({ name }) => name === EXCHANGE_SIMULATOR);
      terminal.note(
        `up: ${all.length} processes; lists and commands at ${url}, signals at ${signals}` +
          (exchange === undefined ? '' : `, exchanges at ${urls.get(EXCHANGE_SIMULATOR)}`),
      );
    }
    await aborted(ended);
  } finally {
    terminal.note('stopping');
    await supervisor.stop();
    await removeDeskFile(dir, process.pid);
    // Lines that the last ones wrote are on their way through the pipes.
    await sleep(0);
  }
  terminal.note('all have ended');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
