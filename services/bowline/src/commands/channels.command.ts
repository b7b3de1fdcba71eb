import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import {
  addDeskOptions,
  addWatchOption,
  type DeskOptions,
  type ScopeOptions,
  type WatchOptions,
} from './desk-options.js';

export type ChannelsOptions = DeskOptions &
  WatchOptions &
  Pick<ScopeOptions, 'client' | 'exchange' | 'symbol'>;

export function channelsCommand(parent: Command, context: CommandContext): Command {
  const command = parent
    .command('channels')
    .summary("show a running desk's channels")
    .description(
      'Shows the channels of a running desk, one per client, exchange and symbol: whether they may trade, and the sum of the shares beside what the exchange says.',
    )
    .option('--client <id>', 'only of this client')
    .option('--exchange <id>', 'only at this exchange')
    .option('--symbol <symbol>', 'only in this symbol');
  return addWatchOption(addDeskOptions(command))
    .addHelpText('after', HELP)
    .action(async (options: ChannelsOptions) => {
      const { runChannels } = await import('./channels.run.js');
      await runChannels(options, context);
    });
}

const HELP = `
Examples:
  bowline channels
  bowline channels --client ikenna --watch`;
