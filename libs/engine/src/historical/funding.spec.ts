import { describe, expect, it } from '@jest/globals';
import { formatCash } from '@bowline/domain';
import { flat, flats, runBars, type BarRow, type Scenario } from '@bowline/testkit';

/** Funding of a long from minute 0 that closes at minute 4. */
function paid(rates: readonly (readonly [number, string])[], more: Partial<Scenario> = {}): string {
  const signals = [
    [0, 'a', 1],
    [4, 'a', 0],
  ] as const;
  const { trades } = runBars({ bars: flats(6, 100), signals, funding: { BTCUSDT: rates }, ...more });
  return trades[0].funding;
}

describe('funding is charged at the open of the first bar at or after its time, on that open', () => {
  it.each<[string, [number, string][], string]>([
    ['a long pays where the rate is above 0', [[2, '0.0001']], '-0.01'],
    ['and receives where it is below', [[2, '-0.0001']], '0.01'],
    ['a time between two bars waits for the next', [[3.2, '0.0001']], '-0.01'],
    ['at the open at which it entered: not yet', [[0, '0.0001']], '0'],
    ['just after: from the next bar on', [[0.001, '0.0001']], '-0.01'],
    ['at the open at which it closes: still', [[4, '0.0001']], '-0.01'],
    ['after that: not any more', [[4.001, '0.0001']], '0'],
    ['before the data: never', [[-1, '0.0001']], '0'],
    ['after the data: never', [[5.5, '0.0001']], '0'],
    [
      'all of them, in any order',
      [
        [3, '0.0003'],
        [1, '0.0001'],
        [2, '-0.0002'],
      ],
      '-0.02',
    ],
  ])('%s', (_, rates, expected) => {
    expect(paid(rates)).toBe(expected);
  });

  it('on the open of that bar, not on what it closes at', () => {
    const bars: BarRow[] = [flat(100), [120, 130, 120, 130], flat(130), flat(130), flat(130)];
    expect(paid([[1, '0.01']], { bars })).toBe('-1.2');
  });

  it('after a gap each rate that fell into it, at the first open', () => {
    const bars = { rows: [flat(100), flat(110), flat(110)], at: [0, 60, 61] };
    const signals = [
      [0, 'a', 1],
      [61, 'a', 0],
    ] as const;
    expect(
      paid(
        [
          [8, '0.001'],
          [16, '0.002'],
        ],
        { bars, signals },
      ),
    ).toBe('-0.33');
  });

  it('is rounded half-up to 8 decimals, each owner by itself', () => {
    // 100 x 0.001 x 0.00000005 = 0.000000005.
    const params = { fixedQuantity: '0.001' };
    expect(paid([[2, '0.00000005']], { params })).toBe('-0.00000001');
    expect(paid([[2, '0.000000049']], { params })).toBe('0');
  });

  it('counts in netPnl, in equity, and in the balance', () => {
    const { result, trades } = runBars({
      bars: flats(6, 100),
      signals: [
        [0, 'a', 1],
        [4, 'a', 0],
      ],
      funding: { BTCUSDT: [[2, '0.01']] },
    });
    expect(trades).toMatchObject([{ realizedPnl: '0', funding: '-1', netPnl: '-1' }]);
    expect(result.equity.map(({ equity }) => equity.map((value) => Number(value / 10n ** 18n)))).toEqual([
      [10_000, 10_000, 9_999, 9_999, 9_999, 9_999],
      [0, 0, -1, -1, -1, -1],
    ]);
  });
});

describe('several owners in one symbol', () => {
  const signals = [
    [0, 'a', 1, { quantity: 3 }],
    [0, 'b', -1, { quantity: 1 }],
    [4, 'a', 0],
    [4, 'b', 0],
  ] as const;
  const funding = { BTCUSDT: [[2, '0.0001']] as const, ETHUSDT: [[2, '0.5']] as const };

  it.each([false, true])('each pays or receives by its own signed share (hedge mode %p)', (hedgeMode) => {
    const { trades } = runBars({ bars: flats(6, 100), account: { hedgeMode }, signals, funding });
    expect(trades.map(({ funding: amount, strategyId }) => `${strategyId} ${amount}`)).toEqual([
      'a -0.03',
      'b 0.01',
    ]);
  });

  it.each([
    [false, 'on the net of 0.001', '9999.99999999'],
    [true, 'on each side by itself: 0.002 long and 0.001 short', '10000'],
  ])(
    'the exchange charges its own rounding (hedge mode %p, %s): the equity says so, the difference is nobody’s',
    (hedgeMode, _, equity) => {
      // 0.001 x 100 x 0.00000005 is half of 10^-8: up, for each owner, and for a net or a side of as much.
      const { result } = runBars({
        bars: flats(3, 100),
        account: { hedgeMode },
        params: { fixedQuantity: '0.001' },
        signals: [
          [0, 'a', 1],
          [0, 'b', 1],
          [0, 'c', -1],
        ],
        funding: { BTCUSDT: [[1, '0.00000005']] },
      });
      expect(result.openPositions.map(({ funding: amount }) => Number(amount / 10n ** 10n))).toEqual([
        -1, -1, 1,
      ]);
      const [client] = result.equity;
      expect(formatCash(client.equity[client.equity.length - 1])).toBe(equity);
    },
  );

  it('goes to every exchange that trades the symbol', () => {
    const { result } = runBars({
      bars: { 'okx:BTCUSDT': flats(3, 100), 'binance-usdm:BTCUSDT': flats(3, 200) },
      clients: { odum: { accounts: { okx: {}, 'binance-usdm': {} } } },
      signals: [[0, 'a', 1]],
      funding: { BTCUSDT: [[1, '0.01']] },
    });
    expect(result.openPositions.map(({ funding: amount }) => Number(amount / 10n ** 16n))).toEqual([
      -200, -100,
    ]);
  });
});
