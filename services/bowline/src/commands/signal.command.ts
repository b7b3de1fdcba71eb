import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { addDeskOptions, type DeskOptions } from './desk-options.js';

export interface SignalSendOptions extends DeskOptions {
  readonly strategy: string;
  readonly symbol: string;
  readonly signal: string;
  readonly id?: string;
  readonly time?: string;
  readonly price?: string;
  readonly takeProfit?: string;
  readonly stopLoss?: string;
  readonly volatility?: string;
  readonly quantity?: string;
  readonly expiresAt?: string;
  readonly expiresInMs?: string;
  readonly secret?: string;
  readonly source?: string;
}

/** `signal send`; the desk checks what it is sent, as it does for any sender. */
export function signalCommand(parent: Command, context: CommandContext): Command {
  const signal = parent
    .command('signal')
    .summary('send a running desk a signal')
    .description('What a strategy tells a running desk.')
    .addHelpText('after', HELP);
  addDeskOptions(
    signal
      .command('send')
      .summary('send a signal')
      .description(
        'Sends a running desk a signal, as a strategy would, and prints to which clients it went. What is wrong with it is said by the desk.',
      )
      .requiredOption('--strategy <id>', 'whose signal it is')
      .requiredOption('--symbol <symbol>', 'what it is about')
      .requiredOption(
        '--signal <signal>',
        '1, long or buy: be long; -1, short or sell: be short; 0, flat or close: be flat',
      )
      .option('--id <id>', 'names it: sent again under the same id, it acts once (default: derived)')
      .option('--time <time>', "the strategy's own time: 2025-01-06T12:00:00Z, or ms (default: the desk's)")
      .option('--price <price>', 'limit price; of a market order, what slippage is measured against')
      .option('--take-profit <price>', "replaces the strategy's take-profit")
      .option('--stop-loss <price>', "replaces the strategy's stop-loss")
      .option('--volatility <number>', 'replaces the computed volatility, per bar')
      .option('--quantity <quantity>', 'replaces the computed quantity, base units')
      .option('--expires-at <time>', 'after this it does not enter any more')
      .option('--expires-in-ms <ms>', 'the same, as milliseconds after its time')
      .option(
        '--secret <reference>',
        'signs it, as a desk with ingest.sources wants it: env:NAME or file:PATH, never the secret itself',
      )
      .option('--source <name>', 'which of its sources sends it; the secret tells as well'),
  )
    .addHelpText('after', SEND_HELP)
    .action(async (options: SignalSendOptions) => {
      const { runSignalSend } = await import('./signal.run.js');
      await runSignalSend(options, context);
    });
  return signal;
}

const HELP = `
Examples:
  bowline signal send --strategy trend-fast --symbol BTCUSDT --signal 1`;

const SEND_HELP = `
Examples:
  bowline signal send --strategy trend-fast --symbol BTCUSDT --signal 1
  bowline signal send --strategy trend-fast --symbol BTCUSDT --signal long --take-profit 64000 --stop-loss 61000
  bowline signal send --strategy trend-fast --symbol BTCUSDT --signal flat
  bowline signal send --strategy trend-fast --symbol BTCUSDT --signal 1 --secret env:TREND_SECRET --source research`;
