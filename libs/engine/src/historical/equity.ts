import { CASH_ONE, cashToNumber, type Cash } from '@bowline/domain';
import type { EquityCurve, TickBars } from '@bowline/ports';
import { BARS_PER_BLOCK, blockCloses, firstAtOrAfter, lastAtOrBefore } from './bar-index.js';
import { isAligned, samplePlaces, type CloseLine } from './close-line.js';
import type { Desk } from './desk.js';
import { DrawdownMeter, type Drawdown } from './drawdown.js';
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
  return {
    bars,
    steps,
    unit: Number(instrument.tickLotCash) / Number(CASH_ONE),
    exactUnit: instrument.tickLotCash,
  };
}

/**
 * Equity at every place of the line, as doubles: start + sum over holdings of cash + lots x last close.
 *
 * @param into filled and returned, where there is memory to use again
 */
export function equityPerBar(
  holdings: readonly Holding[],
  line: CloseLine,
  start: number,
  into: Float64Array = new Float64Array(line.length),
): Float64Array {
  into.fill(start);
  for (const holding of holdings) addHolding(into, line, holding);
  return into;
}

function addHolding(equity: Float64Array, line: CloseLine, { bars, steps, unit }: Holding): void {
  const { close, intervalMs, length, openTime } = bars;
  const { cash, lots, rows } = steps;
  if (rows.length === 0) return;
  const aligned = isAligned(line, bars);
  let row = rows[0]!;
  let place = aligned
    ? row
    : firstAtOrAfter(line.times, line.length, openTime[row]! + intervalMs - line.shift);
  for (let step = 0; step < rows.length; step += 1) {
    const end = step + 1 < rows.length ? rows[step + 1]! : length;
    const held = lots[step]! * unit;
    const base = cash[step]!;
    if (aligned) {
      for (; row < end; row += 1) equity[row]! += base + held * close[row]!;
      continue;
    }
    for (; row < end; row += 1) {
      const until = row + 1 < length ? openTime[row + 1]! + intervalMs - line.shift : Infinity;
      const value = base + held * close[row]!;
      for (; place < line.length && line.times[place]! < until; place += 1) equity[place]! += value;
    }
  }
}

/** Makes the curves of one client and its strategies over one line of closes. */
export class CurveMaker {
  private readonly places: readonly number[];
  private readonly times: Float64Array;
  private readonly sampledRows = new Map<TickBars, Int32Array>();
  /** A curve of every bar is as large as the bars: one at a time is enough. */
  private scratch: Float64Array | undefined;

  constructor(
    private readonly line: CloseLine,
    every: 'daily' | 'bar',
  ) {
    this.places = samplePlaces(line, every);
    this.times = Float64Array.from(this.places, (place) => line.times[place]! + line.shift);
  }

  /** Exact at the sampled times, the drawdown over every bar. */
  curve(
    owner: Pick<EquityCurve, 'clientId' | 'strategyId'>,
    holdings: readonly Holding[],
    startingEquity: Cash,
  ): EquityCurve {
    const { times } = this;
    const { amount, percent } = this.drawdown(holdings, cashToNumber(startingEquity));
    const equity: Cash[] = this.places.map(() => startingEquity);
    for (const holding of holdings) addExact(equity, this.rowsAt(holding.bars), holding);
    return { ...owner, startingEquity, times, equity, maxDrawdown: amount, maxDrawdownPct: percent };
  }

  /** The row of these bars that was the last to close at each sampled time; -1 before the first. */
  private rowsAt(bars: TickBars): Int32Array {
    const known = this.sampledRows.get(bars);
    if (known) return known;
    const { intervalMs, length, openTime } = bars;
    const rows = new Int32Array(this.times.length);
    let row = -1;
    for (let i = 0; i < rows.length; i += 1) {
      row = lastAtOrBefore(openTime, length, this.times[i]! - intervalMs, Math.max(row, 0));
      rows[i] = row;
    }
    this.sampledRows.set(bars, rows);
    return rows;
  }

  private drawdown(holdings: readonly Holding[], start: number): Drawdown {
    const meter = new DrawdownMeter(start);
    const [moving, ...others] = holdings.filter(({ steps }) => steps.rows.length > 0);
    if (moving === undefined) return meter;
    if (others.length === 0) {
      followHolding(meter, moving, start);
      return meter;
    }
    this.scratch = equityPerBar(holdings, this.line, start, this.scratch);
    for (let place = 0; place < this.scratch.length; place += 1) meter.add(this.scratch[place]!);
    return meter;
  }
}

/**
 * The curve of a single holding, without putting it into memory. While nothing is held it stays where it is. While
 * something is, it goes with the price, so that the lowest and the highest close of a block are its own, and mostly
 * they are enough.
 */
function followHolding(meter: DrawdownMeter, { bars, steps, unit }: Holding, start: number): void {
  const { close, length } = bars;
  const { cash, lots, rows } = steps;
  const { highest, lowest } = blockCloses(bars);
  const block = BARS_PER_BLOCK;
  for (let step = 0; step < rows.length; step += 1) {
    const next = step + 1 < rows.length ? rows[step + 1]! : length;
    const held = lots[step]! * unit;
    const base = cash[step]!;
    let row = rows[step]!;
    const end = held === 0 ? Math.min(next, row + 1) : next;
    while (row < end) {
      const blockEnd = (row | (block - 1)) + 1;
      if (blockEnd - row === block && blockEnd <= end) {
        const atLow = start + (base + held * lowest[row / block]!);
        const atHigh = start + (base + held * highest[row / block]!);
        if (meter.addStretch(Math.min(atLow, atHigh), Math.max(atLow, atHigh))) {
          row = blockEnd;
          continue;
        }
      }
      for (const until = Math.min(end, blockEnd); row < until; row += 1)
        meter.add(start + (base + held * close[row]!));
    }
  }
}

function addExact(equity: Cash[], rowsAt: Int32Array, { bars, exactUnit, steps }: Holding): void {
  const { close } = bars;
  const { exactCash, exactLots, exactRows } = steps;
  let step = -1;
  for (let i = 0; i < rowsAt.length; i += 1) {
    const row = rowsAt[i]!;
    while (step + 1 < exactRows.length && exactRows[step + 1]! <= row) step += 1;
    if (step < 0) continue;
    const lots = exactLots[step]!;
    const value = lots === 0 ? 0n : BigInt(lots) * BigInt(close[row]!) * exactUnit;
    equity[i] = equity[i]! + exactCash[step]! + value;
  }
}
