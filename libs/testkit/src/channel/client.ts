import {
  cash,
  createClient,
  decimal,
  addTarget,
  type Cash,
  type ClientLimits,
  type ClientState,
  type Instrument,
  type MarketFacts,
  type PendingSignal,
  type RoutingPart,
  type StrategyLimits,
  type StrategyParams,
} from '@bowline/domain';
import { WHOLE } from './setup.js';

export const NO_STRATEGY_LIMITS: StrategyLimits = {
  maxPositionSize: null,
  maxPositionNotional: null,
  maxOrderQuantity: null,
  maxOrderValue: null,
  maxConsecutiveLosses: null,
};

export const NO_CLIENT_LIMITS: ClientLimits = {
  maxLeverage: null,
  maxGrossExposure: null,
  maxNetExposure: null,
  maxDailyLoss: null,
  maxDrawdownPct: null,
  restrictedSymbols: [],
  duplicateOrderWindowMs: 0,
};

/** A strategy that goes both ways with 10 lots at the market, its legs 10 % away, and without limits. */
export function someParams(changes: Partial<StrategyParams> = {}): StrategyParams {
  return {
    sizing: { kind: 'fixedQuantity', quantity: decimal(10) },
    takeProfit: { kind: 'pct', percent: decimal(10) },
    stopLoss: { kind: 'pct', percent: decimal(10) },
    trailingStop: null,
    breakEven: null,
    timeExitMs: null,
    volatilityWindow: 20,
    orderType: 'market',
    limitOffsetBps: decimal(0),
    timeInForce: 'GTC',
    maxSlippageBps: null,
    entryPoint: 'open',
    mode: 'longShort',
    scaleIn: false,
    limits: NO_STRATEGY_LIMITS,
    ...changes,
  };
}

export interface ClientTerms {
  readonly limits?: Partial<ClientLimits>;
  readonly balance?: Cash | null;
  readonly instrument?: Instrument;
  /** Channels of the one account; each has every strategy. */
  readonly channels?: number;
  readonly strategies?: Readonly<Record<string, StrategyParams>>;
  readonly routing?: RoutingPart | null;
}

/** A client with one account of 10,000, one channel at a mark of 100, and the strategy A. */
export function aClient(terms: ClientTerms = {}): ClientState {
  const { balance = cash(10_000), channels = 1, instrument = WHOLE, limits = {}, routing = null } = terms;
  const client = createClient({
    clientId: 'ikenna',
    limits: { ...NO_CLIENT_LIMITS, ...limits },
    accounts: [{ exchange: 'binance-usdm', balance }],
    channels: Array.from({ length: channels }, (_, i) => ({ account: 0, symbol: `SYMBOL${i}`, instrument })),
  });
  for (const [i, book] of client.channels.entries()) {
    book.mark = 100;
    for (const [strategyId, params] of Object.entries(terms.strategies ?? { A: someParams() })) {
      addTarget(client, i, strategyId, params, routing);
    }
  }
  return client;
}

export function aSignal(signal: 1 | 0 | -1, changes: Partial<PendingSignal> = {}): PendingSignal {
  return {
    id: 'signal',
    strategyId: 'A',
    signal,
    time: 1,
    price: null,
    takeProfit: null,
    stopLoss: null,
    volatility: null,
    quantity: null,
    expiresAt: null,
    ...changes,
  };
}

export function someFacts(changes: Partial<MarketFacts> = {}): MarketFacts {
  return { at: 1, price: 100, expectedPrice: null, volatility: null, ...changes };
}
