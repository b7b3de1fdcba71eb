import { parseStrategy, type StrategySpec } from '@bowline/engine';
import { UsageError } from '../cli/exit.js';
import type { DeskSources } from '../desk/read-desk.js';
import type { HistoricalOptions } from './historical-options.js';

/** Where the input comes from, by the options. Throws a UsageError with what the command line lacks. */
export function sourcesOf(options: HistoricalOptions): DeskSources {
  const { bars, funding = [], repair = false } = options;
  return { bars, funding, repair, signals: signalSource(options) };
}

function signalSource({ signals, strategy = [] }: HistoricalOptions): DeskSources['signals'] {
  if (signals !== undefined) return { file: signals };
  if (strategy.length === 0) {
    throw new UsageError('there are no signals: give --signals FILE, or try --strategy sma-cross:10,50');
  }
  return { strategies: strategySpecs(strategy) };
}

/** The built-in strategies that were asked for. Throws a UsageError for one that does not exist, or twice the same id. */
export function strategySpecs(texts: readonly string[]): StrategySpec[] {
  const problems: string[] = [];
  const specs: StrategySpec[] = [];
  for (const text of texts) {
    const parsed = parseStrategy(text);
    if ('problem' in parsed) problems.push(`--strategy ${text}: ${parsed.problem}`);
    else if (specs.some(({ strategyId }) => strategyId === parsed.spec.strategyId)) {
      problems.push(
        `--strategy ${text}: ${parsed.spec.strategyId} is there already; name it with ID=${text.slice(text.indexOf('=') + 1).trim()}`,
      );
    } else specs.push(parsed.spec);
  }
  if (problems.length > 0) throw new UsageError(problems.join('\nerror: '));
  return specs;
}
