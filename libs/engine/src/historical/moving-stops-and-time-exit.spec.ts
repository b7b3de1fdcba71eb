import { describe, expect, it } from '@jest/globals';
import { flat, flats, runBars, type BarRow, type ParamsSpec, type Scenario } from '@bowline/testkit';

/** How a position ends that is entered at the open of the first bar: `exit at minute reason`, or where its stop is. */
function ends(
  bars: readonly BarRow[],
  params: ParamsSpec,
  signal: 1 | -1 = 1,
  more: Partial<Scenario> = {},
): string {
  const { open, trades } = runBars({ bars, params, signals: [[0, 'a', signal]], ...more });
  return trades.length > 0 ? `${trades[0].exit} ${trades[0].reason}` : `stop ${open[0].stopLoss ?? '-'}`;
}

describe('a trailing stop follows the best price', () => {
  const params = { trailingStopPct: 5 };

  it.each<[string, 1 | -1, BarRow[], string]>([
    ['it begins at its distance from the entry', 1, [flat(100)], 'stop 95'],
    ['and is live like any other leg', 1, [[100, 100, 94, 96]], '95 at 0 stop_loss'],
    ['110 x 0.95', 1, [[100, 110, 100, 108]], 'stop 104.5'],
    ['110.1 x 0.95 = 104.595, rounded away from the best price', 1, [[100, '110.1', 100, 108]], 'stop 104.5'],
    [
      'it moves at the end of a bar: the bar of the high does not stop it',
      1,
      [[100, 110, 96, 108]],
      'stop 104.5',
    ],
    [
      'the next one does',
      1,
      [
        [100, 110, 96, 108],
        [108, 108, 104.5, 106],
      ],
      '104.5 at 1 stop_loss',
    ],
    ['a higher high moves it again', 1, [[100, 110, 100, 110], [110, 120, 110, 120], flat(116)], 'stop 114'],
    ['lower highs leave it', 1, [[100, 110, 100, 110], flat(106), flat(107)], 'stop 104.5'],
    [
      'an open below it fills at the open',
      1,
      [
        [100, 110, 100, 110],
        [102, 103, 101, 102],
      ],
      '102 at 1 stop_loss',
    ],
    [
      'a short: 105, then 90 x 1.05',
      -1,
      [
        [100, 100, 90, 92],
        [92, 94.5, 92, 93],
      ],
      '94.5 at 1 stop_loss',
    ],
    ['a short: 90.1 x 1.05 = 94.605, rounded away', -1, [[100, 100, '90.1', 92]], 'stop 94.7'],
    [
      'over many quiet bars',
      1,
      [...flats(150, 100), [100, 110, 100, 110], ...flats(150, 106), flat(104)],
      '104 at 301 stop_loss',
    ],
  ])('%s', (_, signal, bars, expected) => {
    expect(ends(bars, params, signal)).toBe(expected);
  });

  it('from the price of the fill: 101 x 0.95 = 95.95', () => {
    expect(ends([flat(100)], params, 1, { execution: { slippageBps: 100 } })).toBe('stop 95.9');
  });

  it('by volatility: 0.04 of the best price', () => {
    const signals = [[0, 'a', 1, { volatility: 0.02 }]] as const;
    expect(ends([flat(100)], { trailingStopSd: 2 }, 1, { signals })).toBe('stop 96');
    expect(ends([[100, 110, 100, 110]], { trailingStopSd: 2 }, 1, { signals })).toBe('stop 105.6');
    expect(
      runBars({ bars: [flat(100)], params: { trailingStopSd: 2 }, signals: [[0, 'a', 1]] }).denials,
    ).toEqual(['a VOLATILITY_UNAVAILABLE at 0']);
  });

  it.each<[string, BarRow[], string]>([
    ['the fixed one at first', [[100, 100, 98, 99]], '98 at 0 stop_loss'],
    ['until the other has passed it: 103.2 x 0.95 = 98.04', [[100, '103.2', 100, 103]], 'stop 98'],
    ['105 x 0.95 = 99.75', [[100, 105, 100, 103]], 'stop 99.7'],
  ])('beside a fixed stop the tighter of the two counts: %s', (_, bars, expected) => {
    expect(ends(bars, { ...params, stopLossPct: 2 })).toBe(expected);
  });

  it('beside a take-profit both legs stand: the model decides a bar that reaches both', () => {
    const bars: BarRow[] = [
      [100, 109, 100, 108],
      [106, 110, 103, 108],
    ];
    const both = { ...params, takeProfitPct: 10 };
    expect(ends(bars, both)).toBe('103.5 at 1 stop_loss');
    expect(ends(bars, both, 1, { execution: { intrabar: 'optimistic' } })).toBe('110 at 1 take_profit');
  });

  it.each<[string, ParamsSpec, number]>([
    ['at the close', { entryPoint: 'close' }, 1],
    ['of a resting limit', { orderType: 'limit', limitOffsetBps: 100 }, 0],
  ])('after an entry %s the best price is that of later bars', (_, entry, minute) => {
    // Entered at 100 (99): 95 (94.05) whatever the bar of the entry has seen; then 104 x 0.95 = 98.8.
    const bars: BarRow[] = [
      [100, 120, 99, 100],
      [100, 104, 99.5, 100],
    ];
    const stopAfter = (count: number) =>
      ends(bars.slice(0, count), { ...params, ...entry }, 1, { signals: [[minute, 'a', 1]] });
    expect([stopAfter(1), stopAfter(2)]).toEqual([minute === 1 ? 'stop 95' : 'stop 94', 'stop 98.8']);
  });

  it('sizes riskPerTrade: 1 % of 10,000 over a distance of 5', () => {
    const { open } = runBars({
      bars: [flat(100)],
      params: { ...params, riskPerTrade: 1 },
      signals: [[0, 'a', 1]],
    });
    expect(open).toMatchObject([{ quantity: '20' }]);
  });

  it('is never loosened by an addition', () => {
    // The best price is 110; the average of 100 and 105 would put it at 97.3.
    const bars: BarRow[] = [[100, 110, 100, 110], flat(105)];
    const signals = [
      [0, 'a', 1],
      [1, 'a', 1],
    ] as const;
    expect(ends(bars, { ...params, scaleIn: true }, 1, { signals })).toBe('stop 104.5');
  });
});

describe('break-even moves the stop to the entry once the price has gone far enough', () => {
  const params = { breakEvenPct: 3 };

  it.each<[string, 1 | -1, BarRow[], string]>([
    ['before that there is no stop', 1, [[100, 102.9, 80, 90]], 'stop -'],
    ['a touch of 103 does it', 1, [[100, 103, 80, 90]], 'stop 100'],
    [
      'from the next bar on',
      1,
      [
        [100, 103, 80, 101],
        [101, 101, 100, 100],
      ],
      '100 at 1 stop_loss',
    ],
    ['of a short at 97', -1, [[100, 100, 97, 98]], 'stop 100'],
    [
      'it stays there',
      1,
      [
        [100, 103, 100, 103],
        [103, 140, 103, 120],
      ],
      'stop 100',
    ],
  ])('%s', (_, signal, bars, expected) => {
    expect(ends(bars, params, signal)).toBe(expected);
  });

  it('beside a fixed and a trailing stop the tightest counts', () => {
    const all = { ...params, stopLossPct: 10, trailingStopPct: 5 };
    expect(ends([flat(100)], all)).toBe('stop 95');
    expect(ends([[100, 103, 100, 100]], all)).toBe('stop 100');
    expect(ends([[100, 110, 100, 110]], all)).toBe('stop 104.5');
  });

  it.each([
    [1, [104, 107.2], '102.1'],
    [-1, [96, 92.8], '97.9'],
  ] as const)(
    'an entry price between two ticks is rounded to where nothing is lost (%p)',
    (signal, [second, best], stop) => {
      // 0.49 x 100 + 0.51 x 104 = 102.04, and with 96 97.96.
      const extremes: BarRow = signal === 1 ? [second, best, second, best] : [second, second, best, best];
      const signals = [
        [0, 'a', signal, { quantity: '0.49' }],
        [1, 'a', signal, { quantity: '0.51' }],
      ] as const;
      expect(ends([flat(100), extremes], { ...params, scaleIn: true }, signal, { signals })).toBe(
        `stop ${stop}`,
      );
    },
  );

  it('an addition does not take it away', () => {
    const bars: BarRow[] = [[100, 103, 100, 103], flat(102), flat(102)];
    const signals = [
      [0, 'a', 1],
      [2, 'a', 1],
    ] as const;
    expect(ends(bars, { ...params, scaleIn: true }, 1, { signals })).toBe('stop 100');
  });
});

describe('a time exit closes at the open of the first bar from entry time + duration', () => {
  const rows: BarRow[] = [100, 101, 102, 103, 104].map(flat);

  it.each<[string, number, Partial<Scenario>, string]>([
    ['just then', 3, {}, '103 at 3 time_exit'],
    ['the next open', 2.5, {}, '103 at 3 time_exit'],
    ['within a bar', 0.5, {}, '101 at 1 time_exit'],
    ['after the last bar: never', 5, {}, 'stop -'],
    ['in a gap: at its end', 3, { bars: { rows, at: [0, 1, 10, 11, 12] } }, '102 at 10 time_exit'],
    [
      'from the close',
      2,
      { params: { entryPoint: 'close', timeExitMinutes: 2 }, signals: [[1, 'a', 1]] },
      '103 at 3 time_exit',
    ],
    ['with slippage: 103 x 0.999', 3, { execution: { slippageBps: 10 } }, '102.8 at 3 time_exit'],
  ])('%s', (_, timeExitMinutes, more, expected) => {
    expect(ends(rows, { timeExitMinutes }, 1, more)).toBe(expected);
  });

  it('counts from the first fill of a resting entry, and of additions', () => {
    const bars: BarRow[] = [flat(100), [100, 100, 99, 100], ...flats(3, 100)];
    const limit = { orderType: 'limit', limitOffsetBps: 100, timeExitMinutes: 2 } as const;
    expect(ends(bars, limit)).toBe('100 at 3 time_exit');
    const signals = [
      [0, 'a', 1],
      [1, 'a', 1],
      [2, 'a', 1],
    ] as const;
    expect(ends(flats(5, 100), { scaleIn: true, timeExitMinutes: 3 }, 1, { signals })).toBe(
      '100 at 3 time_exit',
    );
  });

  it.each<[string, BarRow[], string]>([
    [
      'a leg of an earlier bar',
      [flat(100), flat(100), [100, 105, 100, 100], flat(100)],
      '105 at 2 take_profit',
    ],
    [
      'not one of the same bar, even where the open has passed it',
      [flat(100), flat(100), flat(100), flat(110)],
      '110 at 3 time_exit',
    ],
  ])('comes after %s', (_, bars, expected) => {
    expect(ends(bars, { takeProfitPct: 5, timeExitMinutes: 3 })).toBe(expected);
  });

  it('begins anew with each position', () => {
    const { trades } = runBars({
      bars: flats(8, 100),
      params: { timeExitMinutes: 2 },
      signals: [
        [0, 'a', 1],
        [1, 'a', -1],
        [5, 'a', 1],
      ],
    });
    expect(trades.map(({ exit, position, reason }) => `${position} ${exit} ${reason}`)).toEqual([
      'a-1 100 at 1 reversal',
      'a-2 100 at 3 time_exit',
      'a-3 100 at 7 time_exit',
    ]);
  });

  it('pays taker fees', () => {
    const { trades } = runBars({
      bars: flats(2, 100),
      params: { timeExitMinutes: 1 },
      account: { makerBps: 2, takerBps: 5 },
      signals: [[0, 'a', 1]],
    });
    expect(trades).toMatchObject([{ reason: 'time_exit', fees: '0.1' }]);
  });
});
