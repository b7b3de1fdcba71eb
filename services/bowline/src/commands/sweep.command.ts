import { Option, type Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { collected, pathText, wholeNumber } from '../cli/values.js';
import { addFigureOptions, addInputOptions, type HistoricalOptions } from './historical-options.js';

export interface SweepOptions extends HistoricalOptions {
  readonly param: readonly string[];
  readonly sort: string;
  readonly top: number;
}

/** Where the table of a sweep goes that is not sent anywhere else. */
export const DEFAULT_SWEEP_OUT = 'bowline-sweep';

const MOST_ROWS = 1_000_000;

export function sweepCommand(parent: Command, context: CommandContext): Command {
  const command = parent
    .command('sweep')
    .summary('run a desk with every combination of some parameters')
    .description(
      'Runs a backtest for every combination of the values given, spread over the cores, and ranks them.',
    );
  addInputOptions(command)
    .addOption(
      new Option('--param <path=values>', 'values to try, separated by commas; repeatable')
        .argParser(collected)
        .makeOptionMandatory(),
    )
    .option('--sort <figure>', 'the figure to rank by, a column of sweep.csv', 'netPnl')
    .option('--top <n>', 'rows of the table', wholeNumber(1, MOST_ROWS), 20)
    .option(
      '--out <dir>',
      `directory of sweep.csv (default: ${DEFAULT_SWEEP_OUT}, none with --json)`,
      pathText,
    )
    .option('--json', 'print the runs as one JSON object on stdout, and nothing else there');
  return addFigureOptions(command)
    .addHelpText('after', HELP)
    .action(async (options: SweepOptions) => {
      const { runSweep } = await import('./sweep.run.js');
      await runSweep(options, context);
    });
}

const HELP = `
Paths of --param:
  riskParams.NAME, orderParams.NAME         the same for every client (a strategy's own override wins)
  clients.ID.riskParams.NAME                one client; * for ID means each
  clients.ID.strategies.ID.riskParams.NAME  one strategy of one client
  execution.NAME, instruments.SYMBOL.NAME   as in the configuration
  strategy.NAME                             arguments of a built-in strategy, with colons: 10:50,20:100

sweep.csv has one row for each combination, in the order of the grid: the last parameter changes fastest.

Examples:
  bowline sweep --config bowline.yaml --bars BTCUSDT=btc.csv --signals signals.csv \\
    --param riskParams.takeProfitSd=1,2,3 --param riskParams.stopLossSd=1,2
  bowline sweep --config bowline.yaml --bars BTCUSDT=btc.csv \\
    --param strategy.sma-cross=10:50,20:100 --param execution.slippageBps=0,5 --sort sharpe`;
