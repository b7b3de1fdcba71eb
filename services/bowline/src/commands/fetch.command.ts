import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { pathText } from '../cli/values.js';

export interface FetchOptions {
  readonly from: string;
  readonly to?: string;
  readonly out: string;
  readonly baseUrl?: string;
}

export function fetchCommand(parent: Command, context: CommandContext): Command {
  return parent
    .command('fetch')
    .summary("download an exchange's public history of candles")
    .description(
      "Downloads candles of an exchange's public history into one CSV that backtest reads. Every archive is proven by its checksum; after a failure or Ctrl-C the same command goes on where it stopped.",
    )
    .argument('<source>', 'whose history: binance-usdm')
    .argument('<symbol>', 'as the exchange spells it: BTCUSDT')
    .argument('<interval>', 'as the exchange spells it: 1m, 5m, 1h, 1d ...')
    .requiredOption('--from <date>', 'first day, 2024-01-31, or first instant, 2024-01-31T12:00Z; UTC')
    .option('--to <date>', 'last day, or the instant before which it ends (default: what there is)')
    .option('--out <dir>', 'directory of the CSV, and of the archives', pathText, 'bowline-data/history')
    .option('--base-url <url>', 'a mirror of the history in place of the exchange itself')
    .addHelpText('after', HELP)
    .action(async (source: string, symbol: string, interval: string, options: FetchOptions) => {
      const { runFetch } = await import('./fetch.run.js');
      await runFetch({ source, symbol, interval }, options, context);
    });
}

const HELP = `
Examples:
  bowline fetch binance-usdm BTCUSDT 1m --from 2024-01-01 --to 2024-01-31
  bowline fetch binance-usdm ETHUSDT 1h --from 2023-01-01 --out history`;
