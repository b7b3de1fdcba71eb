import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { amount, oneOf } from '../cli/values.js';
import { addDeskOptions, addWaitOption, type DeskOptions } from './desk-options.js';

export interface AdoptOptions extends DeskOptions {
  readonly client: string;
  readonly exchange: string;
  readonly symbol: string;
  readonly strategy: string;
  readonly side: 'LONG' | 'SHORT';
  /** Decimal texts, as they were typed. */
  readonly quantity: string;
  readonly price: string;
  readonly takeProfit?: string;
  readonly stopLoss?: string;
  readonly by: string;
  readonly reason: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** Seconds. */
  readonly wait: number;
}

export function adoptCommand(parent: Command, context: CommandContext): Command {
  const command = parent
    .command('adopt')
    .summary('give a strategy what was traded by hand')
    .description(
      'Gives a strategy what is EXTERNAL in a channel of a running desk: traded by hand, or unexplained. From then on it is a strategy position like any other, with its take profit and stop loss, and its result counts from --price. Shows what is known and what it would do, and does it only with --yes. Nothing is traded but the legs are placed, also while the channel is halted.',
    )
    .requiredOption('--client <id>', 'whose account')
    .requiredOption('--exchange <id>', 'where')
    .requiredOption('--symbol <symbol>', 'what')
    .requiredOption('--strategy <id>', 'the strategy that gets it')
    .requiredOption('--side <side>', 'LONG or SHORT', oneOf('LONG', 'SHORT'))
    .requiredOption('--quantity <quantity>', 'how much of it, base units: a whole number of lots', amount)
    .requiredOption(
      '--price <price>',
      'its entry price, for which you vouch: a whole number of ticks',
      amount,
    )
    .option('--take-profit <price>', 'absolute price of its take profit (default: none)', amount)
    .option('--stop-loss <price>', 'absolute price of its stop loss (default: none)', amount)
    .requiredOption('--by <name>', 'who says so; stands in the audit trail')
    .requiredOption('--reason <text>', 'why, with the evidence; stands in the audit trail')
    .option('--yes', 'do it')
    .option('--dry-run', 'only show it');
  return addDeskOptions(addWaitOption(command))
    .addHelpText('after', HELP)
    .action(async (options: AdoptOptions) => {
      const { runAdopt } = await import('./adopt.run.js');
      await runAdopt(options, context);
    });
}

const HELP = `
A strategy that has a position on that side gets more of it, at the average of both, under the legs that it has unless
others are given. Refused is what EXTERNAL does not hold, an owner with a position on the other side, and everything while
the shares do not add up to what the exchange says: see bowline reconcile.

docs/runbooks/external-positions.md walks through it.

Exit code 2 where neither --yes nor --dry-run was given, 1 where the channel refuses.

Examples:
  bowline adopt --client ikenna --exchange okx --symbol BTCUSDT --strategy trend-fast --side LONG --quantity 0.003 \\
    --price 45000 --take-profit 48000 --stop-loss 43000 --by odi --reason 'bought on my phone, trade 4711'`;
