import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { pathText } from '../cli/values.js';

export interface InitOptions {
  readonly out: string;
  readonly force?: boolean;
}

export function initCommand(parent: Command, context: CommandContext): Command {
  return parent
    .command('init')
    .summary('write a commented configuration')
    .description('Writes a configuration with every option there is, each explained. It runs as it stands.')
    .option('--out <file>', 'where to', pathText, 'bowline.yaml')
    .option('--force', 'replace a file that is there')
    .addHelpText('after', HELP)
    .action(async (options: InitOptions) => {
      const { runInit } = await import('./init.run.js');
      await runInit(options, context);
    });
}

const HELP = `
Examples:
  bowline init
  bowline init --out desks/paper.yaml
  bowline check --config bowline.yaml`;
