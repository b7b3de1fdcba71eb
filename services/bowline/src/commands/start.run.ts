import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROLES } from '@bowline/contracts';
import type { CommandContext } from '../cli/context.js';
import { writeWhole } from '../cli/write-file.js';
import { readConfig } from '../desk/read-config.js';
import { MOCK_CONFIG } from '../live/mock-config.js';
import { runDesk } from '../live/run-desk.js';
import { makeFolder, readRun } from '../live/state-folder.js';
import type { DeskRunOptions } from './desk-run-options.js';

export async function runStart(options: DeskRunOptions, context: CommandContext): Promise<void> {
  if (options.resume === true) await readRun(options.dir);
  const { config, path } = await readConfig(options.config ?? (await ownConfig(options.dir)));
  await runDesk({ ...options, config, configPath: path, roles: ROLES, show: true }, context);
}

/** The configuration beside the desk's data: made once, and the user's from then on. */
async function ownConfig(dir: string): Promise<string> {
  const path = join(dir, 'bowline.yaml');
  if (existsSync(path)) return path;
  await makeFolder(dir);
  await writeWhole(path, MOCK_CONFIG);
  return path;
}
