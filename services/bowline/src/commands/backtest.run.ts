import type { CommandContext } from '../cli/context.js';
import { readConfig } from '../desk/read-config.js';
import { refuseSmartRouting } from '../desk/refuse-books.js';
import { DEFAULT_OUT, type BacktestOptions } from './backtest.command.js';
import { sourcesOf } from './historical-sources.js';

export async function runBacktest(options: BacktestOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const json = options.json === true;
  const outDir = options.out ?? (json ? null : DEFAULT_OUT);
  const sources = sourcesOf(options);
  const { config, path } = await readConfig(options.config);
  refuseSmartRouting(config, path);
  // Loaded only for a configuration that can be used: what is wrong with one is said at once.
  const { backtest, refuseBrokenBooks } = await import('../backtest/backtest.js');
  const request = {
    config,
    sources,
    outDir,
    workers: options.workers ?? null,
    equity: options.equity,
    convention: options.convention,
    daysPerYear: options.daysPerYear === '252' ? 252 : 365,
  } as const;
  const summary = await backtest(request, context);
  if (json) terminal.out(`${JSON.stringify(summary, null, 2)}\n`);
  else {
    const { renderTables } = await import('@bowline/report');
    const where = outDir === null ? {} : { outDir };
    // Warnings have been said already.
    terminal.out(renderTables({ ...summary, warnings: [] }, { color: terminal.color, ...where }));
  }
  refuseBrokenBooks(summary.invariants);
}
