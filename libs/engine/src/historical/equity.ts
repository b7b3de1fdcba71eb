import { CASH_ONE, type Cash } from '@bowline/domain';
import type { EquityCurve, TickBars } from '@bowline/ports';
import { DAY_MS } from './days.js';
import type { Desk } from './desk.js';
import type { EquitySteps } from './equity-steps.js';

/** What a curve adds up: the steps of a holding, on the bars that value it. */
export interface Holding {
  readonly bars: TickBars;
  readonly steps: EquitySteps;
  /** Currency units of one tick x lot, as a double. */
  readonly unit: number;
  /** The same, exact. */
  readonly exactUnit: Cash;
}

export function holdingOf(desk: Desk, steps: EquitySteps = desk.steps): Holding {
  const { instrument, bars } = desk.market;
  return { bars, steps, unit: Number(instrument.tickLotCash) / Number(CASH_ONE), exactUnit: instrument.tickLotCash };
}

/** All bar closes of the holdings, ascending and distinct. Shared as it is where all have the same bars. */
export function timeline(holdings: readonly Holding[]): Float64Array {
  const distinct = [...new Set(holdings.map(({ bars }) => bars))];
  if (distinct.length === 0) return new Float64Array(0);
  const closes = distinct.map(closeTimes);
  if (closes.length === 1) return closes[0]!;
  const sameAs = (times: Float64Array) => times.length === closes[0]!.length && times.every((t, i) => t === closes[0]![i]);
  if (closes.every(sameAs)) return closes[0]!;
  const all = new Float64Array(closes.reduce((sum, times) => sum + times.length, 0));
  let filled = 0;
  for (const times of closes) {
    all.set(times, filled);
    filled += times.length;
  }
  all.sort();
  let kept = 0;
  for (let i = 0; i < all.length; i += 1) if (i === 0 || all[i] !== all[kept - 1]) all[kept++] = all[i]!;
  return all.slice(0, kept);
}

function closeTimes({ intervalMs, length, openTime }: TickBars): Float64Array {
  const times = new Float64Array(length);
  for (let row = 0; row < length; row += 1) times[row] = openTime[row]! + intervalMs;
  return times;
}

/** Equity at every time of the line, as doubles: start + sum over holdings of cash + lots x last close. */
export function equityPerBar(holdings: readonly Holding[], times: Float64Array, start: number): Float64Array {
  const equity = new Float64Array(times.length).fill(start);
  for (const holding of holdings) addHolding(equity, times, holding);
  return equity;
}

function addHolding(equity: Float64Array, times: Float64Array, { bars, steps, unit }: Holding): void {
  const { close, intervalMs, length, openTime } = bars;
  const { cash, lots, rows } = steps;
  if (rows.length === 0) return;
  const aligned = times.length === length && times[0] === openTime[0]! + intervalMs;
  let place = aligned ? rows[0]! : firstAfter(times, openTime[rows[0]!]! + intervalMs);
  let row = rows[0]!;
  for (let step = 0; step < rows.length; step += 1) {
    const end = step + 1 < rows.length ? rows[step + 1]! : length;
    const held = lots[step]! * unit;
    const base = cash[step]!;
    if (aligned) {
      for (; row < end; row += 1) equity[row]! += base + held * close[row]!;
      continue;
    }
    for (; row < end; row += 1) {
      const until = row + 1 < length ? openTime[row + 1]! + intervalMs : Infinity;
      const value = base + held * close[row]!;
      for (; place < times.length && times[place]! < until; place += 1) equity[place]! += value;
    }
  }
}

function firstAfter(times: Float64Array, time: number): number {
  let place = 0;
  while (place < times.length && times[place]! < time) place += 1;
  return place;
}

/** The largest fall from a peak, and the largest in percent of the peak (null where no peak is above 0). */
export function drawdown(equity: Float64Array, start: number): { amount: number; percent: number | null } {
  let peak = start;
  let amount = 0;
  let percent: number | null = start > 0 ? 0 : null;
  for (let i = 0; i < equity.length; i += 1) {
    const value = equity[i]!;
    if (value > peak) {
      peak = value;
      if (percent === null && peak > 0) percent = 0;
      continue;
    }
    const fall = peak - value;
    if (fall > amount) amount = fall;
    if (percent !== null && peak > 0 && fall / peak > percent / 100) percent = (fall / peak) * 100;
  }
  return { amount, percent };
}

/** The places of the line that are sampled: all, or the last of each UTC day. A bar that closes at midnight ends its day. */
export function samplePlaces(times: Float64Array, every: 'daily' | 'bar'): number[] {
  const places: number[] = [];
  for (let i = 0; i < times.length; i += 1) {
    const next = i + 1 < times.length ? times[i + 1]! : Infinity;
    if (every === 'bar' || Math.floor((times[i]! - 1) / DAY_MS) !== Math.floor((next - 1) / DAY_MS)) places.push(i);
  }
  return places;
}

/**
 * The curve of a client or a strategy: exact at the sampled times, its drawdown over every bar. `perBar` is the curve
 * at every time of the line, where it is known already.
 */
export function equityCurve(
  owner: Pick<EquityCurve, 'clientId' | 'strategyId'>,
  holdings: readonly Holding[],
  times: Float64Array,
  startingEquity: Cash,
  every: 'daily' | 'bar',
  perBar?: Float64Array,
): EquityCurve {
  const start = Number(startingEquity) / Number(CASH_ONE);
  const { amount, percent } = drawdown(perBar ?? equityPerBar(holdings, times, start), start);
  const places = samplePlaces(times, every);
  const sampled = Float64Array.from(places, (place) => times[place]!);
  const equity: Cash[] = places.map(() => startingEquity);
  for (const holding of holdings) addExact(equity, sampled, holding);
  return { ...owner, startingEquity, times: sampled, equity, maxDrawdown: amount, maxDrawdownPct: percent };
}

function addExact(equity: Cash[], times: Float64Array, { bars, exactUnit, steps }: Holding): void {
  const { close, intervalMs, length, openTime } = bars;
  const { exactCash, exactLots, exactRows } = steps;
  let row = -1;
  let step = -1;
  for (let i = 0; i < times.length; i += 1) {
    while (row + 1 < length && openTime[row + 1]! + intervalMs <= times[i]!) row += 1;
    while (step + 1 < exactRows.length && exactRows[step + 1]! <= row) step += 1;
    if (step < 0) continue;
    const held = BigInt(exactLots[step]!) * BigInt(close[row]!);
    equity[i] = equity[i]! + exactCash[step]! + held * exactUnit;
  }
}
