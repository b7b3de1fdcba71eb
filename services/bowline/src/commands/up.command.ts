import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { duration } from '../cli/durations.js';
import { pathText, seedNumber, wholeNumber } from '../cli/values.js';
import type { Environment } from '../desk/read-config.js';
import { DEFAULT_HOST, DEFAULT_PORT, UP_DIR } from '../http/address.js';
import { environmentOption } from './environment-option.js';

export interface UpOptions {
  readonly config?: string;
  readonly env: Environment;
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly speed: number;
  readonly hold?: boolean;
  /** Milliseconds. */
  readonly for?: number;
  readonly dryRun?: boolean;
}

const HIGHEST_SPEED = 3_600;

export function upCommand(parent: Command, context: CommandContext): Command {
  return parent
    .command('up')
    .summary('run a desk as one process per role and shard')
    .description(
      'Starts every role of a desk as processes of their own: signal-ingest, an order-generator per client, an oco-manager per channel, an execution-gateway per account, analytics; with an exchange simulator, and a redis-server of its own between them. Who ends is started again. REDIS_URL and BOWLINE_EXCHANGE_URL name servers that run already.',
    )
    .option('--config <file>', 'the configuration (default: that of start, written into --dir)', pathText)
    .addOption(environmentOption().default('local-integration'))
    .option('--dir <dir>', 'where the processes keep what they know', pathText, UP_DIR)
    .option('--host <address>', 'where they listen', DEFAULT_HOST)
    .option(
      '--port <number>',
      'for lists and commands; signals have the next one, and every other process one of those after; 0 is any that are free',
      wholeNumber(0, 65_000),
      DEFAULT_PORT,
    )
    .option('--seed <number>', 'of the markets', seedNumber, 7)
    .option('--speed <factor>', 'seconds of the market to one of the clock', wholeNumber(1, HIGHEST_SPEED), 1)
    .option('--hold', 'prices stand still until POST /market of the exchange simulator moves them')
    .option('--for <time>', 'end after so long: 20s, 5m', duration)
    .option('--dry-run', 'only say what would be started')
    .addHelpText('after', HELP)
    .action(async (options: UpOptions) => {
      const { runUpCommand } = await import('./up.run.js');
      await runUpCommand(options, context);
    });
}

const HELP = `
Examples:
  bowline up
  bowline up --config bowline.yaml --speed 60 --for 5m
  bowline up --config bowline.yaml --dry-run
  REDIS_URL=redis://10.0.0.5:6379 bowline up --config bowline.yaml`;
