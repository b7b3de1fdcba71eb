import { Option, type Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { pathText } from '../cli/values.js';

export interface ReportOptions {
  readonly database: string;
  readonly url?: string;
  readonly out?: string;
  readonly from?: string;
  readonly to?: string;
  readonly client?: string;
  readonly equity: 'daily' | 'bar';
  readonly json?: boolean;
}

/** Where a desk keeps its store that was not told another place. */
const DEFAULT_DATABASE = 'bowline-data/desk.duckdb';

export function reportCommand(parent: Command, context: CommandContext): Command {
  return parent
    .command('report')
    .summary('report what a desk did')
    .description(
      'Makes a report of what a desk did, from its store: trades, orders, fills, equity, and every figure of a backtest. A desk that is running is asked for a copy of its store.',
    )
    .option('--database <file>', 'the store of a desk', pathText, DEFAULT_DATABASE)
    .addOption(
      new Option(
        '--url <url>',
        'a running desk, such as http://127.0.0.1:8420, which gives a copy of its store',
      ).conflicts('database'),
    )
    .option(
      '--out <dir>',
      'directory of the report; an earlier report in it is replaced (default: tables only, no files)',
      pathText,
    )
    .option(
      '--from <date>',
      'only what happened from then on: a day, 2024-01-31, or an instant, 2024-01-31T12:00Z; UTC',
    )
    .option('--to <date>', 'only until then: the end of a day, or an instant; UTC')
    .option('--client <id>', 'only this client')
    .addOption(
      new Option('--equity <step>', 'how densely equity.csv is sampled')
        .choices(['daily', 'bar'])
        .default('daily'),
    )
    .option('--json', 'print the summary as one JSON object on stdout, and nothing else there')
    .addHelpText('after', HELP)
    .action(async (options: ReportOptions) => {
      const { runReport } = await import('./report.run.js');
      await runReport(options, context);
    });
}

const HELP = `
Equity at the beginning of --from is what the desk had made by then; positions that are open at --to are
valued at the last candle before it.

Examples:
  bowline report
  bowline report --out my-report --from 2024-01-01 --to 2024-01-31 --client odum
  bowline report --url http://127.0.0.1:8420 --json | jq .overall.netPnl`;
