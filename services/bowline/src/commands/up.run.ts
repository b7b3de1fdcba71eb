import type { CommandContext } from '../cli/context.js';
import { readConfig } from '../desk/read-config.js';
import { ownConfig } from '../live/own-config.js';
import { runUp } from '../up/run-up.js';
import type { UpOptions } from './up.command.js';

export async function runUpCommand(options: UpOptions, context: CommandContext): Promise<void> {
  const { dir, dryRun = false, env, for: forMs = null, hold = false, host, port, seed, speed } = options;
  const { config, path } = await readConfig(options.config ?? (await ownConfig(dir)), env);
  const terms = {
    configPath: path,
    environment: env,
    dir,
    host,
    port,
    seed,
    speed,
    hold,
    memoryLimitMb: config.live.memoryLimitMb,
  };
  await runUp({ ...terms, config, forMs, dryRun }, context);
}
