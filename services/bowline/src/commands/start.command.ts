import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { pathText } from '../cli/values.js';
import { addDeskRunOptions, type DeskRunOptions } from './desk-run-options.js';

export function startCommand(parent: Command, context: CommandContext): Command {
  const command = parent
    .command('start')
    .summary('run a desk that trades before your eyes')
    .description(
      'Runs a whole desk in this process, against exchanges, markets and strategies that are made up: three clients, two exchanges, three symbols. Time is virtual, a minute to a second. Every few seconds it shows where everybody stands.',
    )
    .option(
      '--config <file>',
      'a configuration of your own (default: bowline.yaml in --dir, made where it is missing)',
      pathText,
    );
  return addDeskRunOptions(command)
    .addHelpText('after', HELP)
    .action(async (options: DeskRunOptions) => {
      const { runStart } = await import('./start.run.js');
      await runStart(options, context);
    });
}

const HELP = `
Examples:
  bowline start
  bowline start --for 20s
  bowline start --seed 42 --speed max --for 10m
  bowline start --resume

While it runs, in another terminal:
  bowline status
  bowline signal send --strategy trend-fast --symbol BTCUSDT --signal 1
  bowline halt --client ikenna --reason "lunch"`;
