import { stat } from 'node:fs/promises';
import { configTemplate, InputError } from '@bowline/contracts';
import { commandText } from '../cli/command-text.js';
import type { CommandContext } from '../cli/context.js';
import { writeWhole } from '../cli/write-file.js';
import type { InitOptions } from './init.command.js';

export async function runInit({ force, out }: InitOptions, { terminal }: CommandContext): Promise<void> {
  const found = await stat(out).catch(() => null);
  if (found?.isDirectory()) throw new InputError([`--out ${out}: is a directory; name a file`]);
  if (found && force !== true) {
    throw new InputError([`--out ${out}: is there already; name another file, or replace it with --force`]);
  }
  await writeWhole(out, configTemplate());
  terminal.out(`wrote ${out}\n`);
  terminal.note(`next: ${commandText(['check', '--config', out])}`);
}
