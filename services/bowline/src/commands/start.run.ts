import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { renderTables } from '@bowline/report';
import { backtest, refuseBrokenBooks } from '../backtest/backtest.js';
import { commandText } from '../cli/command-text.js';
import type { CommandContext } from '../cli/context.js';
import { readConfig } from '../desk/read-config.js';
import { SAMPLE_BARS } from '../sample/sample-desk.js';
import { sampleFiles, writeSample, type SampleFiles } from '../sample/write-sample.js';
import { backtestArgs } from './sample.run.js';
import type { StartOptions } from './start.command.js';

const SEED = 7;

export async function runStart({ dir }: StartOptions, context: CommandContext): Promise<void> {
  const { signal, terminal } = context;
  const deskDir = join(dir, 'sample');
  const outDir = join(dir, 'report');
  const files = sampleFiles(deskDir);
  if (isWhole(files)) terminal.note(`The sample desk is in ${deskDir} already; it runs as it is.`);
  else {
    terminal.note(`Making a sample desk in ${deskDir} ...`);
    await writeSample({ outDir: deskDir, seed: SEED, bars: SAMPLE_BARS, force: true, signal });
  }
  const { config } = await readConfig(files.config);
  const summary = await backtest(
    {
      config,
      sources: {
        bars: files.bars.map(({ path, symbol }) => ({ exchange: null, symbol, path })),
        funding: [],
        repair: false,
        signals: { file: files.signals },
      },
      outDir,
      workers: null,
      equity: 'daily',
      convention: 'bowline',
      daysPerYear: 365,
    },
    context,
  );
  terminal.out(renderTables({ ...summary, files: [], warnings: [] }, { color: terminal.color }));
  terminal.out(closing(files, outDir));
  refuseBrokenBooks(summary.invariants);
}

function isWhole({ bars, config, signals }: SampleFiles): boolean {
  return [config, signals, ...bars.map(({ path }) => path)].every((path) => existsSync(path));
}

function closing(files: SampleFiles, outDir: string): string {
  const { path, symbol } = files.bars[0];
  const one = ['--config', files.config, '--bars', `${symbol}=${path}`];
  const own = commandText(['init']);
  const history = commandText(['fetch', '--help']);
  const width = Math.max(own.length, history.length);
  const at = (name: string): string => join(outDir, name);
  return `
Where things are
  ${at('report.html')}     open it in a browser: curves, trades on the price chart
  ${at('trades.csv')}      one row a closed strategy position; beside it orders, fills, denials, equity
  ${at('summary.json')}    every figure
  ${at('bowline.duckdb')}  the same tables, for SQL
  ${files.config}     the desk: change it, and run npm start again

What to try next
  ${commandText([...backtestArgs(files), '--out', 'my-report'])}
  ${commandText(['sweep', ...one, '--signals', files.signals])} \\
    --param riskParams.takeProfitSd=8,14,20 --param riskParams.stopLossSd=6,9,12
  ${commandText(['backtest', ...one, '--strategy', 'sma-cross:60,240'])}
  ${own.padEnd(width)}    a configuration of your own, every option explained
  ${history.padEnd(width)}    the public history of an exchange
`;
}
