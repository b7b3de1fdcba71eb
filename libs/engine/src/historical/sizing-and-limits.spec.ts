import { describe, expect, it } from '@jest/globals';
import {
  flat,
  flats,
  runBars,
  type BarRow,
  type ParamsSpec,
  type Scenario,
  type SignalColumns,
} from '@bowline/testkit';

/** Quantity of a lone entry at the open of 100, or why it was denied. */
function sized(params: ParamsSpec, columns: SignalColumns = {}, more: Partial<Scenario> = {}): string {
  const { denials, open, orders } = runBars({
    bars: [flat(100)],
    params,
    signals: [[0, 'a', 1, columns]],
    ...more,
  });
  return denials[0] ?? open[0]?.quantity ?? orders[0].quantity;
}

describe('sizing', () => {
  it.each<[string, ParamsSpec, string]>([
    ['a fixed quantity, down to the lot', { fixedQuantity: '1.23456' }, '1.234'],
    ['less than a lot', { fixedQuantity: '0.0009' }, 'a QUANTITY_ZERO at 0'],
    ['a fixed amount: 333.33 / 100', { fixedNotional: '333.33' }, '3.333'],
    ['an amount that buys no lot', { fixedNotional: '0.09' }, 'a QUANTITY_ZERO at 0'],
    ['12.5 % of 10,000', { percentOfBalance: '12.5' }, '12.5'],
    ['more than all of it', { percentOfBalance: 250 }, '250'],
    ['risk: 1 % of 10,000 over |100 - 96|', { riskPerTrade: 1, stopLossPct: 4 }, '25'],
    ['risk over the rounded stop: 100 - 98.7', { riskPerTrade: 1, stopLossPct: '1.23' }, '76.923'],
    [
      'risk by volatility: |100 - 97| needs closes',
      { riskPerTrade: 1, stopLossSd: 3 },
      'a VOLATILITY_UNAVAILABLE at 0',
    ],
    ['risk without a stop', { riskPerTrade: 1 }, 'a STOP_REQUIRED at 0'],
    ['a take-profit is no stop', { riskPerTrade: 1, takeProfitPct: 4 }, 'a STOP_REQUIRED at 0'],
  ])('%s', (_, params, expected) => {
    expect(sized(params)).toBe(expected);
  });

  it.each<[string, ParamsSpec, SignalColumns, string]>([
    ['the quantity column replaces a fixed quantity', { fixedQuantity: 1 }, { quantity: '2.3456' }, '2.345'],
    ['and every other sizing', { percentOfBalance: 50 }, { quantity: 7 }, '7'],
    ['also less than a lot', {}, { quantity: '0.0005' }, 'a QUANTITY_ZERO at 0'],
    ['the stop column: |100 - 95|', { riskPerTrade: 1, stopLossPct: 4 }, { stopLoss: 95 }, '20'],
    ['the volatility column: |100 - 98|', { riskPerTrade: 1, stopLossSd: 1 }, { volatility: 0.02 }, '50'],
  ])('%s', (_, params, columns, expected) => {
    expect(sized(params, columns)).toBe(expected);
  });

  it.each<[string, ParamsSpec, string]>([
    ['a fixed quantity needs no balance', { fixedQuantity: 2 }, '2'],
    ['nor does an amount', { fixedNotional: 150 }, '1.5'],
    ['a share of an unknown balance', { percentOfBalance: 10 }, 'a NO_BALANCE at 0'],
    ['a risk on an unknown balance', { riskPerTrade: 1, stopLossPct: 1 }, 'a NO_BALANCE at 0'],
  ])('without accountBalance: %s', (_, params, expected) => {
    expect(sized(params, {}, { account: { balance: null } })).toBe(expected);
  });

  it('uses the price before slippage', () => {
    const slips = { execution: { slippageBps: 100 } };
    expect(sized({ fixedNotional: 1_000 }, {}, slips)).toBe('10');
    expect(sized({ riskPerTrade: 1, stopLossPct: 5 }, {}, slips)).toBe('20');
  });

  it('of a limit order uses its limit: 990 / 99, and 100 over 99 - 94', () => {
    const limit = { orderType: 'limit', limitOffsetBps: 100 } as const;
    expect(sized({ ...limit, fixedNotional: 990 })).toBe('10');
    expect(sized({ ...limit, riskPerTrade: 1, stopLossPct: 5 })).toBe('20');
  });

  it('at a close uses the close', () => {
    const bars: BarRow[] = [[100, 125, 100, 125]];
    const closing = { bars, signals: [[1, 'a', 1]] } as const;
    expect(sized({ fixedNotional: 1_000, entryPoint: 'close' }, {}, closing)).toBe('8');
  });

  it('counts contracts of ten units', () => {
    expect(sized({ fixedNotional: 5_000 }, {}, { instrument: { multiplier: '10', lotSize: '1' } })).toBe('5');
  });
});

describe('the balance is accountBalance and the netPnl of closed trades', () => {
  const rising: BarRow[] = [flat(100), flat(110), flat(100)];

  it('less their fees: 10,000 + 100 - 10 x (100 + 110) x 1 %', () => {
    const { open } = runBars({
      bars: rising,
      strategies: { a: { fixedQuantity: 10 }, b: { percentOfBalance: 50 } },
      account: { takerBps: 100 },
      signals: [
        [0, 'a', 1],
        [1, 'a', 0],
        [2, 'b', 1],
      ],
    });
    // 10,079 / 2 / 100.
    expect(open).toMatchObject([{ position: 'b-1', quantity: '50.395' }]);
  });

  it('and with their funding', () => {
    const { open } = runBars({
      bars: flats(3, 100),
      strategies: { a: { fixedQuantity: 10 }, b: { percentOfBalance: 50 } },
      funding: { BTCUSDT: [[1, '-0.1']] },
      signals: [
        [0, 'a', 1],
        [2, 'a', 0],
        [2, 'b', 1],
      ],
    });
    expect(open).toMatchObject([{ quantity: '50.5' }]);
  });

  it('not what is open, nor what an open trade has realized or paid so far', () => {
    const { open } = runBars({
      bars: [flat(100), [100, 110, 100, 110], flat(100)],
      strategies: { a: { fixedQuantity: 10, takeProfitPct: 10 }, b: { percentOfBalance: 50 } },
      account: { takerBps: 100 },
      execution: { partialFillRatio: 0.5 },
      signals: [
        [0, 'a', 1],
        [2, 'b', 1],
      ],
    });
    expect(open).toMatchObject([
      { position: 'a-1', quantity: '5', realizedPnl: '50' },
      { position: 'b-1', quantity: '50' },
    ]);
  });

  it('nothing is left to size on once it is lost', () => {
    const { denials } = runBars({
      bars: [flat(100), flat(1), flat(1)],
      strategies: { a: { fixedQuantity: 200 }, b: { percentOfBalance: 50 } },
      signals: [
        [0, 'a', 1],
        [1, 'a', 0],
        [2, 'b', 1],
      ],
    });
    expect(denials).toEqual(['b QUANTITY_ZERO at 2']);
  });
});

describe('what is above a limit is denied, not clipped', () => {
  it.each<[string, ParamsSpec, string]>([
    ['maxPositionSize in base units: as much', { fixedQuantity: 2, maxPositionSize: 2 }, '2'],
    ['a lot more', { fixedQuantity: '2.001', maxPositionSize: 2 }, 'a MAX_POSITION_SIZE at 0'],
    ['less than a lot more is rounded away before', { fixedQuantity: '2.0009', maxPositionSize: 2 }, '2'],
    ['maxPositionNotional in quote: as much', { fixedQuantity: 2, maxPositionNotional: 200 }, '2'],
    ['a lot more', { fixedQuantity: '2.001', maxPositionNotional: 200 }, 'a MAX_POSITION_NOTIONAL at 0'],
    ['maxOrderQuantity', { fixedQuantity: '2.001', maxOrderQuantity: 2 }, 'a MAX_ORDER_QUANTITY at 0'],
    ['maxOrderValue', { fixedQuantity: '2.001', maxOrderValue: 200 }, 'a MAX_ORDER_VALUE at 0'],
  ])('%s', (_, params, expected) => {
    expect(sized(params)).toBe(expected);
  });

  it.each<[string, NonNullable<Scenario['limits']>, string]>([
    ['maxLeverage: 10,000 x 0.5', { maxLeverage: '0.5' }, '50'],
    ['a hair less', { maxLeverage: '0.49999' }, 'a MAX_LEVERAGE at 0'],
    ['maxGrossExposure', { maxGrossExposure: '4999.99' }, 'a MAX_GROSS_EXPOSURE at 0'],
    ['maxNetExposure', { maxNetExposure: '4999.99' }, 'a MAX_NET_EXPOSURE at 0'],
    ['restrictedSymbols', { restrictedSymbols: ['BTCUSDT'] }, 'a RESTRICTED_SYMBOL at 0'],
  ])('of the client: %s', (_, limits, expected) => {
    expect(sized({ fixedQuantity: 50 }, {}, { limits })).toBe(expected);
  });

  it('minNotional is a limit from below', () => {
    const instrument = { minNotional: '50' };
    expect(sized({ fixedQuantity: '0.5' }, {}, { instrument })).toBe('0.5');
    expect(sized({ fixedQuantity: '0.499' }, {}, { instrument })).toBe('a BELOW_MIN_NOTIONAL at 0');
  });

  it('maxPositionSize is that of one strategy in one symbol', () => {
    const { denials, open } = runBars({
      bars: { BTCUSDT: flats(2, 100), ETHUSDT: flats(2, 100) },
      params: { maxPositionSize: 1 },
      signals: [
        [0, 'a', 1],
        [0, 'b', 1],
        [0, 'a', 1, { symbol: 'ETHUSDT' }],
      ],
    });
    expect([denials, open.length]).toEqual([[], 3]);
  });
});

describe('leverage is gross', () => {
  const limits = { maxLeverage: 1 };
  const params = { fixedQuantity: 40 };

  it('long and short add up, whoever holds them', () => {
    const { denials, open } = runBars({
      bars: flats(2, 100),
      limits,
      params,
      signals: [
        [0, 'a', 1],
        [0, 'b', -1],
        [0, 'c', 1],
      ],
    });
    expect([denials, open.map(({ position }) => position)]).toEqual([
      ['c MAX_LEVERAGE at 0'],
      ['a-1', 'b-1'],
    ]);
  });

  it('a resting entry counts before it fills', () => {
    const strategies = { a: { orderType: 'limit', limitOffsetBps: 100 }, b: { fixedQuantity: 70 } } as const;
    const { denials } = runBars({
      bars: flats(2, 100),
      limits,
      params,
      strategies,
      signals: [
        [0, 'a', 1],
        [0, 'b', 1],
      ],
    });
    expect(denials).toEqual(['b MAX_LEVERAGE at 0']);
  });

  it('until it is canceled', () => {
    const strategies = { a: { orderType: 'limit', limitOffsetBps: 100 }, b: { fixedQuantity: 70 } } as const;
    const signals = [
      [0, 'a', 1],
      [1, 'a', 0],
      [1, 'b', 1],
    ] as const;
    expect(runBars({ bars: flats(2, 100), limits, params, strategies, signals }).denials).toEqual([]);
  });

  it.each([
    [150, 'b MAX_LEVERAGE at 1'],
    [149, undefined],
  ])('positions are valued at the acting price in their own market (%p)', (price, denied) => {
    // 67 at 150 are 10,050, at 149 9,983.
    const signals = [
      [0, 'a', 1],
      [1, 'b', 1, { quantity: 27 }],
    ] as const;
    expect(runBars({ bars: [flat(100), flat(price)], limits, params, signals }).denials[0]).toBe(denied);
  });

  it.each([
    [150, 'b MAX_LEVERAGE at 2'],
    [149, undefined],
  ])('and at the last close known in the others (%p)', (close, denied) => {
    // The long of 40 is worth 40 x close once minute 1 has closed; the open of minute 2 is not known elsewhere.
    const { denials } = runBars({
      bars: { BTCUSDT: [flat(100), [100, 150, 100, close], flat(500)], ETHUSDT: flats(3, 100) },
      limits,
      params,
      signals: [
        [0, 'a', 1],
        [2, 'b', 1, { symbol: 'ETHUSDT', quantity: '40.4' }],
      ],
    });
    expect(denials[0]).toBe(denied);
  });

  it('is of each account by itself, and grows with what is earned', () => {
    const { denials, open } = runBars({
      bars: [flat(100), flat(110), flat(100)],
      limits,
      strategies: { a: {}, b: { fixedQuantity: 104 } },
      params,
      signals: [
        [0, 'a', 1],
        [0, 'b', 1],
        [1, 'a', 0],
        [2, 'b', 1],
      ],
    });
    // 10,000 + 400 earned: 104 at 100 are just allowed.
    expect([denials, open.map(({ quantity }) => quantity)]).toEqual([['b MAX_LEVERAGE at 0'], ['104']]);
  });
});

describe('limits on losses count realized net results', () => {
  const falling: BarRow[] = [flat(100), flat(98), flat(98), flat(90), flat(98), flat(98)];
  /** a loses 2 at minute 1 and again at minute 4; b asks at minute 2 and at minute 5. */
  const signals = [
    [0, 'a', 1],
    [1, 'a', 0],
    [2, 'b', 1],
    [3, 'b', 0],
    [5, 'b', 1],
  ] as const;

  it.each<[string, Partial<Scenario>, string[]]>([
    [
      'maxDailyLoss: 2 is reached',
      { limits: { maxDailyLoss: 2 } },
      ['b DAILY_LOSS at 2', 'b DAILY_LOSS at 5'],
    ],
    [
      'fees count',
      { limits: { maxDailyLoss: '2.1' }, account: { takerBps: 10 } },
      ['b DAILY_LOSS at 2', 'b DAILY_LOSS at 5'],
    ],
    ['open losses do not', { limits: { maxDailyLoss: 3 } }, ['b DAILY_LOSS at 5']],
    [
      'maxDrawdownPct of realized equity',
      { limits: { maxDrawdownPct: 1 }, account: { balance: 200 } },
      ['b DRAWDOWN at 2', 'b DRAWDOWN at 5'],
    ],
    [
      'less than that',
      { limits: { maxDrawdownPct: '1.01' }, account: { balance: 200 } },
      ['b DRAWDOWN at 5'],
    ],
    [
      'maxConsecutiveLosses counts each strategy by itself',
      { params: { maxConsecutiveLosses: 1 } },
      ['b CONSECUTIVE_LOSSES at 5'],
    ],
    ['two in a row', { params: { maxConsecutiveLosses: 2 } }, []],
  ])('%s', (_, more, expected) => {
    expect(runBars({ bars: falling, signals, ...more }).denials).toEqual(expected);
  });

  it('the day ends at midnight UTC', () => {
    const bars = { rows: [flat(100), flat(90), flat(90), flat(90)], at: [0, 1, 1_439, 1_440] };
    const run = (more: Partial<Scenario>) =>
      runBars({
        bars,
        signals: [
          [0, 'a', 1],
          [1, 'a', 0],
          [1_439, 'a', 1],
          [1_440, 'a', 1],
        ],
        ...more,
      });
    for (const [more, code] of [
      [{ limits: { maxDailyLoss: 5 } }, 'DAILY_LOSS'],
      [{ params: { maxConsecutiveLosses: 1 } }, 'CONSECUTIVE_LOSSES'],
    ] as const) {
      expect(run(more)).toMatchObject({ denials: [`a ${code} at 1439`], open: [{ entry: '90 at 1440' }] });
    }
  });

  it('a win ends a row of losses, and a trade at cost neither ends nor lengthens it', () => {
    const prices = [100, 99, 99, 99, 99, 98, 98, 99, 99, 98, 98];
    const round = [0, 2, 4, 6, 8].flatMap(
      (minute) =>
        [
          [minute, 'a', 1],
          [minute + 1, 'a', 0],
        ] as const,
    );
    // -1, 0, -1: two in a row; the fourth is denied.
    const { denials, trades } = runBars({
      bars: prices.map(flat),
      params: { maxConsecutiveLosses: 2 },
      signals: round,
    });
    expect(trades.map(({ realizedPnl }) => realizedPnl)).toEqual(['-1', '0', '-1']);
    expect(denials).toEqual(['a CONSECUTIVE_LOSSES at 6', 'a CONSECUTIVE_LOSSES at 8']);
    const winning = [100, 99, 99, 100, 99, 98, 98, 99, 99, 98, 98];
    expect(
      runBars({ bars: winning.map(flat), params: { maxConsecutiveLosses: 2 }, signals: round }).denials,
    ).toEqual([]);
  });

  it('duplicateOrderWindowMs: the same entry again within it', () => {
    const { denials, open } = runBars({
      bars: flats(6, 100),
      limits: { duplicateOrderWindowMs: 180_000 },
      signals: [
        [0, 'a', 1],
        [1, 'a', 0],
        [2, 'a', 1],
        [2, 'b', 1],
        [3, 'a', 1, { quantity: 2 }],
        [4, 'a', 0],
        [5, 'a', 1],
      ],
    });
    expect(denials).toEqual(['a DUPLICATE_ORDER at 2']);
    expect(open.map(({ position }) => position)).toEqual(['b-1', 'a-3']);
  });
});
