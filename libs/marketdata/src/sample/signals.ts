import type { BarColumns, SignalRow } from '@bowline/ports';
import { SeededRandom } from './random.js';

/** How a sample strategy thinks. Trend and reversal mostly stand on opposite sides. */
export type SampleStyle =
  /** Long above its average, short below. */
  | 'trend'
  /** Short far above its average, long far below, flat when the price is back. */
  | 'reversal'
  /** Holds a random side for a random time. */
  | 'random';

export interface SampleStrategy {
  readonly strategyId: string;
  readonly symbols: readonly string[];
  readonly style: SampleStyle;
  /** Bars that the average looks back, or that a random side is held, about. */
  readonly period: number;
}

export interface SignalOptions {
  readonly seed: number;
  readonly bars: ReadonlyMap<string, BarColumns>;
  readonly strategies: readonly SampleStrategy[];
}

type Wish = SignalRow['signal'];

/**
 * Signals of sample strategies on given bars, ordered by time and within it by strategy and symbol. A strategy
 * speaks when it changes its mind, at the moment when the bar that changed it has closed.
 */
export function generateSignals({ seed, bars, strategies }: SignalOptions): SignalRow[] {
  const rows = strategies.flatMap((strategy) =>
    strategy.symbols.flatMap((symbol) => {
      const columns = bars.get(symbol);
      if (columns === undefined)
        throw new RangeError(`${strategy.strategyId}: there are no bars of ${symbol}`);
      return changesOf(
        strategy,
        symbol,
        columns,
        SeededRandom.of(seed, `signals ${strategy.strategyId} ${symbol}`),
      );
    }),
  );
  rows.sort((a, b) => a.time - b.time || compare(a.strategyId, b.strategyId) || compare(a.symbol, b.symbol));
  return rows.map((row, at) => ({ ...row, row: at + 1 }));
}

function changesOf(
  { strategyId, style, period }: SampleStrategy,
  symbol: string,
  columns: BarColumns,
  random: SeededRandom,
): SignalRow[] {
  const think = MINDS[style](period, random);
  const rows: SignalRow[] = [];
  let wish: Wish = 0;
  for (let bar = 0; bar < columns.length; bar++) {
    const next = think(columns.close[bar], bar, wish);
    if (next === wish) continue;
    wish = next;
    rows.push({ time: columns.openTime[bar] + columns.intervalMs, strategyId, symbol, signal: wish, row: 0 });
  }
  return rows;
}

type Mind = (close: number, bar: number, wish: Wish) => Wish;

const MINDS: Record<SampleStyle, (period: number, random: SeededRandom) => Mind> = {
  trend: (period) => {
    const average = movingAverage(period);
    const spread = movingAverage(period);
    return (close, bar, wish) => {
      const middle = average(close);
      const usual = spread(Math.abs(close - middle));
      if (bar < period) return 0;
      // Changes its mind only beyond the usual distance, or every tick around the average would be a signal.
      if (close > middle + usual) return 1;
      return close < middle - usual ? -1 : wish;
    };
  },
  reversal: (period) => {
    const average = movingAverage(period);
    const spread = movingAverage(period);
    return (close, bar, wish) => {
      const middle = average(close);
      const usual = spread(Math.abs(close - middle));
      if (bar < period) return 0;
      if (close > middle + 2 * usual) return -1;
      if (close < middle - 2 * usual) return 1;
      return (wish === -1 && close <= middle) || (wish === 1 && close >= middle) ? 0 : wish;
    };
  },
  random: (period, random) => {
    let until = random.integer(period);
    return (_close, bar, wish) => {
      if (bar < until) return wish;
      until = bar + Math.ceil(period * (0.5 + random.uniform()));
      return OTHER_WISHES[wish][random.integer(2)];
    };
  },
};

const OTHER_WISHES: Record<Wish, readonly [Wish, Wish]> = { '1': [-1, 0], '0': [1, -1], '-1': [1, 0] };

/** Exponential average, started at the first value. */
function movingAverage(period: number): (value: number) => number {
  const weight = 2 / (period + 1);
  let average = Number.NaN;
  return (value) => {
    average = Number.isNaN(average) ? value : average + weight * (value - average);
    return average;
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
