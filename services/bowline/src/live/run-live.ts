import { InputError, type DeskConfig, type RoleName } from '@bowline/contracts';
import type { Logger } from '@bowline/ports';
import { createLogger } from '@bowline/telemetry';
import type { CommandContext } from '../cli/context.js';
import { removeDeskFile, writeDeskFile } from '../desk-client/desk-file.js';
import { openDoors, type Doors } from './doors.js';
import { closeAfterFailure, closeAll } from './closing.js';
import { LiveRun } from './live-run.js';
import { asInputError } from './run-desk.js';
import { stateFolder } from './state-folder.js';

export interface RunLiveOptions {
  readonly config: DeskConfig;
  readonly roles: readonly RoleName[];
  /** Null: all shards of the roles. */
  readonly shards: readonly string[] | null;
  readonly dir: string;
  /** Where the leases of all processes of this machine lie; null: in Redis. */
  readonly leaseFolder: string | null;
  readonly host: string;
  readonly port: number;
  /** Milliseconds, once it is up; null: until it is asked to end. */
  readonly forMs: number | null;
}

/** Runs roles of a desk in real time until the process is told to end, or cannot go on. */
export async function runLive(options: RunLiveOptions, context: CommandContext): Promise<void> {
  const { config, host, roles, shards } = options;
  for (const warning of config.warnings) context.terminal.warn(warning);
  const doors = openDoors(config, host, roles);
  const role = [roles.join('+'), ...(shards ?? [])].join('/');
  const logger = createLogger({ level: config.live.logLevel, role });
  try {
    if (doors.notice !== null) logger.info({}, doors.notice);
    await open(options, doors, context.signal, logger);
  } catch (error) {
    throw asInputError(error, []);
  }
}

async function open(
  options: RunLiveOptions,
  { access, token }: Doors,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> {
  const { config, dir, forMs, host, leaseFolder, port, roles, shards } = options;
  let stopped: Error | null = null;
  const ended = new AbortController();
  const untilEnd = AbortSignal.any([signal, ended.signal]);
  const http = { host, port, token };
  const urls = { redisUrl: redisUrl(config), exchangeUrl: exchangeUrl(config) };
  const run = await opened(() =>
    LiveRun.open(
      {
        config,
        state: stateFolder(dir),
        roles,
        shards,
        http,
        access,
        logger,
        leaseFolder,
        signal: untilEnd,
        ...urls,
      },
      (error) => {
        stopped ??= error;
        ended.abort();
      },
    ),
  );
  if (run === null) return;
  const closable = { close: () => closeAll([run, { close: () => removeDeskFile(dir, process.pid) }]) };
  try {
    const { url } = run.desk;
    if (url !== null) await writeDeskFile(dir, { url, pid: process.pid });
    logger.info({ url, roles, shards }, 'up');
    const timer = forMs === null ? null : setTimeout(() => ended.abort(), forMs);
    await aborted(untilEnd);
    if (timer !== null) clearTimeout(timer);
  } catch (error) {
    await closeAfterFailure(closable, logger);
    throw error;
  }
  await closable.close();
  logger.info({}, 'ended, and all is written');
  if (stopped !== null) throw new InputError([`it has stopped: ${(stopped as Error).message}`]);

  /** Null where it was asked to end before it was up. */
  async function opened(openRun: () => Promise<LiveRun>): Promise<LiveRun | null> {
    try {
      return await openRun();
    } catch (error) {
      if (!signal.aborted) throw error;
      logger.info({}, 'ended before it was up');
      return null;
    }
  }
}

/** REDIS_URL, else what the configuration says. */
export function redisUrl({ live: { redis } }: DeskConfig): string {
  const { REDIS_URL = '' } = process.env;
  if (REDIS_URL !== '') return REDIS_URL;
  return redis === null ? 'redis://127.0.0.1:6379' : `redis://${redis.host}:${redis.port}`;
}

/** BOWLINE_EXCHANGE_URL, else what the configuration says. */
export function exchangeUrl({ live }: DeskConfig): string {
  const { BOWLINE_EXCHANGE_URL = '' } = process.env;
  return BOWLINE_EXCHANGE_URL === '' ? live.exchangeUrl : BOWLINE_EXCHANGE_URL.replace(/\/$/, '');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
