import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { addDeskOptions, addWaitOption, type DeskOptions, type ScopeOptions } from './desk-options.js';

export interface ReconcileOptions extends DeskOptions, Pick<ScopeOptions, 'client' | 'exchange' | 'symbol'> {
  readonly by?: string;
  readonly reason: string;
  /** Seconds. */
  readonly wait: number;
}

export function reconcileCommand(parent: Command, context: CommandContext): Command {
  const command = parent
    .command('reconcile')
    .summary('compare a running desk with its exchanges, now')
    .description(
      'Has a running desk ask its exchanges at once for trades and positions, which it does by itself every minute, waits until the channels have compared, and shows them. Nothing is traded: a trade that was missed is booked, one by hand becomes EXTERNAL, and what cannot be explained freezes entries.',
    )
    .option('--client <id>', 'only of this client')
    .option('--exchange <id>', 'only at this exchange')
    .option('--symbol <symbol>', 'only in this symbol')
    .requiredOption('--reason <text>', 'why; stands in the audit trail')
    .option('--by <name>', 'who says so (default: the user of the system)');
  return addDeskOptions(addWaitOption(command))
    .addHelpText('after', HELP)
    .action(async (options: ReconcileOptions) => {
      const { runReconcile } = await import('./reconcile.run.js');
      await runReconcile(options, context);
    });
}

const HELP = `
Exit code 1 where a channel has not compared in time.

Examples:
  bowline reconcile --reason 'traded by hand'
  bowline reconcile --client ikenna --symbol BTCUSDT --reason 'after maintenance'`;
