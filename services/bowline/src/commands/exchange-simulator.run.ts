import type { CommandContext } from '../cli/context.js';
import { readConfig } from '../desk/read-config.js';
import { runExchangeSimulator, type PriceOptions } from '../exchange-simulator/run-exchange-simulator.js';
import type { ExchangeSimulatorCommandOptions } from './exchange-simulator.command.js';

export async function runExchangeSimulatorCommand(
  options: ExchangeSimulatorCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { config } = await readConfig(options.config, options.env);
  const { mock } = config.live;
  const { dialect = [], requestsPerMinute = null } = options;
  const { dir, fillRatio = mock.fillRatio, host, latencyMs = mock.latencyMs, port, seed } = options;
  for (const warning of config.warnings) context.terminal.warn(warning);
  await runExchangeSimulator(
    {
      ...{ config, dir, host, port, manners: { seed, latencyMs, fillRatio }, prices: pricesOf(options) },
      ...{ dialects: dialect, requestsPerMinute },
    },
    context,
  );
}

function pricesOf({ bars, hold, seed, speed, ticks }: ExchangeSimulatorCommandOptions): PriceOptions {
  if (hold === true) return { kind: 'held' };
  if (ticks !== undefined) return { kind: 'recorded', files: ticks, speed };
  return bars === undefined ? { kind: 'generated', seed, speed } : { kind: 'replayed', files: bars, speed };
}
