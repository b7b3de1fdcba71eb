import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { pathText } from '../cli/values.js';
import type { Environment } from '../desk/read-config.js';
import { environmentOption } from './environment-option.js';

export interface BusInitOptions {
  readonly config: string;
  readonly env?: Environment;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `bus init`: what a bus has to have before the first message. */
export function busCommand(parent: Command, context: CommandContext): Command {
  const bus = parent
    .command('bus')
    .summary('make the topics and subscriptions of a desk')
    .description('What the bus between the processes of a desk needs.')
    .addHelpText('after', HELP);
  bus
    .command('init')
    .summary('make the topics and subscriptions that are missing')
    .description(
      'Makes the topics and subscriptions in Google Pub/Sub that the processes of a desk write and read, and leaves alone what is there: a desk itself never makes any. PUBSUB_EMULATOR_HOST names an emulator. Redis needs nothing of the kind.',
    )
    .requiredOption('--config <file>', 'the configuration', pathText)
    .addOption(environmentOption())
    .option('--dry-run', 'only say what would be made')
    .option('--json', 'print it as JSON on stdout, and nothing else there')
    .addHelpText('after', HELP)
    .action(async (options: BusInitOptions) => {
      const { runBusInit } = await import('./bus.run.js');
      await runBusInit(options, context);
    });
  return bus;
}

const HELP = `
Examples:
  bowline bus init --config bowline.yaml --dry-run
  bowline bus init --config bowline.yaml --env cloud-dev`;
