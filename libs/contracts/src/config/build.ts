import {
  cash,
  cashOf,
  decimal,
  formatUnits,
  type Cash,
  type ClientLimits,
  type Decimal,
  type Distance,
  type ExecutionPlan,
  type Sizing,
  type StrategyParams,
} from '@bowline/domain';
import type { AccountConfig, ClientConfig, ConfiguredInstrument, DeskConfig, LiveConfig } from './desk.js';
import { usualConnection } from './adapters.js';
import type { ConnectionSection } from './schema/connections.js';
import { DEFAULTS, LIVE_DEFAULTS } from './defaults.js';
import { buildIngest } from './ingest.js';
import { overlay } from './overlay.js';
import type { AccountSection, ClientSection, OverridesSection } from './schema/client.js';
import type { DeskSection } from './schema/desk-schema.js';
import type { ExecutionSection } from './schema/execution.js';
import type { InstrumentSection } from './schema/instruments.js';
import { instrument as instrumentSchema } from './schema/instruments.js';
import type { OrderParams, Sizings } from './schema/order-params.js';
import type { ClientRisk, StrategyRisk } from './schema/risk-params.js';

/** The desk that a checked configuration describes: defaults applied, overrides laid over, lists sorted. */
export function buildDesk(section: DeskSection): Omit<DeskConfig, 'warnings'> {
  const execution = section.execution ?? {};
  return {
    environment: section.environment ?? DEFAULTS.environment,
    clients: sortedEntries(section.clients).map(([clientId, client]) => buildClient(clientId, client)),
    instruments: buildInstruments(section.instruments ?? {}),
    execution: {
      slippageBps: execution.slippageBps ?? decimal(DEFAULTS.slippageBps),
      latencyMs: execution.latencyMs ?? Number(DEFAULTS.latencyMs),
      fillProbability: execution.fillProbability ?? Number(DEFAULTS.fillProbability),
      partialFillRatio: execution.partialFillRatio ?? Number(DEFAULTS.partialFillRatio),
      intrabar: execution.intrabar ?? DEFAULTS.intrabar,
      seed: execution.seed ?? Number(DEFAULTS.seed),
    },
    live: buildLive(section),
  };
}

function buildLive(section: DeskSection): LiveConfig {
  const { dependencies, journal, messaging, process, storage } = section;
  const { bus, exchanges: usual } = ENVIRONMENTS[section.environment ?? DEFAULTS.environment];
  const exchanges = dependencies?.exchanges;
  const mock = exchanges?.type === 'mock' ? exchanges : null;
  const simulator = exchanges?.type === 'simulator' ? exchanges : null;
  const paper = exchanges?.type === 'paper_trading' ? exchanges : null;
  const sections = exchanges !== undefined && 'connections' in exchanges ? exchanges.connections : undefined;
  const queue = messaging?.type === 'local_pubsub' ? messaging.queueSize : undefined;
  const type = messaging?.type ?? bus;
  return {
    exchanges: exchanges?.type ?? usual,
    mock: {
      latencyMs: mock?.latencyMs ?? simulator?.latencyMs ?? paper?.latencyMs ?? LIVE_DEFAULTS.mock.latencyMs,
      fillRatio: mock?.fillRatio ?? paper?.fillRatio ?? LIVE_DEFAULTS.mock.fillRatio,
    },
    exchangeUrl: (simulator?.url ?? DEFAULTS.exchangeUrl).replace(/\/$/, ''),
    connections: buildConnections(section.clients, sections ?? {}),
    marketDataUrl: dependencies?.marketData?.url?.replace(/\/$/, '') ?? null,
    bus: type,
    redis: redisOf(type, messaging),
    pubsub:
      messaging?.type === 'pubsub'
        ? { project: messaging.project, prefix: messaging.topic ?? DEFAULTS.topicPrefix }
        : null,
    journal: journal?.type ?? LIVE_DEFAULTS.journal,
    storage: storage?.type ?? LIVE_DEFAULTS.storage,
    database: storage?.type === 'duckdb' ? storage.path : null,
    token: process?.token ?? null,
    memoryLimitMb: process?.memoryLimitMb ?? null,
    queueSize: queue ?? LIVE_DEFAULTS.queueSize,
    logLevel: logLevelOf(process?.logLevel),
    ingest: buildIngest(section.ingest ?? {}),
  };
}

/** What an environment is made of where the configuration does not say otherwise. */
const ENVIRONMENTS: Readonly<Record<DeskConfig['environment'], Pick<LiveConfig, 'bus' | 'exchanges'>>> = {
  'local-dev': { bus: 'local_pubsub', exchanges: 'mock' },
  'local-integration': { bus: 'redis', exchanges: 'simulator' },
  'cloud-dev': { bus: 'pubsub', exchanges: 'paper_trading' },
  production: { bus: 'pubsub', exchanges: 'live' },
};

function buildConnections(
  clients: DeskSection['clients'],
  sections: Readonly<Record<string, ConnectionSection>>,
): LiveConfig['connections'] {
  const exchanges = new Set(Object.values(clients).flatMap((client) => Object.keys(client.exchanges)));
  return new Map(
    [...exchanges].sort(byCodePoint).map((exchange) => {
      const usual = usualConnection(exchange);
      const { adapter, ccxtId, rest, stream, testnet } = sections[exchange] ?? {};
      return [
        exchange,
        {
          adapter: adapter ?? usual.adapter,
          ccxtId: ccxtId ?? usual.ccxtId,
          rest: rest?.replace(/\/$/, '') ?? null,
          stream: stream?.replace(/\/$/, '') ?? null,
          testnet: testnet ?? false,
        },
      ];
    }),
  );
}

function redisOf(bus: LiveConfig['bus'], messaging: DeskSection['messaging']): LiveConfig['redis'] {
  if (messaging?.type === 'redis')
    return { host: messaging.host, port: messaging.port ?? Number(DEFAULTS.redisPort) };
  return bus === 'redis' ? { host: DEFAULTS.redisHost, port: Number(DEFAULTS.redisPort) } : null;
}

function logLevelOf(named: string | undefined): LiveConfig['logLevel'] {
  const level = named?.toLowerCase();
  if (level === undefined) return LIVE_DEFAULTS.logLevel;
  return level === 'warning' ? 'warn' : (level as LiveConfig['logLevel']);
}

function buildClient(clientId: string, client: ClientSection): ClientConfig {
  const risk = client.riskParams ?? {};
  return {
    clientId,
    accounts: sortedEntries(client.exchanges).map(([exchange, account]): AccountConfig => ({
      exchange,
      accountBalance: account.accountBalance ?? null,
      feeMakerBps: account.feeMakerBps ?? decimal(DEFAULTS.feeMakerBps),
      feeTakerBps: account.feeTakerBps ?? decimal(DEFAULTS.feeTakerBps),
      hedgeMode: account.hedgeMode ?? DEFAULTS.hedgeMode,
      allowSynthetic: account.allowSynthetic ?? DEFAULTS.allowSynthetic,
      symbols: account.symbols ? sorted(account.symbols) : null,
      ...credentials(account),
      ...(account.commandKey === undefined ? {} : { commandKey: account.commandKey }),
    })),
    limits: buildLimits(risk),
    defaults: buildParams(risk, client.orderParams ?? {}),
    strategies: buildStrategies(client),
    routing: client.routing ? new Map(sortedEntries(client.routing)) : null,
    smartRouting: client.smartRouting ?? DEFAULTS.smartRouting,
    ...(client.commandKey === undefined ? {} : { commandKey: client.commandKey }),
  };
}

function credentials({
  apiKey,
  apiPassphrase,
  apiSecret,
}: AccountSection): Pick<AccountConfig, 'credentials'> {
  if (apiKey === undefined && apiSecret === undefined) return {};
  const passphrase = apiPassphrase === undefined ? {} : { apiPassphrase };
  return { credentials: { apiKey: apiKey ?? null, apiSecret: apiSecret ?? null, ...passphrase } };
}

function buildStrategies(client: ClientSection): ReadonlyMap<string, StrategyParams> | null {
  if (client.strategies === undefined) return null;
  const named: [string, OverridesSection][] = Array.isArray(client.strategies)
    ? client.strategies.map((id) => [id, {}])
    : Object.entries(client.strategies);
  const params = named.map(([strategyId, own]): [string, StrategyParams] => [
    strategyId,
    buildParams(
      overlay<StrategyRisk>(client.riskParams ?? {}, own.riskParams ?? {}),
      overlay<OrderParams>(client.orderParams ?? {}, own.orderParams ?? {}),
    ),
  ]);
  return new Map(params.sort(([a], [b]) => byCodePoint(a, b)));
}

function buildParams(risk: StrategyRisk, order: OrderParams): StrategyParams {
  return {
    sizing: buildSizing(order.sizing),
    takeProfit: distance(risk.takeProfitSd, risk.takeProfitPct),
    stopLoss: distance(risk.stopLossSd, risk.stopLossPct),
    trailingStop: distance(risk.trailingStopSd, risk.trailingStopPct),
    breakEven: distance(risk.breakEvenSd, risk.breakEvenPct),
    timeExitMs: typeof risk.timeExitMinutes === 'number' ? Math.round(risk.timeExitMinutes * 60_000) : null,
    volatilityWindow: risk.volatilityWindow ?? Number(DEFAULTS.volatilityWindow),
    orderType: order.defaultOrderType ?? DEFAULTS.orderType,
    limitOffsetBps: order.limitOffsetBps ?? decimal(DEFAULTS.limitOffsetBps),
    timeInForce: order.timeInForce ?? DEFAULTS.timeInForce,
    maxSlippageBps: order.maxSlippageBps ?? null,
    entryPoint: order.entryPoint ?? DEFAULTS.entryPoint,
    mode: order.mode ?? DEFAULTS.mode,
    scaleIn: order.scaleIn ?? DEFAULTS.scaleIn,
    ...(order.execution ? { execution: buildExecution(order.execution) } : {}),
    limits: {
      maxPositionSize: risk.maxPositionSize ?? null,
      maxPositionNotional: amount(risk.maxPositionNotional),
      maxOrderQuantity: risk.maxOrderQuantity ?? null,
      maxOrderValue: amount(risk.maxOrderValue),
      maxConsecutiveLosses: risk.maxConsecutiveLosses ?? null,
    },
  };
}

function buildExecution(given: ExecutionSection): ExecutionPlan {
  switch (given.type) {
    case 'twap':
    case 'vwap':
    case 'iceberg':
      return given;
    case 'pov':
      return { ...given, intervalMs: given.intervalMs ?? Number(DEFAULTS.povIntervalMs) };
    case 'chunked':
      return {
        type: 'chunked',
        chunks: given.chunks ?? Number(DEFAULTS.chunks),
        quoting: given.quoting ?? DEFAULTS.quoting,
        quoteMs: given.quoteMs ?? Number(DEFAULTS.quoteMs),
        repriceMs: given.repriceMs ?? Number(DEFAULTS.repriceMs),
        repriceBps: given.repriceBps ?? Number(DEFAULTS.repriceBps),
        attempts: given.attempts ?? Number(DEFAULTS.attempts),
        retryMs: given.retryMs ?? Number(DEFAULTS.retryMs),
      };
  }
}

function buildSizing(sizing: Sizings | undefined): Sizing {
  if (sizing?.fixedQuantity) return { kind: 'fixedQuantity', quantity: sizing.fixedQuantity };
  if (sizing?.percentOfBalance) return { kind: 'percentOfBalance', percent: sizing.percentOfBalance };
  if (sizing?.riskPerTrade) return { kind: 'riskPerTrade', percent: sizing.riskPerTrade };
  return { kind: 'fixedNotional', notional: amount(sizing?.fixedNotional) ?? cash(DEFAULTS.fixedNotional) };
}

function buildLimits(risk: ClientRisk): ClientLimits {
  return {
    maxLeverage: risk.maxLeverage ?? null,
    maxGrossExposure: amount(risk.maxGrossExposure),
    maxNetExposure: amount(risk.maxNetExposure),
    maxDailyLoss: amount(risk.maxDailyLoss),
    maxDrawdownPct: risk.maxDrawdownPct ?? null,
    restrictedSymbols: sorted(risk.restrictedSymbols ?? []),
    duplicateOrderWindowMs: risk.duplicateOrderWindowMs ?? Number(DEFAULTS.duplicateOrderWindowMs),
  };
}

function buildInstruments(section: NonNullable<DeskSection['instruments']>): ConfiguredInstrument[] {
  const everywhere: ConfiguredInstrument[] = [];
  const byExchange: ConfiguredInstrument[] = [];
  for (const [name, value] of sortedEntries(section)) {
    if (isInstrument(value)) {
      everywhere.push({ exchange: null, symbol: name, spec: buildSpec(value) });
      continue;
    }
    for (const [symbol, own] of sortedEntries(value))
      byExchange.push({ exchange: name, symbol, spec: buildSpec(own) });
  }
  return [...everywhere, ...byExchange];
}

function isInstrument(
  value: InstrumentSection | Record<string, InstrumentSection>,
): value is InstrumentSection {
  return Object.keys(value).some((key) => Object.hasOwn(instrumentSchema.shape, key));
}

function buildSpec(section: InstrumentSection): ConfiguredInstrument['spec'] {
  const { tickSize, lotSize, minNotional, multiplier, strike, tickTable, expiry } = section;
  const spec = {
    tickSize: tickSize && textOf(tickSize),
    lotSize: lotSize && textOf(lotSize),
    minNotional: minNotional && textOf(minNotional),
    kind: section.kind,
    base: section.base,
    quote: section.quote,
    settle: section.settle,
    multiplier: multiplier && textOf(multiplier),
    inverse: section.inverse,
    tickTable: tickTable?.map(({ from, step }) => ({ from: textOf(from), step: textOf(step) })),
    expiryMs: expiry,
    strike: strike && textOf(strike),
    right: section.right,
  };
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
}

function distance(multiple: number | null | undefined, percent: Decimal | null | undefined): Distance | null {
  if (typeof multiple === 'number') return { kind: 'sd', multiple };
  return percent ? { kind: 'pct', percent } : null;
}

/** The schema lets no more than 18 decimals through, so nothing is lost. */
function amount(value: Decimal | null | undefined): Cash | null {
  return value ? cashOf(value) : null;
}

function textOf(value: Decimal): string {
  return formatUnits(value.units, value.scale);
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sorted(ids: readonly string[]): string[] {
  return [...ids].sort(byCodePoint);
}

function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => byCodePoint(a, b));
}
