import type { CommandContext } from '../cli/context.js';
import { UsageError } from '../cli/exit.js';
import { readConfig } from '../desk/read-config.js';
import { DEFAULT_OUT } from './backtest.command.js';
import { sourcesOf } from './historical-sources.js';
import type { SimulateOptions } from './simulate.command.js';

export async function runSimulate(options: SimulateOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const json = options.json === true;
  const outDir = options.out ?? (json ? null : DEFAULT_OUT);
  const { bars = [], ticks = [] } = options;
  if (bars.length + ticks.length === 0)
    throw new UsageError('there is no market: give --bars SYMBOL=FILE, or --ticks SYMBOL=FILE');
  const sources = { ...sourcesOf({ ...options, bars }), ticks };
  const { config } = await readConfig(options.config);
  const { mock } = config.live;
  // Loaded only for a configuration that can be used: what is wrong with one is said at once.
  const [{ simulate }, { createLogger }] = await Promise.all([
    import('../simulation/simulation.js'),
    import('@bowline/telemetry'),
  ]);
  const { port } = options;
  const summary = await simulate(
    {
      config,
      sources,
      outDir,
      exchange: {
        seed: options.seed ?? config.execution.seed,
        latencyMs: options.latencyMs ?? mock.latencyMs,
        latencySpreadMs: options.latencySpreadMs,
        fillRatio: options.fillRatio ?? mock.fillRatio,
        rejectProbability: options.rejectProbability,
        duplicateProbability: options.duplicateProbability,
      },
      speed: options.speed === 'max' ? null : options.speed,
      http: port === undefined ? null : { port },
      equity: options.equity,
      convention: options.convention,
      daysPerYear: options.daysPerYear === '252' ? 252 : 365,
      logger: createLogger({ level: 'error', role: 'desk' }),
    },
    context,
  );
  if (json) terminal.out(`${JSON.stringify(summary, null, 2)}\n`);
  else {
    const { renderTables } = await import('@bowline/report');
    const where = outDir === null ? {} : { outDir };
    // Warnings have been said already.
    terminal.out(renderTables({ ...summary, warnings: [] }, { color: terminal.color, ...where }));
  }
  const { refuseBrokenBooks } = await import('../backtest/backtest.js');
  refuseBrokenBooks(summary.invariants);
}
