import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { pathText } from '../cli/values.js';

export interface StartOptions {
  readonly dir: string;
}

export function startCommand(parent: Command, context: CommandContext): Command {
  return parent
    .command('start')
    .summary('make a sample desk and run it')
    .description(
      'Makes a sample desk, unless it is there already: three clients, two exchanges, three symbols, five strategies, made-up candles. Runs it over its history and shows the report.',
    )
    .option('--dir <dir>', 'where desk and report go', pathText, 'bowline-data')
    .addHelpText('after', HELP)
    .action(async (options: StartOptions) => {
      const { runStart } = await import('./start.run.js');
      await runStart(options, context);
    });
}

const HELP = `
Examples:
  bowline start
  bowline start --dir playground`;
