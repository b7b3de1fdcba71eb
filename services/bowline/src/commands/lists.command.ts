import { Option, type Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { wholeNumber } from '../cli/values.js';
import {
  addDeskOptions,
  addScopeOptions,
  addWatchOption,
  type DeskOptions,
  type ScopeOptions,
  type WatchOptions,
} from './desk-options.js';

export interface ListOptions extends DeskOptions, ScopeOptions, WatchOptions {
  readonly status?: string;
  readonly limit: number;
}

export type ListName = 'positions' | 'oco' | 'orders' | 'trades';

interface ListText {
  readonly summary: string;
  readonly description: string;
  /** Null: it has no states. */
  readonly statuses: { readonly names: readonly string[]; readonly default: string } | null;
  readonly limit: number;
}

const LISTS: Readonly<Record<ListName, ListText>> = {
  positions: {
    summary: "show a running desk's strategy positions",
    description:
      "Shows the strategy positions of a running desk, the newest first: what each strategy owns of the exchange's netted position, at its own entry price.",
    statuses: { names: ['opening', 'open', 'closing', 'closed', 'any'], default: 'all but closed' },
    limit: 1000,
  },
  oco: {
    summary: "show a running desk's OCO pairs",
    description:
      'Shows the OCO pairs of a running desk, the newest first: take-profit and stop-loss leg of each strategy position, and how they are.',
    statuses: {
      names: ['pending', 'arming', 'active', 'resolving', 'degraded', 'suspended', 'closed', 'any'],
      default: 'all but closed',
    },
    limit: 1000,
  },
  orders: {
    summary: "show a running desk's orders",
    description: 'Shows the orders of a running desk, the newest first.',
    statuses: {
      names: [
        'pending_new',
        'new',
        'partially_filled',
        'pending_cancel',
        'pending_replace',
        'unknown',
        'filled',
        'canceled',
        'rejected',
        'expired',
        'any',
      ],
      default: 'any',
    },
    limit: 50,
  },
  trades: {
    summary: 'show what a running desk has closed',
    description:
      'Shows the strategy positions of a running desk that are over, the newest first, with their result.',
    statuses: null,
    limit: 50,
  },
};

const MOST = 100_000;

function listCommand(name: ListName): (parent: Command, context: CommandContext) => Command {
  const { description, limit, statuses, summary } = LISTS[name];
  return (parent, context) => {
    const command = addScopeOptions(parent.command(name).summary(summary).description(description));
    if (statuses !== null) {
      command.addOption(
        new Option('--status <status>', `only those in this state (default: ${statuses.default})`).choices(
          statuses.names,
        ),
      );
    }
    command.option('--limit <n>', 'as many at most', wholeNumber(1, MOST), limit);
    return addWatchOption(addDeskOptions(command))
      .addHelpText('after', helpOf(name))
      .action(async (options: ListOptions) => {
        const { runList } = await import('./lists.run.js');
        await runList(name, options, context);
      });
  };
}

function helpOf(name: ListName): string {
  return `
Examples:
  bowline ${name}
  bowline ${name} --client ikenna --symbol BTCUSDT --watch
  bowline ${name} --strategy trend-fast --json`;
}

export const positionsCommand = listCommand('positions');
export const ocoCommand = listCommand('oco');
export const ordersCommand = listCommand('orders');
export const tradesCommand = listCommand('trades');
