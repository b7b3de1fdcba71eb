import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { nameList, pathText } from '../cli/values.js';
import type { Environment } from '../desk/read-config.js';
import { environmentOption } from './environment-option.js';

export interface ExchangeCheckOptions {
  readonly config: string;
  readonly client: string;
  readonly exchange: string;
  readonly env?: Environment;
  readonly url?: string;
  readonly json?: boolean;
}

export interface ExchangeInstrumentsOptions {
  readonly config: string;
  readonly exchange: string;
  readonly env?: Environment;
  readonly symbols?: readonly string[];
  readonly json?: boolean;
}

/** `exchange check` and `exchange instruments`: what there is to know of a real exchange before a desk trades there. */
export function exchangeCommand(parent: Command, context: CommandContext): Command {
  const exchange = parent
    .command('exchange')
    .summary('look at an account of a real exchange')
    .description('What an exchange says of an account, and of what can be traded there. Nothing is changed.')
    .addHelpText('after', HELP);
  exchange
    .command('check')
    .summary('check the connection to an account')
    .description(
      'Asks the exchange for all that a desk relies on: whether it can be reached, how far the clocks are apart, what the key may do (a key that may withdraw is warned of), the position mode, request limits, filters and units, open orders and positions; and where a desk runs, whether its books say the same. Nothing is changed. Ends with exit code 1 where something keeps the desk from trading there.',
    )
    .requiredOption('--config <file>', 'the configuration', pathText)
    .requiredOption('--client <id>', 'whose account')
    .requiredOption('--exchange <id>', 'at which exchange')
    .option('--url <url>', 'a running desk whose books are compared, such as http://127.0.0.1:8420')
    .addOption(environmentOption())
    .option('--json', 'print it as JSON on stdout, and nothing else there')
    .addHelpText('after', HELP)
    .action(async (options: ExchangeCheckOptions) => {
      const { runExchangeCheck } = await import('./exchange-check.run.js');
      await runExchangeCheck(options, context);
    });
  exchange
    .command('instruments')
    .summary('write the instruments section of a configuration')
    .description(
      'Asks the exchange, without keys, in which units it trades, and writes the section `instruments` of a configuration for it.',
    )
    .requiredOption('--config <file>', 'the configuration', pathText)
    .requiredOption('--exchange <id>', 'at which exchange')
    .option('--symbols <list>', 'which symbols (default: those that its accounts list, else all)', nameList)
    .addOption(environmentOption())
    .option('--json', 'print it as JSON on stdout, and nothing else there')
    .addHelpText('after', HELP)
    .action(async (options: ExchangeInstrumentsOptions) => {
      const { runExchangeInstruments } = await import('./exchange-instruments.run.js');
      await runExchangeInstruments(options, context);
    });
  return exchange;
}

const HELP = `
Examples:
  bowline exchange check --config bowline.yaml --client ikenna --exchange binance-usdm
  bowline exchange check --config bowline.yaml --client ikenna --exchange binance-usdm --url http://127.0.0.1:8420
  bowline exchange instruments --config bowline.yaml --exchange binance-usdm --symbols BTCUSDT,ETHUSDT`;
