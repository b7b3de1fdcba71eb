import { describe, expect, it } from '@jest/globals';
import { flat, runBars, type BarRow, type Scenario } from '@bowline/testkit';

/** Bar n opens at 100 + n and closes half a unit higher. */
const RISING = Array.from({ length: 5 }, (_, n): BarRow => [100 + n, 100.5 + n, 100 + n, 100.5 + n]);

/** Where a lone signal at that minute has entered, or why it was dropped. */
function actsAt(minute: number, scenario: Partial<Scenario>): string {
  const { ignored, open } = runBars({ bars: RISING, signals: [[minute, 'a', 1]], ...scenario });
  return open[0]?.entry ?? Object.entries(ignored).join();
}

describe('a signal acts at the open of the first bar from its time on', () => {
  it.each([
    [-0.001, 'OUTSIDE_DATA,1'],
    [0, '100 at 0'],
    [0.001, '101 at 1'],
    [0.5, '101 at 1'],
    [1, '101 at 1'],
    [4, '104 at 4'],
    [4.001, 'NO_BAR,1'],
    [5, 'NO_BAR,1'],
    [5.001, 'OUTSIDE_DATA,1'],
  ])('minute %p: %s', (minute, acts) => {
    expect(actsAt(minute, {})).toBe(acts);
  });
});

describe('with entryPoint close it acts at the close of the last bar that had closed by then', () => {
  it.each([
    [-0.001, 'OUTSIDE_DATA,1'],
    [0, 'NO_BAR,1'],
    [0.999, 'NO_BAR,1'],
    [1, '100.5 at 1'],
    [1.999, '100.5 at 1'],
    [4.9, '103.5 at 4'],
    [5, '104.5 at 5'],
    [5.001, 'OUTSIDE_DATA,1'],
  ])('minute %p: %s', (minute, acts) => {
    expect(actsAt(minute, { params: { entryPoint: 'close' } })).toBe(acts);
  });
});

describe('latencyMs shifts the time at which a signal acts, not whether it lies inside the data', () => {
  it.each([
    ['open', 60_000, 0, '101 at 1'],
    ['open', 60_000, 0.5, '102 at 2'],
    ['open', 1, 1, '102 at 2'],
    ['open', 60_000, 3, '104 at 4'],
    ['open', 60_000, 3.5, 'NO_BAR,1'],
    ['open', 600_000, -0.5, 'OUTSIDE_DATA,1'],
    ['close', 60_000, 0, '100.5 at 1'],
    ['close', 30_000, 1.5, '101.5 at 2'],
    ['close', 29_999, 1.5, '100.5 at 1'],
    ['close', 60_000, 4.5, '104.5 at 5'],
    ['close', 600_000, 5.5, 'OUTSIDE_DATA,1'],
  ] as const)('%s, %p ms, minute %p: %s', (entryPoint, latencyMs, minute, acts) => {
    expect(actsAt(minute, { params: { entryPoint }, execution: { latencyMs } })).toBe(acts);
  });
});

describe('in a gap of the data', () => {
  const bars = { rows: RISING.slice(0, 4), at: [0, 1, 30, 31] };

  it.each([
    ['open', 1.5, '102 at 30'],
    ['open', 29.999, '102 at 30'],
    ['open', 30, '102 at 30'],
    ['close', 1.5, '100.5 at 1'],
    ['close', 2, '101.5 at 2'],
    ['close', 29.999, '101.5 at 2'],
    ['close', 30.999, '101.5 at 2'],
    ['close', 31, '102.5 at 31'],
  ] as const)('entryPoint %s, minute %p: %s', (entryPoint, minute, acts) => {
    expect(actsAt(minute, { bars, params: { entryPoint } })).toBe(acts);
  });

  it('takes the signals of the gap as those of one moment, in the order of their times', () => {
    const { ignored, open } = runBars({
      bars,
      signals: [
        [20, 'a', 1],
        [10, 'a', -1],
        [15, 'a', 0],
      ],
    });
    expect(open).toMatchObject([{ position: 'a-1', side: 'LONG', entry: '102 at 30' }]);
    expect(ignored).toEqual({ SUPERSEDED: 2 });
  });
});

describe('signals are events', () => {
  it.each([
    ['take_profit', [100, 102, 100, 101], '102 at 1'],
    ['stop_loss', [100, 100, 98, 101], '98 at 1'],
  ] as const)('a 1 after a %s re-enters', (reason, exitBar, exit) => {
    const { open, trades } = runBars({
      bars: [flat(100), exitBar, flat(101), flat(101)],
      params: { takeProfitPct: 2, stopLossPct: 2 },
      signals: [
        [0, 'a', 1],
        [2, 'a', 1],
      ],
    });
    expect(trades).toMatchObject([{ position: 'a-1', entry: '100 at 0', exit, reason }]);
    expect(open).toMatchObject([{ position: 'a-2', entry: '101 at 2' }]);
  });

  it('without another signal a closed position stays closed', () => {
    const bars = [flat(100), [100, 102, 100, 100], flat(100), flat(100)] as const;
    const { open, trades } = runBars({ bars, params: { takeProfitPct: 2 }, signals: [[0, 'a', 1]] });
    expect([trades.length, open.length]).toEqual([1, 0]);
  });

  it('act in the order of their times, whatever their order in the file', () => {
    const signals = [
      [3, 'a', 0],
      [1, 'a', 1],
      [2, 'a', -1],
    ] as const;
    expect(runBars({ bars: RISING, signals }).trades).toMatchObject([
      { side: 'LONG', entry: '101 at 1', exit: '102 at 2', reason: 'reversal' },
      { side: 'SHORT', entry: '102 at 2', exit: '103 at 3', reason: 'signal' },
    ]);
  });
});
