import { Option, type Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { speed, type Speed } from '../cli/durations.js';
import {
  barsFiles,
  pathText,
  probability,
  share,
  wholeNumber,
  type SymbolFile,
  seedNumber,
} from '../cli/values.js';
import { DEFAULT_OUT } from './backtest.command.js';
import {
  addConfigOption,
  addConventionOptions,
  addSignalOptions,
  barsOption,
  repairOption,
  type HistoricalOptions,
} from './historical-options.js';

export interface SimulateOptions extends Omit<HistoricalOptions, 'bars' | 'workers'> {
  readonly bars?: readonly SymbolFile[];
  readonly ticks?: readonly SymbolFile[];
  readonly latencyMs?: number;
  readonly latencySpreadMs: number;
  readonly fillRatio?: number;
  readonly rejectProbability: number;
  readonly duplicateProbability: number;
  readonly seed?: number;
  readonly speed: Speed;
  readonly port?: number;
  readonly equity: 'daily' | 'bar';
}

/** Nothing that is a minute late is still on its way. */
const LONGEST_MS = 60_000;

export function simulateCommand(parent: Command, context: CommandContext): Command {
  const command = parent
    .command('simulate')
    .summary('replay signals and a market through the roles of a desk')
    .description(
      'Replays recorded signals, and candles or trades, through the roles of a running desk: over its bus and journals, against an exchange with latency, partial fills and rejections. Time is virtual, so it is over as fast as the machine can; the same input and seed give the same trades. Writes a report and prints it as tables.',
    );
  addConfigOption(command)
    .addOption(barsOption().conflicts('ticks'))
    .addOption(
      new Option(
        '--ticks <symbol=file>',
        "trades of a symbol in place of candles, or EXCHANGE:SYMBOL=FILE; repeatable. CSV with time, price, quantity, the exchange's archives, a recording of its streams, or Parquet; also .gz and .zip",
      ).argParser(barsFiles),
    );
  addSignalOptions(command)
    .addOption(repairOption().conflicts('ticks'))
    .option(
      '--latency-ms <ms>',
      'how long a request travels to the exchange, and a report back (default: dependencies.exchanges.latencyMs, else 50)',
      wholeNumber(0, LONGEST_MS),
    )
    .option(
      '--latency-spread-ms <ms>',
      'standard deviation of that, drawn for each message',
      wholeNumber(0, LONGEST_MS),
      0,
    )
    .option(
      '--fill-ratio <share>',
      'share of what an order wants that the market has for it at a time (default: dependencies.exchanges.fillRatio, else 1)',
      share,
    )
    .option('--reject-probability <p>', 'share of orders that the exchange rejects', probability, 0)
    .option('--duplicate-probability <p>', 'share of reports that come twice', probability, 0)
    .option('--seed <number>', 'of everything that is drawn (default: execution.seed, else 1)', seedNumber)
    .option(
      '--speed <factor>',
      'virtual seconds that pass in a real one, or max: as fast as it can',
      speed,
      'max',
    )
    .option(
      '--port <number>',
      'answer HTTP meanwhile, as a running desk does; 0 is any that is free (default: off)',
      wholeNumber(0, 65_535),
    )
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
  return addConventionOptions(command)
    .addHelpText('after', HELP)
    .action(async (options: SimulateOptions) => {
      const { runSimulate } = await import('./simulate.run.js');
      await runSimulate(options, context);
    });
}

const HELP = `
The files of the report are those of backtest. What is simulated, and how it differs from a backtest:
docs/reference/simulation.md.

Examples:
  bowline simulate --config bowline.yaml --bars BTCUSDT=btc.csv.gz --signals signals.csv
  bowline simulate --config bowline.yaml --bars BTCUSDT=btc.csv --strategy sma-cross:20,100 \\
    --latency-ms 250 --latency-spread-ms 100 --fill-ratio 0.4 --reject-probability 0.02 --seed 7
  bowline simulate --config bowline.yaml --ticks BTCUSDT=trades.csv --signals signals.csv --speed 60 --port 8420`;
