import { compareCodePoints } from '@bowline/domain';
import type { SignalRow } from '@bowline/ports';
import { BUILT_IN_STRATEGIES } from './built-in.js';
import type { StrategySpec } from './parse-strategy.js';
import type { PriceSeries, Stance } from './price-series.js';

/**
 * The signals of built-in strategies on bars by symbol, in the order of (time, strategy, symbol), rows numbered from
 * 1. A strategy speaks when it changes its mind, and its time is the close of the bar that changed it: nothing is
 * known before it has happened.
 */
export function strategySignals(
  specs: readonly StrategySpec[],
  bars: ReadonlyMap<string, PriceSeries>,
): SignalRow[] {
  const signals = specs.flatMap((spec) =>
    [...bars].flatMap(([symbol, series]) => signalsOf(spec, symbol, series)),
  );
  signals.sort(
    (a, b) =>
      a.time - b.time ||
      compareCodePoints(a.strategyId, b.strategyId) ||
      compareCodePoints(a.symbol, b.symbol),
  );
  return signals.map((signal, at) => ({ ...signal, row: at + 1 }));
}

function signalsOf({ args, name, strategyId }: StrategySpec, symbol: string, bars: PriceSeries): SignalRow[] {
  const builtIn = BUILT_IN_STRATEGIES.find((candidate) => candidate.name === name);
  if (!builtIn) throw new RangeError(`there is no built-in strategy ${name}`);
  const mind = builtIn.start(bars, symbol, args);
  const signals: SignalRow[] = [];
  // Nobody needs to be told to be flat who has not begun.
  let stance: Stance = 0;
  for (let bar = 0; bar < bars.length; bar += 1) {
    const next = mind(bar);
    if (next === null || next === stance) continue;
    stance = next;
    signals.push({ time: bars.openTime[bar] + bars.intervalMs, strategyId, symbol, signal: stance, row: 0 });
  }
  return signals;
}
