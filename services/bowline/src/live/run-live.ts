import { InputError, type DeskConfig } from '@bowline/contracts';
import type { Logger } from '@bowline/ports';
import { createLogger } from '@bowline/telemetry';
import type { CommandContext } from '../cli/context.js';
import { aborted, following } from '../cli/following.js';
import { removeDeskFile, writeDeskFile } from '../desk-client/desk-file.js';
import { openDoors, type Doors } from './doors.js';
import { closeAfterFailure, closeAll } from './closing.js';
import { LiveRun, type LiveRunOptions } from './live-run.js';
import { asInputError } from './run-desk.js';
import { stateFolder } from './state-folder.js';

export interface RunLiveOptions extends Pick<LiveRunOptions, 'config' | 'roles' | 'shards' | 'leaseFolder'> {
  readonly dir: string;
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
  const ended = following(signal, null);
  let stopped: Error | null = null;
  const onStopped = (error: Error): void => {
    stopped ??= error;
    ended.end();
  };
  const parts = {
    ...{ config, roles, shards, access, logger, leaseFolder, state: stateFolder(dir) },
    ...{ http: { host, port, token }, redisUrl: redisUrl(config), exchangeUrl: exchangeUrl(config) },
    marketDataUrl: marketDataUrl(config),
    signal: ended.signal,
  };
  let run: LiveRun;
  try {
    run = await LiveRun.open(parts, onStopped);
  } catch (error) {
    if (!signal.aborted) throw error;
    logger.info({}, 'ended before it was up');
    return;
  }
  const closable = { close: () => closeAll([run, { close: () => removeDeskFile(dir, process.pid) }]) };
  try {
    const { url } = run.desk;
    if (url !== null) await writeDeskFile(dir, { url, pid: process.pid });
    logger.info({ url, roles, shards }, 'up');
    const { letGo, signal: over } = following(ended.signal, forMs);
    await aborted(over);
    letGo();
  } catch (error) {
    await closeAfterFailure(closable, logger);
    throw error;
  }
  await closable.close();
  logger.info({}, 'ended, and all is written');
  if (stopped !== null) throw new InputError([`it has stopped: ${(stopped as Error).message}`]);
}

/** REDIS_URL, else what the configuration says. */
function redisUrl({ live: { redis } }: DeskConfig): string {
  const { REDIS_URL = '' } = process.env;
  if (REDIS_URL !== '') return REDIS_URL;
  return redis === null ? 'redis://127.0.0.1:6379' : `redis://${redis.host}:${redis.port}`;
}

/** BOWLINE_EXCHANGE_URL, else what the configuration says. */
function exchangeUrl({ live }: DeskConfig): string {
  const { BOWLINE_EXCHANGE_URL = '' } = process.env;
  return BOWLINE_EXCHANGE_URL === '' ? live.exchangeUrl : BOWLINE_EXCHANGE_URL.replace(/\/$/, '');
}

/** BOWLINE_MARKET_DATA_URL, else what the configuration says. */
function marketDataUrl({ live }: DeskConfig): string | null {
  const { BOWLINE_MARKET_DATA_URL = '' } = process.env;
  return BOWLINE_MARKET_DATA_URL === '' ? live.marketDataUrl : BOWLINE_MARKET_DATA_URL;
}
