import {
  LIVE_DEFAULTS,
  type AccountConfig,
  type ClientConfig,
  type ExecutionConfig,
} from '@bowline/contracts';
import {
  compareCodePoints,
  createInstrument,
  decimal,
  type Instrument,
  type InstrumentSpec,
} from '@bowline/domain';
import type { HistoricalInput, Market } from '@bowline/engine';
import { createBarFills } from '@bowline/exchange-simulator';
import type { FundingRow, SignalRow } from '@bowline/ports';
import { tickBars, type BarRow, type BarSeries, type Price } from './bars.js';
import { atMinute } from './clock.js';
import { clientLimits, strategyParams, type LimitsSpec, type ParamsSpec } from './params.js';

export const EXCHANGE = 'binance-usdm';
export const SYMBOL = 'BTCUSDT';
export const CLIENT = 'odum';

/** Minute, strategy, signal, and what the optional columns say. */
export type SignalTuple = readonly [
  minute: number,
  strategyId: string,
  signal: 1 | 0 | -1,
  columns?: SignalColumns,
];

export interface SignalColumns {
  readonly symbol?: string;
  readonly price?: Price;
  readonly takeProfit?: Price;
  readonly stopLoss?: Price;
  readonly volatility?: number;
  readonly quantity?: Price;
}

export interface AccountSpec {
  /** Quote currency: 10000. Null: unknown. */
  readonly balance?: Price | null;
  readonly makerBps?: Price;
  readonly takerBps?: Price;
  readonly hedgeMode?: boolean;
  readonly allowSynthetic?: boolean;
  readonly symbols?: readonly string[];
}

export interface ClientSpec {
  /** By exchange; one account at the one exchange where it is left out. */
  readonly accounts?: Readonly<Record<string, AccountSpec>>;
  readonly params?: ParamsSpec;
  /** Followed strategies, over `params`. Left out: every strategy that sends a signal. */
  readonly strategies?: Readonly<Record<string, ParamsSpec>>;
  readonly limits?: LimitsSpec;
  readonly routing?: Readonly<Record<string, Price>>;
  readonly smartRouting?: boolean;
}

/** A historical run in a few lines: what is left out is one client at one exchange in one symbol, without any cost. */
export interface Scenario extends ClientSpec {
  /** Of the one symbol at the one exchange; or by `SYMBOL` or `EXCHANGE:SYMBOL`. */
  readonly bars: readonly BarRow[] | BarSeries | Readonly<Record<string, readonly BarRow[] | BarSeries>>;
  readonly signals: readonly SignalTuple[];
  /** Of the one client, where `accounts` does not say more. */
  readonly account?: AccountSpec;
  /** Instead of the one client. */
  readonly clients?: Readonly<Record<string, ClientSpec>>;
  /** A tick of 0.1 and a lot of 0.001 where it is left out. */
  readonly instrument?: Partial<InstrumentSpec>;
  readonly execution?: Partial<Omit<ExecutionConfig, 'slippageBps'>> & { readonly slippageBps?: Price };
  /** Minute and rate, by symbol. */
  readonly funding?: Readonly<Record<string, readonly (readonly [minute: number, rate: string])[]>>;
  readonly record?: HistoricalInput['record'];
  readonly equity?: HistoricalInput['equity'];
}

/** The input of the historical loop that the scenario describes. */
export function historicalInput(scenario: Scenario): HistoricalInput {
  const { account = {}, clients, execution, funding = {} } = scenario;
  const clientSpecs = clients ?? { [CLIENT]: { accounts: { [EXCHANGE]: account }, ...scenario } };
  return {
    config: {
      environment: 'local-dev',
      clients: sorted(clientSpecs).map(([clientId, spec]) => clientConfig(clientId, spec)),
      instruments: [],
      execution: {
        latencyMs: 0,
        fillProbability: 1,
        partialFillRatio: 1,
        intrabar: 'pessimistic',
        seed: 1,
        ...execution,
        slippageBps: decimal(execution?.slippageBps ?? 0),
      },
      live: LIVE_DEFAULTS,
      warnings: [],
    },
    markets: marketsOf(scenario),
    signals: scenario.signals.map(signalRow),
    funding: new Map(
      Object.entries(funding).map(([symbol, rows]): [string, FundingRow[]] => [
        symbol,
        rows.map(([minute, rate]) => ({ time: atMinute(minute), rate })),
      ]),
    ),
    createFills: createBarFills,
    // Without the generation, so that a draw does not depend on how often an order has been replaced.
    clientOrderId: ({ clientId, exchange, leg, strategyPositionId, symbol }) =>
      [clientId, exchange, symbol, strategyPositionId, leg].join('|'),
    record: scenario.record ?? 'everything',
    equity: scenario.equity ?? 'bar',
  };
}

/** An instrument quoted in USDT with a tick of 0.1 and a lot of 0.001, unless said otherwise. */
export function instrumentOf(
  exchange: string,
  symbol: string,
  spec: Partial<InstrumentSpec> = {},
): Instrument {
  return createInstrument({
    kind: 'perpetual',
    base: symbol.replace(/USDT$/, ''),
    quote: 'USDT',
    settle: 'USDT',
    multiplier: '1',
    inverse: false,
    tickSize: '0.1',
    lotSize: '0.001',
    minNotional: '0',
    ...spec,
    exchange,
    symbol,
  });
}

function marketsOf({ bars, instrument }: Scenario): Market[] {
  const named = isSeries(bars) ? { [SYMBOL]: bars } : bars;
  return Object.entries(named).map(([name, series]) => {
    const [exchange, symbol] = name.includes(':') ? (name.split(':') as [string, string]) : [EXCHANGE, name];
    const of = instrumentOf(exchange, symbol, instrument);
    return { exchange, symbol, instrument: of, bars: tickBars(of, series) };
  });
}

function isSeries(bars: Scenario['bars']): bars is readonly BarRow[] | BarSeries {
  return Array.isArray(bars) || 'rows' in bars;
}

export function clientConfig(clientId: string, spec: ClientSpec): ClientConfig {
  const { accounts = { [EXCHANGE]: {} }, limits, params, routing, smartRouting = false, strategies } = spec;
  return {
    clientId,
    accounts: sorted(accounts).map(([exchange, account]) => accountConfig(exchange, account)),
    limits: clientLimits(limits),
    defaults: strategyParams(params),
    strategies:
      strategies === undefined
        ? null
        : new Map(sorted(strategies).map(([id, own]) => [id, strategyParams({ ...params, ...own })])),
    smartRouting,
    routing:
      routing === undefined ? null : new Map(sorted(routing).map(([id, weight]) => [id, decimal(weight)])),
  };
}

function accountConfig(exchange: string, spec: AccountSpec): AccountConfig {
  const { allowSynthetic = false, balance = 10_000, hedgeMode = false } = spec;
  const { makerBps = 0, symbols = null, takerBps = 0 } = spec;
  return {
    exchange,
    accountBalance: balance === null ? null : decimal(balance),
    feeMakerBps: decimal(makerBps),
    feeTakerBps: decimal(takerBps),
    hedgeMode,
    allowSynthetic,
    symbols,
  };
}

function signalRow([minute, strategyId, signal, columns = {}]: SignalTuple, index: number): SignalRow {
  const { symbol = SYMBOL, volatility, ...prices } = columns;
  const texts = Object.entries(prices).map(([column, value]) => [column, String(value)]);
  return {
    time: atMinute(minute),
    strategyId,
    symbol,
    signal,
    row: index + 1,
    ...(volatility === undefined ? {} : { volatility }),
    ...(Object.fromEntries(texts) as Record<string, string>),
  };
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => compareCodePoints(a, b));
}
