import {
  cashToNumber,
  dayEndedAt,
  maxDrawdown,
  sumSeries,
  type Cash,
  type Drawdown,
  type EquitySeries,
  type TimeMs,
  type TradeFacts,
} from '@bowline/domain';
import type { EquityCurve } from '@bowline/ports';

/** An equity series with the drawdown that is known of it. */
export interface GroupCurve {
  readonly series: EquitySeries;
  readonly drawdown: Drawdown;
  readonly startingEquity: Cash;
  readonly basis: 'bar' | 'sample' | 'realized';
}

/** A client's curve as the engine noted it, with its drawdown of every bar. */
export function clientCurve(curve: EquityCurve, startTime: TimeMs): GroupCurve {
  const series: EquitySeries = {
    startTime,
    startingEquity: cashToNumber(curve.startingEquity),
    times: curve.times,
    equity: toNumbers(curve.equity, 0n),
  };
  return {
    series,
    drawdown: {
      ...maxDrawdown(series),
      amount: curve.maxDrawdown,
      fraction: curve.maxDrawdownPct === null ? null : curve.maxDrawdownPct / 100,
    },
    startingEquity: curve.startingEquity,
    basis: 'bar',
  };
}

/** A strategy's curve on the capital of its client: what the client would have had with this strategy alone. */
export function strategyCurve(curve: EquityCurve, capital: Cash, startTime: TimeMs): GroupCurve {
  const series: EquitySeries = {
    startTime,
    startingEquity: cashToNumber(capital + curve.startingEquity),
    times: curve.times,
    equity: toNumbers(curve.equity, capital),
  };
  const sampled = maxDrawdown(series);
  const amount = Math.max(sampled.amount, curve.maxDrawdown);
  return {
    series,
    drawdown: { ...sampled, amount, fraction: atLeast(sampled.fraction, amount, series) },
    startingEquity: capital,
    basis: 'bar',
  };
}

/**
 * The engine knows a strategy's fall of every bar as an amount; as a fraction it is at least that of the highest equity
 * that was sampled, and at least what the samples themselves show.
 */
function atLeast(sampled: number | null, amount: number, series: EquitySeries): number | null {
  if (sampled === null) return null;
  let highest = series.startingEquity;
  for (let i = 0; i < series.equity.length; i += 1) highest = Math.max(highest, series.equity[i]);
  return highest > 0 ? Math.max(sampled, amount / highest) : sampled;
}

/** Several curves added up, at the times at which they were sampled. Null for none. */
export function addedCurve(curves: readonly GroupCurve[]): GroupCurve | null {
  if (curves.length <= 1) return curves[0] ?? null;
  const series = sumSeries(curves.map((curve) => curve.series));
  if (series === null) return null;
  return {
    series,
    drawdown: maxDrawdown(series),
    startingEquity: curves.reduce((sum, curve) => sum + curve.startingEquity, 0n),
    basis: 'sample',
  };
}

/** netPnl of closed trades on top of `capital`, at the given times: for groups that have no curve of their own. */
export function realizedCurve(
  trades: readonly TradeFacts[],
  capital: Cash,
  startTime: TimeMs,
  times: Float64Array,
): GroupCurve {
  const equity = new Float64Array(times.length);
  let realized = capital;
  let next = 0;
  for (let i = 0; i < times.length; i += 1) {
    for (; next < trades.length && trades[next].exitTime <= times[i]; next += 1)
      realized += trades[next].netPnl;
    equity[i] = cashToNumber(realized);
  }
  const series: EquitySeries = { startTime, startingEquity: cashToNumber(capital), times, equity };
  return { series, drawdown: maxDrawdown(series), startingEquity: capital, basis: 'realized' };
}

/** The last of the given times in each UTC day. */
export function dailyTimes(times: ArrayLike<number>): Float64Array {
  const all = Array.from(times);
  return Float64Array.from(
    all.filter((time, i) => i === all.length - 1 || dayEndedAt(time) !== dayEndedAt(all[i + 1])),
  );
}

function toNumbers(equity: readonly Cash[], offset: Cash): Float64Array {
  const numbers = new Float64Array(equity.length);
  for (let i = 0; i < numbers.length; i += 1) numbers[i] = cashToNumber(equity[i] + offset);
  return numbers;
}
