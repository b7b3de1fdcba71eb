import fc from 'fast-check';
import type { BarRow, BarSeries } from './bars.js';
import type { LimitsSpec, ParamsSpec } from './params.js';
import type { AccountSpec, ClientSpec, Scenario, SignalTuple } from './scenario.js';

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

const paramsArbitrary = (more: readonly ParamsSpec[]): fc.Arbitrary<ParamsSpec> =>
  fc
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
      more.length === 0 ? fc.constant({}) : seldom(...more),
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

const clientArbitrary = ({ clientLimits, strategyLimits }: RandomLimits): fc.Arbitrary<ClientSpec> => {
  const params = paramsArbitrary(strategyLimits);
  return fc
    .record({
      accounts: fc.record(
        { 'binance-usdm': accountArbitrary, okx: accountArbitrary },
        { requiredKeys: ['binance-usdm'] },
      ),
      strategies: fc.record({ s0: params, s1: params, s2: params }, { requiredKeys: ['s0', 's1'] }),
      limits: seldom(...clientLimits),
      weights: seldom(['1', '2'], ['3', '0']),
    })
    .map(({ accounts, limits: drawn, strategies, weights }) => {
      const names = Object.keys(accounts);
      const routing = weights && Object.fromEntries(names.map((name, i) => [name, weights[i]]));
      return defined({ accounts, strategies, limits: drawn, routing });
    });
};

/** Limits of which some clients, and some strategies, have one. */
export interface RandomLimits {
  readonly clientLimits: readonly LimitsSpec[];
  readonly strategyLimits: readonly ParamsSpec[];
}

/**
 * Random desks over random bars: one or two clients at one or two exchanges, up to three strategies with all that they
 * may be told to do, bars of different lengths with gaps, costs, partial fills, and funding.
 */
export const randomScenarios = (limited: RandomLimits): fc.Arbitrary<Scenario> =>
  fc.record({
    bars: fc.record({
      'binance-usdm:BTCUSDT': barsArbitrary(1),
      'okx:BTCUSDT': barsArbitrary(3),
      'binance-usdm:ETHUSDT': barsArbitrary(2),
    }),
    signals: fc.array(signalArbitrary, { minLength: 1, maxLength: 60, size: 'max' }),
    clients: fc.record(
      { christian: clientArbitrary(limited), odum: clientArbitrary(limited) },
      { requiredKeys: ['odum'] },
    ),
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
