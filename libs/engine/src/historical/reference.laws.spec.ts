import { describe, expect, it } from '@jest/globals';
import {
  historicalInput,
  outcomesOf,
  referenceRun,
  type AccountSpec,
  type BarRow,
  type BarSeries,
  type ClientSpec,
  type Outcome,
  type ParamsSpec,
  type Scenario,
  type SignalTuple,
} from '@bowline/testkit';
import type { HistoricalResult } from '@bowline/ports';
import fc from 'fast-check';
import { runHistorical } from './run-historical.js';

/** A random walk in ticks of 0.1 around 100, with gaps between a close and the next open, and gaps in time. */
function barsArbitrary(every: number): fc.Arbitrary<BarSeries> {
  const step = fc.record({
    gap: fc.integer({ min: -8, max: 8 }),
    move: fc.integer({ min: -12, max: 12 }),
    above: fc.nat(8),
    below: fc.nat(8),
    skips: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 3),
  });
  return fc
    .tuple(fc.array(step, { minLength: 3, maxLength: 36, size: 'max' }), fc.nat(3))
    .map(([steps, from]) => {
      let [price, minute] = [1_000, from];
      const at: number[] = [];
      const rows = steps.map(({ above, below, gap, move, skips }): BarRow => {
        const open = price + gap;
        price = open + move;
        at.push(minute);
        minute += every * (1 + skips);
        return [open, Math.max(open, price) + above, Math.min(open, price) - below, price].map(
          (t) => t / 10,
        ) as unknown as BarRow;
      });
      return { rows, every, at };
    });
}

/** One of the values in half of the draws, or in one of five. */
const often = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 });
const seldom = <T>(...values: T[]) =>
  fc.nat(4).chain((n) => (n === 0 ? fc.constantFrom<T | undefined>(...values) : fc.constant(undefined)));

const legs = fc.record({
  takeProfitPct: often('0.3', '0.75', '1.5'),
  stopLossPct: often('0.3', '0.75', '1.5'),
  takeProfitSd: seldom(0.5, 1, 2.5),
  stopLossSd: seldom(0.5, 1, 2.5),
  trailingStopPct: seldom('0.5', '1'),
  trailingStopSd: seldom(1, 2),
  breakEvenPct: seldom('0.4', '0.9'),
  timeExitMinutes: seldom(0.5, 2, 7),
});

const sizing = fc.oneof(
  fc.constantFrom<ParamsSpec>(
    { fixedQuantity: '1.5' },
    { fixedQuantity: '0.017' },
    { fixedNotional: '333.33' },
  ),
  fc.constantFrom<ParamsSpec>({ percentOfBalance: '40' }, { riskPerTrade: '0.5' }),
);

const orders = fc.oneof(
  fc.constant<ParamsSpec>({}),
  fc.record({
    orderType: fc.constant('limit' as const),
    limitOffsetBps: fc.constantFrom('0', '12.5', '60'),
    timeInForce: fc.constantFrom(
      'GTC' as const,
      'GTC' as const,
      'IOC' as const,
      'FOK' as const,
      'GTX' as const,
    ),
  }),
);

const limits = fc.record({
  maxSlippageBps: seldom('0', '15', '30'),
  maxPositionSize: seldom('2', '40'),
  maxPositionNotional: seldom('2500'),
  maxOrderValue: seldom('3999.9'),
});

const paramsArbitrary: fc.Arbitrary<ParamsSpec> = fc
  .tuple(
    legs,
    sizing,
    orders,
    limits,
    fc.record({
      entryPoint: fc.constantFrom('open' as const, 'close' as const),
      mode: fc.constantFrom('longShort' as const, 'longShort' as const, 'longOnly' as const),
      scaleIn: fc.boolean(),
      volatilityWindow: fc.constantFrom(2, 5),
    }),
  )
  .map((parts) => defined(Object.assign({}, ...parts) as ParamsSpec));

const columns = fc.record({
  symbol: fc.constantFrom('BTCUSDT', 'BTCUSDT', 'ETHUSDT'),
  price: seldom('99.7', '100.25', '101', '99.93'),
  takeProfit: seldom('101.55', '98.2', '100.5'),
  stopLoss: seldom('98.75', '101.1', '99.9'),
  volatility: seldom(0.004, 0.0123),
  quantity: seldom('0.0009', '2.4567', '12'),
});

const signalArbitrary: fc.Arbitrary<SignalTuple> = fc
  .tuple(
    fc.nat(88),
    fc.nat(2),
    fc.constantFrom(1 as const, 1 as const, -1 as const, -1 as const, 0 as const),
    columns,
  )
  .map(([half, strategy, signal, optional]): SignalTuple => [
    half / 2,
    `s${strategy}`,
    signal,
    defined(optional),
  ]);

const accountArbitrary: fc.Arbitrary<AccountSpec> = fc.record({
  balance: fc.constantFrom('10000', '1234.56'),
  makerBps: fc.constantFrom('2', '-0.5', '0'),
  takerBps: fc.constantFrom('5', '4.321', '0'),
  hedgeMode: fc.boolean(),
});

const clientArbitrary: fc.Arbitrary<ClientSpec> = fc
  .record({
    accounts: fc.record(
      { 'binance-usdm': accountArbitrary, okx: accountArbitrary },
      { requiredKeys: ['binance-usdm'] },
    ),
    strategies: fc.record(
      { s0: paramsArbitrary, s1: paramsArbitrary, s2: paramsArbitrary },
      { requiredKeys: ['s0', 's1'] },
    ),
    limits: seldom({ maxLeverage: '0.8' }, { maxGrossExposure: '6000' }),
    weights: seldom(['1', '2'], ['3', '0']),
  })
  .map(({ accounts, limits: clientLimits, strategies, weights }) => {
    const names = Object.keys(accounts);
    const routing = weights && Object.fromEntries(names.map((name, i) => [name, weights[i]]));
    return defined({ accounts, strategies, limits: clientLimits, routing });
  });

const scenarioArbitrary: fc.Arbitrary<Scenario> = fc.record({
  bars: fc.record({
    'binance-usdm:BTCUSDT': barsArbitrary(1),
    'okx:BTCUSDT': barsArbitrary(3),
    'binance-usdm:ETHUSDT': barsArbitrary(2),
  }),
  signals: fc.array(signalArbitrary, { minLength: 1, maxLength: 60, size: 'max' }),
  clients: fc.record({ christian: clientArbitrary, odum: clientArbitrary }, { requiredKeys: ['odum'] }),
  instrument: fc.constantFrom({}, { minNotional: '50' }, { lotSize: '0.01', multiplier: '0.1' }),
  execution: fc.record({
    slippageBps: fc.constantFrom('0', '1.5', '20'),
    latencyMs: fc.constantFrom(0, 0, 45_000),
    fillProbability: fc.constantFrom(1, 1, 0.6),
    partialFillRatio: fc.constantFrom(1, 1, 0.57, 0.2),
    intrabar: fc.constantFrom('pessimistic' as const, 'optimistic' as const, 'path' as const),
    seed: fc.nat(5),
  }),
  funding: fc.constantFrom(
    {},
    {
      BTCUSDT: [
        [4, '0.00013'],
        [11.5, '-0.0002'],
        [12, '0.001'],
      ] as const,
    },
  ),
});

type Drawn<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the keys that were not drawn. */
function defined<T extends object>(values: T): Drawn<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Drawn<T>;
}

/** Outcomes without what has no order of its own. */
function comparable(outcomes: readonly Outcome[]) {
  return outcomes.map(({ denials, equity, open, trades }) => ({
    trades,
    denials,
    open: open.map((position) => JSON.stringify(position)).sort(),
    equity,
  }));
}

function sumOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [reason, count] of counts.flatMap((each) => Object.entries(each)))
    all[reason] = (all[reason] ?? 0) + count;
  return all;
}

/** What must have happened for the comparison to say anything. */
const REACHED = [
  ...['take_profit', 'stop_loss', 'signal', 'reversal', 'time_exit'],
  ...[
    'VOLATILITY_UNAVAILABLE',
    'TAKE_PROFIT_WRONG_SIDE',
    'STOP_LOSS_WRONG_SIDE',
    'STOP_REQUIRED',
    'QUANTITY_ZERO',
  ],
  ...['BELOW_MIN_NOTIONAL', 'MAX_POSITION_SIZE', 'MAX_POSITION_NOTIONAL', 'MAX_ORDER_VALUE', 'MAX_SLIPPAGE'],
  ...['MAX_GROSS_EXPOSURE', 'MAX_LEVERAGE'],
  ...['OUTSIDE_DATA', 'NO_BAR', 'UNCHANGED', 'ALREADY_FLAT', 'SUPERSEDED'],
  ...['filled in parts', 'added to', 'reached by an order that rested', 'charged funding'],
];

function reachedBy({ denials, fills, ignoredSignals, trades }: HistoricalResult): string[] {
  const manyFills = trades.filter(({ orders }) => orders.length > 2);
  return [
    ...trades.map(({ closeReason }) => closeReason),
    ...denials.map(({ code }) => code),
    ...Object.keys(ignoredSignals),
    ...(fills.length > 2 * trades.length + 10 ? ['filled in parts'] : []),
    ...manyFills.filter(({ orders }) => orders[1].leg === 'e').map(() => 'added to'),
    ...fills
      .filter(({ key, liquidity }) => key.leg === 'e' && liquidity === 'maker')
      .map(() => 'reached by an order that rested'),
    ...trades.filter(({ funding }) => funding !== 0n).map(() => 'charged funding'),
  ];
}

describe('the historical loop and the reference', () => {
  it('leave the same trades, denials, positions and equity on random bars, signals, desks and clients', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(scenarioArbitrary, (scenario) => {
        const input = historicalInput(scenario);
        const result = runHistorical(input);
        const expected = referenceRun(input);
        const clients = input.config.clients.map(({ clientId }) => clientId);
        expect(comparable(outcomesOf(result, clients))).toEqual(comparable(expected));
        const { NO_BARS, NOT_FOLLOWED, NOT_TRADED, ...ignored } = result.ignoredSignals;
        expect(ignored).toEqual(sumOf(expected.map((outcome) => outcome.ignored)));
        expect(result.invariants.violated).toBe(0);
        for (const name of reachedBy(result)) reached.add(name);
      }),
      // A failure is shrunk for minutes; without endOnFailure the counterexample is small.
      { numRuns: 400, seed: 20261120, endOnFailure: true },
    );
    expect(REACHED.filter((name) => !reached.has(name))).toEqual([]);
  });
});
