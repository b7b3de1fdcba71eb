import { environmentProblem, InputError, type DeskConfig, type RoleName } from '@bowline/contracts';
import { ExchangeLogError } from '@bowline/exchange-simulator';
import { JournalError } from '@bowline/ports';
import { createLogger } from '@bowline/telemetry';
import type { CommandContext } from '../cli/context.js';
import type { DeskRunOptions } from '../commands/desk-run-options.js';
import { removeDeskFile, writeDeskFile } from '../desk-client/desk-file.js';
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
  const { config, configPath, dir, host, port, resume = false, roles, seed = null, show } = options;
  const speed = options.speed === 'max' ? null : options.speed;
  const problem = environmentProblem(config);
  if (problem !== null) throw new InputError([`${configPath}: ${problem}`]);
  for (const warning of config.warnings) context.terminal.warn(warning);
  const logger = createLogger({ level: show ? 'error' : config.live.logLevel, role: 'desk' });
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, ended.signal]);
  let stopped: Error | null = null;
  const screen = show ? new Screen(context.terminal, options) : null;
  screen?.opening();
  const run = await usable(() =>
    MockRun.open(
      {
        config,
        state: stateFolder(dir),
        roles,
        seed,
        speed,
        resume,
        http: { host, port },
        logger,
      },
      (error) => {
        stopped = error;
        ended.abort();
      },
    ),
  );
  try {
    const { url } = run.desk;
    if (url !== null) await writeDeskFile(dir, { url, pid: process.pid });
    logger.info({ url, roles, seed: run.seed }, 'the desk is up');
    screen?.begun(run);
    const forMs = options.for === undefined ? null : options.for * (speed ?? USUAL_SPEED);
    await run.run(forMs, signal, () => screen?.pace(run));
  } finally {
    screen?.ending();
    await run.close();
    await removeDeskFile(dir, process.pid);
  }
  if (stopped !== null) throw new InputError([stopMessage(stopped)]);
  screen?.ended(run);
  logger.info({}, 'the desk has ended, and all is written');
  run.refuseBroken();
}

function stopMessage(error: Error): string {
  return `the desk has stopped because its journal refuses: ${error.message}; start it again with --resume`;
}

/** What is on the disk may be locked, damaged, or another run's: that is no bug. */
async function usable<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof JournalError || error instanceof ExchangeLogError) throw new InputError([error.message]);
    throw error;
  }
}
