import { cashToNumber, sumSeries, underwater, type EquitySeries } from '@bowline/domain';
import type { EquityCurve } from '@bowline/ports';

/** Points of a curve: more than a screen has pixels. */
export const MAX_POINTS = 2_000;

/** Points of all strategies' curves together: where there are many curves, each is drawn with fewer points. */
const MAX_STRATEGY_POINTS = 200_000;
/** Still enough to see how a strategy fared. */
const LEAST_POINTS = 100;

/** Time in seconds, equity, and how far below its peak it is, in percent (0 or negative). */
export type CurvePoint = readonly [number, number, number];

export interface PageCurve {
  /** Null: all clients. */
  readonly clientId: string | null;
  /** Null: all strategies. */
  readonly strategyId: string | null;
  readonly points: readonly CurvePoint[];
}

interface Named {
  readonly clientId: string | null;
  readonly strategyId: string | null;
  /** On the capital behind it, which `offset` takes away again for what is shown. */
  readonly series: EquitySeries;
  readonly offset: number;
}

/**
 * The curves as the page draws them: each client and each of its strategies, and with more than one client their sums.
 * A strategy's drawdown is taken on the capital of its client, as in the tables. Where there are too many samples, each
 * stretch keeps its lowest and its highest.
 *
 * @param strategies those whose curves are wanted; null for all
 */
export function pageCurves(
  curves: readonly EquityCurve[],
  startTime: number,
  strategies: ReadonlySet<string> | null = null,
): PageCurve[] {
  const capitals = new Map(
    curves
      .filter((curve) => curve.strategyId === null)
      .map((curve) => [curve.clientId, curve.startingEquity]),
  );
  const wanted = curves.filter(
    ({ strategyId }) => strategyId === null || strategies === null || strategies.has(strategyId),
  );
  const own = wanted.map((curve): Named => {
    const offset = curve.strategyId === null ? 0 : cashToNumber(capitals.get(curve.clientId) ?? 0n);
    const series: EquitySeries = {
      startTime,
      startingEquity: cashToNumber(curve.startingEquity) + offset,
      times: curve.times,
      equity: Float64Array.from(curve.equity, (value) => cashToNumber(value) + offset),
    };
    return { clientId: curve.clientId, strategyId: curve.strategyId, series, offset };
  });
  const all = [...(capitals.size > 1 ? sums(own) : []), ...own];
  const ofStrategies = all.filter((named) => named.strategyId !== null).length;
  const each = Math.max(LEAST_POINTS, Math.min(MAX_POINTS, Math.floor(MAX_STRATEGY_POINTS / ofStrategies)));
  return all.map((named) => ({
    clientId: named.clientId,
    strategyId: named.strategyId,
    points: pointsOf(named, named.strategyId === null ? MAX_POINTS : each),
  }));
}

function sums(own: readonly Named[]): Named[] {
  const strategies = [...new Set(own.map((named) => named.strategyId))];
  return strategies.flatMap((strategyId) => {
    const parts = own.filter((named) => named.strategyId === strategyId);
    const series = sumSeries(parts.map((named) => named.series));
    const offset = parts.reduce((sum, named) => sum + named.offset, 0);
    return series === null ? [] : [{ clientId: null, strategyId, series, offset }];
  });
}

function pointsOf({ series, offset }: Named, most: number): CurvePoint[] {
  const depths = underwater(series);
  const point = (i: number): CurvePoint => [
    Math.floor(series.times[i] / 1000),
    round(series.equity[i] - offset, 2),
    round(depths[i] * 100, 4),
  ];
  const start: CurvePoint = [
    Math.floor(series.startTime / 1000),
    round(series.startingEquity - offset, 2),
    0,
  ];
  const points = [start, ...keptSamples(series.equity, most).map(point)];
  return points.filter((each, i) => i === 0 || each[0] > points[i - 1][0]);
}

function keptSamples(equity: ArrayLike<number>, most: number): number[] {
  const stretch = Math.ceil((2 * equity.length) / most);
  if (stretch <= 2) return Array.from(equity, (_value, i) => i);
  const kept: number[] = [];
  for (let from = 0; from < equity.length; from += stretch) {
    const to = Math.min(from + stretch, equity.length);
    let lowest = from;
    let highest = from;
    for (let i = from + 1; i < to; i += 1) {
      if (equity[i] < equity[lowest]) lowest = i;
      if (equity[i] > equity[highest]) highest = i;
    }
    kept.push(Math.min(lowest, highest));
    if (lowest !== highest) kept.push(Math.max(lowest, highest));
  }
  const last = equity.length - 1;
  if (kept.at(-1) !== last) kept.push(last);
  return kept;
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
