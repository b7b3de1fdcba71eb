import { describe, expect, it } from '@jest/globals';
import { LIVE_DEFAULTS, type DeskConfig } from '@bowline/contracts';
import { createInstrument, decimal, type Distance, type StrategyParams } from '@bowline/domain';
import { createBarFills } from '@bowline/exchange-simulator';
import type { SignalRow, TickBars } from '@bowline/ports';
import fc from 'fast-check';
import type { HistoricalInput } from './input.js';
import { runHistorical } from './run-historical.js';

const instrument = createInstrument({
  exchange: 'binance-usdm',
  symbol: 'BTCUSDT',
  kind: 'perpetual',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  multiplier: '1',
  inverse: false,
  tickSize: '0.1',
  lotSize: '0.001',
  minNotional: '5',
});

const MINUTE = 60_000;

/** A random walk in ticks, one step a bar, with gaps between close and next open. */
const barsArbitrary = fc
  .array(
    fc.tuple(fc.integer({ min: -40, max: 40 }), fc.nat(30), fc.nat(30), fc.integer({ min: -15, max: 15 })),
    {
      minLength: 2,
      maxLength: 160,
      size: 'max',
    },
  )
  .map((steps): TickBars => {
    const column = () => new Float64Array(steps.length);
    const [openTime, open, high, low, close] = [column(), column(), column(), column(), column()];
    let price = 10_000;
    for (const [row, [move, above, below, gap]] of steps.entries()) {
      openTime[row] = row * MINUTE;
      open[row] = price + gap;
      close[row] = price + gap + move;
      high[row] = Math.max(open[row]!, close[row]!) + above;
      low[row] = Math.min(open[row]!, close[row]!) - below;
      price = close[row]!;
    }
    return { length: steps.length, openTime, open, high, low, close, intervalMs: MINUTE };
  });

const percent = fc
  .constantFrom('0.1', '0.25', '0.5', '1')
  .map((text): Distance => ({ kind: 'pct', percent: decimal(text) }));
const sds = fc.constantFrom(0.5, 1, 2).map((multiple): Distance => ({ kind: 'sd', multiple }));
const distance = fc.option(fc.oneof(percent, sds), { nil: null });

const paramsArbitrary = fc.record({
  takeProfit: distance,
  stopLoss: distance,
  trailingStop: fc.option(percent, { nil: null, freq: 3 }),
  breakEven: fc.option(percent, { nil: null, freq: 3 }),
  timeExitMs: fc.option(fc.constantFrom(MINUTE, 7 * MINUTE), { nil: null, freq: 3 }),
  entryPoint: fc.constantFrom('open' as const, 'close' as const),
  mode: fc.constantFrom('longOnly' as const, 'longShort' as const),
  sizing: fc.constantFrom<StrategyParams['sizing']>(
    { kind: 'fixedQuantity', quantity: decimal('0.01') },
    { kind: 'percentOfBalance', percent: decimal('50') },
  ),
});

const signalsArbitrary = fc.array(
  fc.record({
    minute: fc.nat(165),
    strategy: fc.nat(2),
    signal: fc.constantFrom(1 as const, 0 as const, -1 as const),
    takeProfit: fc.option(fc.constantFrom('1001', '1005', '990', '995'), { nil: undefined, freq: 6 }),
  }),
  { maxLength: 60, size: 'max' },
);

type Of<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Params = Of<typeof paramsArbitrary>;

function paramsOf(drawn: Params): StrategyParams {
  return {
    volatilityWindow: 5,
    orderType: 'market',
    limitOffsetBps: decimal('0'),
    timeInForce: 'GTC',
    maxSlippageBps: null,
    scaleIn: false,
    limits: {
      maxPositionSize: null,
      maxPositionNotional: null,
      maxOrderQuantity: null,
      maxOrderValue: null,
      maxConsecutiveLosses: null,
    },
    ...drawn,
  };
}

function inputOf(
  bars: TickBars,
  drawn: readonly Params[],
  signals: Of<typeof signalsArbitrary>,
  intrabar: DeskConfig['execution']['intrabar'],
  hedgeMode: boolean,
  fundingEvery: number,
): HistoricalInput {
  const params = drawn.map(paramsOf);
  const account = {
    exchange: 'binance-usdm',
    accountBalance: decimal('10000'),
    feeMakerBps: decimal('2'),
    feeTakerBps: decimal('5'),
    hedgeMode,
    allowSynthetic: false,
    symbols: null,
  };
  const limits = {
    maxLeverage: decimal('3'),
    maxGrossExposure: null,
    maxNetExposure: null,
    maxDailyLoss: null,
    maxDrawdownPct: null,
    restrictedSymbols: [],
    duplicateOrderWindowMs: 0,
  };
  return {
    config: {
      environment: 'local-dev',
      clients: [
        {
          clientId: 'odum',
          accounts: [account],
          limits,
          defaults: params[0]!,
          strategies: new Map(params.map((own, i) => [`s${i}`, own])),
          routing: null,
          smartRouting: false,
        },
      ],
      instruments: [],
      execution: {
        slippageBps: decimal('1.5'),
        latencyMs: 0,
        fillProbability: 1,
        partialFillRatio: 1,
        intrabar,
        seed: 1,
      },
      live: LIVE_DEFAULTS,
      warnings: [],
    },
    markets: [{ exchange: 'binance-usdm', symbol: 'BTCUSDT', instrument, bars }],
    signals: signals.map(({ minute, signal, strategy, takeProfit }, i): SignalRow => {
      const row = {
        time: minute * MINUTE,
        strategyId: `s${strategy}`,
        symbol: 'BTCUSDT',
        signal,
        row: i + 1,
      };
      return takeProfit === undefined ? row : { ...row, takeProfit };
    }),
    funding: new Map([['BTCUSDT', fundingEvery === 0 ? [] : fundings(bars.length, fundingEvery)]]),
    createFills: createBarFills,
    clientOrderId: ({ generation, leg, strategyPositionId }) => `${strategyPositionId}${leg}${generation}`,
    record: 'everything',
    equity: 'bar',
  };
}

function fundings(bars: number, every: number) {
  return Array.from({ length: Math.ceil(bars / every) }, (_, i) => ({
    time: i * every * MINUTE,
    rate: '0.00013',
  }));
}

describe('the quick desk and the decider', () => {
  it('leave the same trades, orders, fills, positions and equity on random bars, signals and parameters', () => {
    let trades = 0;
    fc.assert(
      fc.property(
        barsArbitrary,
        fc.tuple(paramsArbitrary, paramsArbitrary, paramsArbitrary),
        signalsArbitrary,
        fc.constantFrom('pessimistic' as const, 'optimistic' as const, 'path' as const),
        fc.boolean(),
        fc.constantFrom(0, 8),
        (bars, params, signals, intrabar, hedgeMode, fundingEvery) => {
          const input = inputOf(bars, params, signals, intrabar, hedgeMode, fundingEvery);
          const quick = runHistorical(input);
          const decided = runHistorical({ ...input, desk: 'decider' });
          trades += quick.trades.length;
          expect(quick).toEqual(decided);
          expect(quick.invariants.violated).toBe(0);
        },
      ),
      { numRuns: 400, seed: 20261120 },
    );
    expect(trades).toBeGreaterThan(1_000);
  });
});
