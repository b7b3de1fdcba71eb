import { existsSync } from 'node:fs';
import { environmentProblem, InputError, type DeskConfig, type RoleName } from '@bowline/contracts';
import { ExchangeLogError } from '@bowline/exchange-simulator';
import { JournalError, type Logger } from '@bowline/ports';
import { createLogger } from '@bowline/telemetry';
import type { CommandContext } from '../cli/context.js';
import type { DeskRunOptions } from '../commands/desk-run-options.js';
import { removeDeskFile, writeDeskFile } from '../desk-client/desk-file.js';
import { openDoors, type Doors } from './doors.js';
import { closeAfterFailure, closeAll } from './closing.js';
import { MockRun } from './mock-run.js';
import { Screen } from './screen.js';
import { stateFolder } from './state-folder.js';

export interface RunDeskOptions extends Omit<DeskRunOptions, 'config'> {
  readonly config: DeskConfig;
  readonly configPath: string;
  readonly roles: readonly RoleName[];
  /** Tables on the terminal; else a log. */
  readonly show: boolean;
}

/** A real second as the pace counts it where there is none. */
const USUAL_SPEED = 60;

/** Runs a desk until its time is over, it is told to end, or it cannot go on. */
export async function runDesk(options: RunDeskOptions, context: CommandContext): Promise<void> {
  const { config, configPath, show } = options;
  const problem = environmentProblem(config);
  if (problem !== null) throw new InputError([`${configPath}: ${problem}`]);
  for (const warning of config.warnings) context.terminal.warn(warning);
  const doors = openDoors(config, options.host, options.roles);
  const logger = createLogger({ level: show ? 'error' : config.live.logLevel, role: 'desk' });
  try {
    await runAndShow(options, doors, context, logger);
  } catch (error) {
    throw asInputError(error, [BEGIN_ANEW]);
  }
}

async function runAndShow(
  options: RunDeskOptions,
  { access, notice, token }: Doors,
  context: CommandContext,
  logger: Logger,
): Promise<void> {
  const { config, dir, host, port, resume = false, roles, seed = null, show } = options;
  const speed = options.speed === 'max' ? null : options.speed;
  const screen = show ? new Screen(context.terminal, options) : null;
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, ended.signal]);
  let stopped: Error | null = null;
  const onStopped = (error: Error): void => {
    stopped ??= error;
    ended.abort();
  };
  screen?.opening();
  if (notice !== null && show) context.terminal.note(notice);
  else if (notice !== null) logger.info({}, notice);
  const state = stateFolder(dir);
  if (resume && roles.includes('analytics') && !existsSync(state.database)) {
    context.terminal.warn(`${state.database} is not there: a new one is made, without what happened before`);
  }
  const run = await MockRun.open(
    { config, state, roles, seed, speed, resume, http: { host, port, token }, access, logger },
    onStopped,
  );
  const closable = {
    close: async () => {
      screen?.ending();
      await closeAll([run, { close: () => removeDeskFile(dir, process.pid) }]);
    },
  };
  try {
    const { url } = run.desk;
    if (url !== null) await writeDeskFile(dir, { url, pid: process.pid });
    logger.info({ url, roles, seed: run.seed }, 'the desk is up');
    screen?.begun(run);
    const forMs =
      options.for === undefined ? null : Math.max(1, Math.round(options.for * (speed ?? USUAL_SPEED)));
    await run.run(forMs, signal, () => screen?.pace(run));
    if (stopped !== null) throw new InputError([stopMessage(stopped)]);
  } catch (error) {
    await closeAfterFailure(closable, logger);
    throw error;
  }
  await closable.close();
  screen?.ended(run);
  logger.info({}, 'the desk has ended, and all is written');
  run.refuseBroken();
}

function stopMessage(error: Error): string {
  return `the desk has stopped, because its journal refuses. ${error.message} With --resume it goes on.`;
}

/**
 * What is on the disk may be locked, damaged, or another run's, and the disk may be full: that is no bug.
 *
 * @param beginAnew how to begin without it, where that can be
 */
export function asInputError(error: unknown, beginAnew: readonly string[]): unknown {
  const isOfDisk = error instanceof JournalError || error instanceof ExchangeLogError;
  return isOfDisk ? new InputError([error.message, ...waysOut(error, beginAnew)]) : error;
}

function waysOut({ kind }: JournalError | ExchangeLogError, beginAnew: readonly string[]): readonly string[] {
  switch (kind) {
    case 'mismatch':
      return [
        ['put clients, balances, fees and instruments of the configuration back', ...beginAnew].join(', or '),
      ];
    case 'corrupt':
      return beginAnew;
    default:
      return [];
  }
}

const BEGIN_ANEW = 'start without --resume, which throws away what is there and begins anew';
