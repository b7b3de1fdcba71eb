import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentProblem, InputError, type DeskConfig } from '@bowline/contracts';
import { layOut } from '@bowline/engine';
import type { CommandContext } from '../cli/context.js';
import { aborted, following } from '../cli/following.js';
import { readDeskFile, removeDeskFile, writeDeskFile } from '../desk-client/desk-file.js';
import { checkAddress } from '../http/http-app.js';
import { mockMarkets } from '../live/mock-markets.js';
import { holdFolder } from '../live/open-journals.js';
import { initDeskTopics } from '../live/pubsub-topics.js';
import { asInputError } from '../live/run-desk.js';
import { endFormerRedis } from './former-redis.js';
import { findProgram, freePort } from '../cli/machine.js';
import { planProcesses } from './plan.js';
import { PIDFILE, REDIS, redisProcess, roleProcesses, simulatorProcess, type UpTerms } from './processes.js';
import { UpLog } from './up-log.js';
import { Supervisor, type SupervisedProcess } from './supervisor.js';

/** How often it looks whether all are up. */
const LOOK_MS = 100;

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
    await checkPorts(options, plan.folders.size);
    await initEmulator(config, context);
    await endFormerRedis(join(dir, REDIS, PIDFILE));
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
  readonly all: readonly SupervisedProcess[];
  /** Of the exchange simulator; null: the exchanges are others. */
  readonly exchangeUrl: string | null;
  /** Of each role and shard, by the name of its process. */
  readonly folders: ReadonlyMap<string, string>;
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
    below.push(redisProcess(program, join(dir, REDIS), port));
  }
  const isSimulated = config.live.exchanges === 'simulator';
  if (isSimulated && BOWLINE_EXCHANGE_URL === '') {
    const port = await freePort();
    env['BOWLINE_EXCHANGE_URL'] = `http://127.0.0.1:${port}`;
    below.push(simulatorProcess(options, port));
  }
  const planned = planProcesses(layOut(config.clients, mockMarkets(config)));
  const marketPorts = new Map<string, number>();
  for (const { role, shard } of planned)
    if (role === 'market-data') marketPorts.set(shard!, await freePort());
  env['BOWLINE_MARKET_DATA_URL'] = [...marketPorts]
    .map(([exchange, port]) => `${exchange}=http://${dialed(options.host)}:${port}`)
    .join();
  return {
    all: [...below, ...roleProcesses(planned, options, env, marketPorts)],
    exchangeUrl: isSimulated ? (env['BOWLINE_EXCHANGE_URL'] ?? BOWLINE_EXCHANGE_URL) : null,
    folders: new Map(planned.map(({ folder, name }) => [name, folder])),
  };
}

/** Where to dial what listens everywhere. */
function dialed(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host.includes(':') ? `[${host === '::' ? '::1' : host}]` : host;
}

async function keep(
  { dir, forMs }: RunUpOptions,
  { all, exchangeUrl, folders }: UpPlan,
  { signal, terminal }: CommandContext,
): Promise<void> {
  await mkdir(join(dir, REDIS), { recursive: true });
  const supervisor = new Supervisor(all, new UpLog(terminal, all));
  const { letGo, signal: ended } = following(signal, forMs);
  // Whoever needs another one waits for it by itself.
  supervisor.start();
  try {
    const urls = await whenUp(dir, folders, supervisor, ended);
    if (urls !== null) {
      const url = urls.get('analytics')!;
      const signals = urls.get('signal-ingest')!;
      await writeDeskFile(dir, { url, signals, pid: process.pid });
      terminal.note(
        `up: ${all.length} processes; lists and commands at ${url}, signals at ${signals}${exchangeUrl === null ? '' : `, exchanges at ${exchangeUrl}`}`,
      );
    }
    await aborted(ended);
  } finally {
    letGo();
    terminal.note('stopping');
    await supervisor.stop();
    await removeDeskFile(dir, process.pid);
  }
  terminal.note('all have ended');
}

/** An emulator forgets everything when it ends; in Google's cloud nothing is made but by `bowline bus init`. */
async function initEmulator(config: DeskConfig, { terminal }: CommandContext): Promise<void> {
  if (config.live.bus !== 'pubsub' || (process.env['PUBSUB_EMULATOR_HOST'] ?? '') === '') return;
  const made = (await initDeskTopics(config, false)).filter(({ outcome }) => outcome === 'created');
  if (made.length > 0) terminal.note(`made ${made.length} topics and subscriptions in the Pub/Sub emulator`);
}

/** Whoever starts twenty processes should not learn from the twentieth that its port is taken. */
async function checkPorts({ host, port }: RunUpOptions, count: number): Promise<void> {
  if (port === 0) return;
  for (let own = port; own < port + count; own += 1) await checkAddress({ host, port: own });
}

/** Where each role listens, once all of them are up, as they have written it; null where it is over before. */
async function whenUp(
  dir: string,
  folders: ReadonlyMap<string, string>,
  supervisor: Supervisor,
  ended: AbortSignal,
): Promise<ReadonlyMap<string, string> | null> {
  for (;;) {
    const pids = supervisor.pids();
    const urls = new Map<string, string>();
    for (const [name, folder] of folders) {
      const file = await readDeskFile(join(dir, folder));
      if (file !== null && file.pid === pids.get(name)) urls.set(name, file.url);
    }
    if (urls.size === folders.size) return urls;
    if (ended.aborted) return null;
    await sleep(LOOK_MS);
  }
}
