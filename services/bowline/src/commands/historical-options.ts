import { Option, type Command } from 'commander';
import { barsFiles, collected, fundingFiles, pathText, wholeNumber, type SymbolFile } from '../cli/values.js';

/** What `backtest` and `sweep` have in common. */
export interface HistoricalOptions {
  readonly config: string;
  readonly bars: readonly SymbolFile[];
  readonly signals?: string;
  readonly strategy?: readonly string[];
  readonly funding?: readonly SymbolFile[];
  readonly repair?: boolean;
  readonly workers?: number;
  readonly convention: 'bowline' | 'nautilus' | 'lean' | 'freqtrade';
  readonly daysPerYear: '365' | '252';
  readonly out?: string;
  readonly json?: boolean;
}

/** More threads than this help nobody. */
const MOST_WORKERS = 256;

export function addInputOptions(command: Command): Command {
  return addSignalOptions(addConfigOption(command).addOption(barsOption().makeOptionMandatory())).addOption(
    repairOption(),
  );
}

export function addConfigOption(command: Command): Command {
  return command.requiredOption(
    '--config <file>',
    'the desk: clients, accounts, risk and orders (YAML)',
    pathText,
  );
}

export function barsOption(): Option {
  return new Option(
    '--bars <symbol=file>',
    "candles of a symbol at every exchange, or EXCHANGE:SYMBOL=FILE at one; repeatable. CSV with a header, the exchange's kline CSV, JSON arrays, or Parquet; also .gz and .zip",
  ).argParser(barsFiles);
}

export function repairOption(): Option {
  return new Option(
    '--repair',
    'put in order what is wrong in bars, and say what was done: sort, drop unusable and duplicate rows, widen high and low; never invents a bar',
  );
}

export function addSignalOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--signals <file>', 'signals: CSV or Parquet with time, strategyId, symbol, signal')
        .argParser(pathText)
        .conflicts('strategy'),
    )
    .option(
      '--strategy <name:args>',
      'a built-in strategy in place of a file, on every symbol: sma-cross:FAST,SLOW, donchian:N, random:SEED; ID=NAME:ARGS names it; repeatable',
      collected,
    )
    .option(
      '--funding <symbol=file>',
      'funding rates of a symbol: CSV or Parquet with time, rate; repeatable',
      fundingFiles,
    );
}

export function addFigureOptions(command: Command): Command {
  return addConventionOptions(command).option(
    '--workers <n>',
    'threads; the result is the same on any number (default: as many as the work is worth)',
    wholeNumber(1, MOST_WORKERS),
  );
}

/** Whose figures a report shows. */
export function addConventionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--convention <name>', 'whose formulas the figures follow')
        .choices(['bowline', 'nautilus', 'lean', 'freqtrade'])
        .default('bowline'),
    )
    .addOption(
      new Option(
        '--days-per-year <days>',
        '365 where markets never close, 252 where they keep the working week',
      )
        .choices(['365', '252'])
        .default('365'),
    );
}
