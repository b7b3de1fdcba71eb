import type { CommandContext } from '../cli/context.js';
import { readConfig } from '../desk/read-config.js';
import { checkRoles } from '../live/role-links.js';
import { runDesk } from '../live/run-desk.js';
import type { RunOptions } from './run.command.js';

export async function runRun(options: RunOptions, context: CommandContext): Promise<void> {
  const roles = checkRoles(options.roles);
  const { config, path } = await readConfig(options.config);
  await runDesk({ ...options, config, configPath: path, roles, show: false }, context);
}
