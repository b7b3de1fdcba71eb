import type { StrategyParams } from '@bowline/domain';
import type { SignalRow, TickBars } from '@bowline/ports';
import { firstAtOrAfter, lastAtOrBefore } from './bar-index.js';

/** The signals of one slot with the bars on which they act; each is put into the channel's units when it does. */
export interface ActingSignals {
  readonly length: number;
  /** Bar of each signal, ascending. */
  readonly bars: Int32Array;
  readonly rows: readonly SignalRow[];
}

/** Finds the bars of a slot's signals; those without one are dropped and counted. */
export function actingSignals(
  signals: readonly SignalRow[],
  bars: TickBars,
  latencyMs: number,
  entryPoint: StrategyParams['entryPoint'],
  dropped: (reason: DropReason) => void,
): ActingSignals {
  const actsOn = new Int32Array(signals.length);
  const rows: SignalRow[] = [];
  let hint = 0;
  for (const signal of signals) {
    const bar = actingRow(bars, signal.time, latencyMs, entryPoint, hint);
    if (typeof bar === 'string') dropped(bar);
    else {
      actsOn[rows.length] = bar;
      hint = bar;
      rows.push(signal);
    }
  }
  return { length: rows.length, bars: actsOn, rows };
}

export type DropReason = 'OUTSIDE_DATA' | 'NO_BAR';

/**
 * Where a signal acts: at the open of the first bar from its time on, or at the close of the last bar that had
 * closed by then. Its time is shifted by the latency first. `hint` is a bar that is not after it.
 */
export function actingRow(
  bars: TickBars,
  time: number,
  latencyMs: number,
  entryPoint: StrategyParams['entryPoint'],
  hint = 0,
): number | DropReason {
  const { length, openTime, intervalMs } = bars;
  if (time < openTime[0]! || time > openTime[length - 1]! + intervalMs) return 'OUTSIDE_DATA';
  const acts = time + latencyMs;
  const opened = entryPoint === 'open' ? acts : acts - intervalMs;
  // Where bars follow each other without a gap the row can be worked out; else it is searched.
  const expected = hint + (opened - openTime[hint]!) / intervalMs;
  if (openTime[expected] === opened) return expected;
  if (entryPoint === 'open') {
    const row = firstAtOrAfter(openTime, length, opened, hint);
    return row < length ? row : 'NO_BAR';
  }
  const row = lastAtOrBefore(openTime, length, opened, hint);
  return row >= 0 ? row : 'NO_BAR';
}
