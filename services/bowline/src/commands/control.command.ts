import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { addDeskOptions, addScopeOptions, type DeskOptions, type ScopeOptions } from './desk-options.js';

export interface ControlOptions extends DeskOptions, ScopeOptions {
  readonly all?: boolean;
  readonly by?: string;
  readonly reason: string;
}

export interface HaltOptions extends ControlOptions {
  readonly reducing?: boolean;
}

export interface CloseOptions extends ControlOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export function haltCommand(parent: Command, context: CommandContext): Command {
  const command = parent
    .command('halt')
    .summary('let a running desk open nothing more')
    .description(
      'Halts what is named of a running desk: nothing is opened there any more, and entries that rest are canceled. Take-profit and stop-loss legs stay, and closing is always allowed. A halt survives a restart; resume lifts it.',
    );
  return addControlOptions(command)
    .requiredOption('--reason <text>', 'why; stands in the audit trail')
    .option('--reducing', 'state REDUCING in place of HALTED: closes only')
    .addHelpText('after', HALT_HELP)
    .action(async (options: HaltOptions) => {
      const { runTradingState } = await import('./control.run.js');
      await runTradingState(options.reducing === true ? 'REDUCING' : 'HALTED', options, context);
    });
}

export function resumeCommand(parent: Command, context: CommandContext): Command {
  const command = parent
    .command('resume')
    .summary('lift a halt of a running desk')
    .description(
      'Lifts what was halted of a running desk. A halt of more than is named stays: a halted client is resumed as a client, not symbol by symbol.',
    );
  return addControlOptions(command)
    .requiredOption('--reason <text>', 'why; stands in the audit trail')
    .addHelpText('after', RESUME_HELP)
    .action(async (options: ControlOptions) => {
      const { runTradingState } = await import('./control.run.js');
      await runTradingState('ACTIVE', options, context);
    });
}

export function closeCommand(parent: Command, context: CommandContext): Command {
  const command = parent
    .command('close')
    .summary('close strategy positions of a running desk')
    .description(
      'Closes what is named of a running desk at the market: cancels the entries that rest and the legs, and closes every strategy position. Shows what that is, and does it only with --yes.',
    );
  return addControlOptions(command)
    .option('--reason <text>', 'why; stands in the audit trail', 'closed from the command line')
    .option('--yes', 'do it')
    .option('--dry-run', 'only show it')
    .addHelpText('after', CLOSE_HELP)
    .action(async (options: CloseOptions) => {
      const { runClose } = await import('./close.run.js');
      await runClose(options, context);
    });
}

function addControlOptions(command: Command): Command {
  return addDeskOptions(addScopeOptions(command))
    .option('--all', 'everything of every client')
    .option('--by <name>', 'who says so (default: the user of the system)');
}

const HALT_HELP = `
Examples:
  bowline halt --client ikenna --symbol BTCUSDT --reason 'prices look wrong'
  bowline halt --strategy trend-fast --reason 'lost its feed'
  bowline halt --all --reason 'exchange maintenance'`;

const RESUME_HELP = `
Examples:
  bowline resume --client ikenna --symbol BTCUSDT --reason 'prices are fine again'
  bowline resume --all --reason 'maintenance is over'`;

const CLOSE_HELP = `
Exit code 2 where neither --yes nor --dry-run was given, and there is something to close.

Examples:
  bowline close --client ikenna --strategy trend-fast
  bowline close --client ikenna --strategy trend-fast --yes --reason 'strategy is retired'
  bowline close --all --dry-run`;
