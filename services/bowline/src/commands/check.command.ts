import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { pathText } from '../cli/values.js';

export interface CheckOptions {
  readonly config: string;
}

export function checkCommand(parent: Command, context: CommandContext): Command {
  return parent
    .command('check')
    .summary('check a configuration')
    .description(
      'Checks a configuration and says what it amounts to: clients, accounts and strategies, what a backtest ignores in it, and whether its environment can be run.',
    )
    .requiredOption('--config <file>', 'the configuration', pathText)
    .addHelpText('after', HELP)
    .action(async (options: CheckOptions) => {
      const { runCheck } = await import('./check.run.js');
      await runCheck(options, context);
    });
}

const HELP = `
Every problem is printed as FILE:LINE:COLUMN: path: what is wrong. Exit code 1 if there is one, else 0.

Examples:
  bowline check --config bowline.yaml`;
