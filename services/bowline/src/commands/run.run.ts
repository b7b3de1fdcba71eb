import { join } from 'node:path';
import { environmentProblem, InputError } from '@bowline/contracts';
import type { CommandContext } from '../cli/context.js';
import { readConfig } from '../desk/read-config.js';
import { checkRoles } from '../live/role-links.js';
import { runDesk } from '../live/run-desk.js';
import { runLive } from '../live/run-live.js';
import type { RunOptions } from './run.command.js';

export async function runRun(options: RunOptions, context: CommandContext): Promise<void> {
  const { config, path } = await readConfig(options.config, options.env);
  const problem = environmentProblem(config);
  if (problem !== null) throw new InputError([`${path}: ${problem}`]);
  const { dir, host, port, shards = null } = options;
  const roles = checkRoles(options.roles, config.live.bus === 'local_pubsub');
  if (config.live.exchanges === 'mock') {
    if (shards !== null)
      throw new InputError([
        '--shards: mock exchanges live within one process, with all shards of its roles',
      ]);
    return runDesk({ ...options, config, configPath: path, roles, show: false }, context);
  }
  const mockOnly = [
    ...(options.seed === undefined ? [] : ['--seed']),
    ...(options.resume === true ? ['--resume'] : []),
  ];
  if (mockOnly.length > 0)
    throw new InputError([
      `${mockOnly.join(', ')}: of mock exchanges; a desk in real time always goes on where it was`,
    ]);
  const leaseFolder = options.leases ?? (config.live.bus === 'redis' ? null : join(dir, 'leases'));
  await runLive({ config, roles, shards, dir, host, port, leaseFolder, forMs: options.for ?? null }, context);
}
