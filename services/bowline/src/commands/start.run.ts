import { environmentProblem, InputError, ROLES } from '@bowline/contracts';
import type { CommandContext } from '../cli/context.js';
import { readConfig } from '../desk/read-config.js';
import { ownConfig } from '../live/own-config.js';
import { runDesk } from '../live/run-desk.js';
import { readRun } from '../live/state-folder.js';
import type { DeskRunOptions } from './desk-run-options.js';

export async function runStart(options: DeskRunOptions, context: CommandContext): Promise<void> {
  if (options.resume === true) await readRun(options.dir);
  const { config, path } = await readConfig(options.config ?? (await ownConfig(options.dir)));
  if (environmentProblem(config) === null && config.live.exchanges !== 'mock')
    throw new InputError([
      `${path}: start makes its exchanges up, and environment ${config.environment} has others; use up, or run`,
    ]);
  await runDesk({ ...options, config, configPath: path, roles: ROLES, show: true }, context);
}
