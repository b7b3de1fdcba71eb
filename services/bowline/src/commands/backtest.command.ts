import { Option, type Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { pathText } from '../cli/values.js';
import { addFigureOptions, addInputOptions, type HistoricalOptions } from './historical-options.js';

export interface BacktestOptions extends HistoricalOptions {
  readonly equity: 'daily' | 'bar';
}

/** Where reports go that are not sent anywhere else. */
export const DEFAULT_OUT = 'bowline-out';

export function backtestCommand(parent: Command, context: CommandContext): Command {
  const command = parent
    .command('backtest')
    .summary('run a desk over historical candles')
    .description(
      'Runs a desk over historical candles: signals become orders, orders become fills, every strategy keeps its own position and its own take-profit and stop-loss pair inside the netted position of the exchange. Writes a report and prints it as tables.',
    );
  addInputOptions(command)
    .option(
      '--out <dir>',
      `directory of the report; an earlier report in it is replaced (default: ${DEFAULT_OUT}, none with --json)`,
      pathText,
    )
    .option('--json', 'print the summary as one JSON object on stdout, and nothing else there')
    .addOption(
      new Option('--equity <step>', 'how densely equity.csv is sampled')
        .choices(['daily', 'bar'])
        .default('daily'),
    );
  return addFigureOptions(command)
    .addHelpText('after', HELP)
    .action(async (options: BacktestOptions) => {
      const { runBacktest } = await import('./backtest.run.js');
      await runBacktest(options, context);
    });
}

const HELP = `
Files of the report: report.html (open it in a browser), trades.csv, orders.csv, fills.csv, denials.csv,
equity.csv, summary.json, and bowline.duckdb with the same tables.

Examples:
  bowline backtest --config bowline.yaml --bars BTCUSDT=btc.csv.gz --signals signals.csv
  bowline backtest --config bowline.yaml --bars BTCUSDT=btc.parquet --bars ETHUSDT=eth.parquet \\
    --strategy sma-cross:10,50 --strategy slow=sma-cross:50,200 --out report
  bowline backtest --config bowline.yaml --bars BTCUSDT=btc.csv --bars okx:BTCUSDT=btc-okx.csv \\
    --funding BTCUSDT=funding.csv --signals signals.csv --json | jq .overall.netPnl`;
