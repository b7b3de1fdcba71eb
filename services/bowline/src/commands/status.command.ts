import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { addDeskOptions, addWatchOption, type DeskOptions, type WatchOptions } from './desk-options.js';

export type StatusOptions = DeskOptions & WatchOptions;

export function statusCommand(parent: Command, context: CommandContext): Command {
  const command = parent
    .command('status')
    .summary('show what a running desk is, and whether all is well')
    .description(
      'Shows a running desk: its mode and time, its channels with the sum of the shares beside what the exchange says, what is halted and by whom, and what is stuck.',
    );
  return addWatchOption(addDeskOptions(command))
    .addHelpText('after', HELP)
    .action(async (options: StatusOptions) => {
      const { runStatus } = await import('./status.run.js');
      await runStatus(options, context);
    });
}

const HELP = `
Examples:
  bowline status
  bowline status --url http://127.0.0.1:8421 --watch`;
