import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { pathText, wholeNumber } from '../cli/values.js';

export interface SampleOptions {
  readonly out: string;
  readonly seed: number;
  readonly bars: number;
  readonly force?: boolean;
}

/** Fewer would hardly show a signal; more would take hundreds of megabytes. */
const LEAST_BARS = 100;
const MOST_BARS = 2_000_000;
/** Thirty days of minutes. */
const DEFAULT_BARS = 43_200;

export function sampleCommand(parent: Command, context: CommandContext): Command {
  return parent
    .command('sample')
    .summary('write a desk with made-up candles and signals')
    .description(
      'Writes a desk to try things on: a configuration, one-minute candles of three symbols with calm, busy and falling times, and the signals of five strategies. The candles are made up; the same seed makes the same ones.',
    )
    .option('--out <dir>', 'where to', pathText, 'bowline-sample')
    .option('--seed <n>', 'which market to make up', wholeNumber(0, Number.MAX_SAFE_INTEGER), 7)
    .option('--bars <n>', 'candles of each symbol', wholeNumber(LEAST_BARS, MOST_BARS), DEFAULT_BARS)
    .option('--force', 'replace a sample that is there')
    .addHelpText('after', HELP)
    .action(async (options: SampleOptions) => {
      const { runSample } = await import('./sample.run.js');
      await runSample(options, context);
    });
}

const HELP = `
Examples:
  bowline sample
  bowline sample --out desk --seed 7 --bars 100000`;
