import { userInfo } from 'node:os';
import { controlAcceptedSchema, type ControlAccepted } from '@bowline/contracts';
import type { CommandContext } from '../cli/context.js';
import { UsageError } from '../cli/exit.js';
import type { Terminal } from '../cli/terminal.js';
import { DeskClient } from '../desk-client/desk-client.js';
import type { ControlOptions } from './control.command.js';

export async function runTradingState(
  state: 'ACTIVE' | 'REDUCING' | 'HALTED',
  options: ControlOptions,
  { signal, terminal }: CommandContext,
): Promise<void> {
  requireSelector(options);
  const desk = await DeskClient.at(options.url, signal);
  const answer = await sendControl(desk, { type: 'trading_state', state }, options);
  printControl(answer, state, options, terminal);
}

/** A command that names nothing would be about everything. */
export function requireSelector(options: ControlOptions): void {
  const { all, client, exchange, strategy, symbol } = options;
  const named = [client, exchange, symbol, strategy].some((value) => value !== undefined);
  if (named && all === true)
    throw new UsageError('--all is everything; give it without --client and the like');
  if (!named && all !== true) {
    throw new UsageError('say what: --client, --exchange, --symbol, --strategy, or --all for everything');
  }
}

export async function sendControl(
  desk: DeskClient,
  command: SentCommand,
  { by, client, exchange, reason, strategy, symbol }: Omit<ControlOptions, 'all'>,
): Promise<ControlAccepted> {
  const body = {
    ...command,
    ...(client === undefined ? { all: true } : { client }),
    scope: { exchange, symbol, strategy },
    by: by ?? userName(),
    reason,
  };
  return desk.post('/v1/control', body, controlAcceptedSchema);
}

type SentCommand =
  | { readonly type: 'trading_state'; readonly state: string }
  | { readonly type: 'close' | 'reconcile' }
  | {
      readonly type: 'adopt';
      readonly side: string;
      readonly quantity: string;
      readonly price: string;
      readonly takeProfit: string | undefined;
      readonly stopLoss: string | undefined;
    };

/** What the desk answered: a line for each client. */
export function printControl(
  answer: ControlAccepted,
  what: string,
  { json }: ControlOptions,
  terminal: Terminal,
): void {
  if (json === true) {
    terminal.out(`${JSON.stringify(answer)}\n`);
    return;
  }
  const { strategyId } = answer.scope;
  const whose = strategyId === null ? '' : ` of ${strategyId}`;
  for (const { channels, client } of answer.addressed) {
    terminal.out(`${what} ${client}${whose}: ${channels.join(' ')}\n`);
  }
}

/** Containers may run under a user that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
