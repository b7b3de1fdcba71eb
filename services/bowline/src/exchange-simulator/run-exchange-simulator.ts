import { InputError, type DeskConfig } from '@bowline/contracts';
import { layOut, type ListedInstrument } from '@bowline/engine';
import {
  ExchangeLogError,
  generateMarket,
  holdMarket,
  replayBars,
  replayRecording,
} from '@bowline/exchange-simulator';
import {
  ExchangeSimulator,
  type ExchangeManners,
  type MarketPlan,
  type SimulatedExchange,
  type UsageLimits,
} from '@bowline/exchange-simulator-service';
import { JournalError, type Logger } from '@bowline/ports';
import { createLogger } from '@bowline/telemetry';
import type { CommandContext } from '../cli/context.js';
import { aborted, following } from '../cli/following.js';
import { withProgress } from '../cli/progress.js';
import type { SymbolFile } from '../cli/values.js';
import { MarketMaker } from '../desk/markets.js';
import { readRecordings } from '../desk/read-recordings.js';
import { readBarsFiles } from '../desk/read-symbol-files.js';
import { mockAccounts } from '../live/mock-exchanges.js';
import { mockMarkets, type MockMarket } from '../live/mock-markets.js';
import { warmUpMs } from '../live/mock-world.js';
import { accountToken } from './account-token.js';
import { accountKeys } from './account-keys.js';
import type { DialectPort } from './dialect-ports.js';

export interface RunExchangeSimulatorOptions {
  readonly config: DeskConfig;
  /** Where the exchanges keep what they know. */
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly manners: ExchangeManners;
  /** Exchanges that speak a language of their own, besides ours. */
  readonly dialects: readonly DialectPort[];
  /** What they admit a minute; null: as much as they do in life. */
  readonly requestsPerMinute: number | null;
  readonly prices: PriceOptions;
}

/** Where prices come from. */
export type PriceOptions =
  | { readonly kind: 'held' }
  | { readonly kind: 'generated'; readonly seed: number; readonly speed: number }
  | { readonly kind: 'replayed'; readonly files: readonly SymbolFile[]; readonly speed: number }
  | { readonly kind: 'recorded'; readonly files: readonly SymbolFile[]; readonly speed: number };

/** The markets of the exchanges, and how those of one of them are played. */
interface Markets {
  readonly listed: readonly ListedInstrument[];
  readonly planOf: (exchange: string) => MarketPlan;
}

const LOCAL_HOSTS = ['127.0.0.1', 'localhost', '::1'];

/** Runs the exchanges of a configuration until somebody asks it to end, or they cannot go on. */
export async function runExchangeSimulator(
  options: RunExchangeSimulatorOptions,
  context: CommandContext,
): Promise<void> {
  const { config, dir, host, manners, port } = options;
  const logger = createLogger({ level: config.live.logLevel, role: 'exchange-simulator' });
  const { listed, planOf } = await marketsOf(options, context);
  const exchanges = simulatedExchanges(options, listed, !LOCAL_HOSTS.includes(host));
  const ended = following(context.signal, null);
  let stopped: Error | null = null;
  const simulator = await usable(() =>
    ExchangeSimulator.open(
      {
        exchanges,
        marketOf: ({ exchange }) => planOf(exchange),
        ...{ manners, folder: dir, host, port, logger },
      },
      (error) => {
        stopped = error;
        ended.end();
      },
    ),
  );
  tellDialects(logger, simulator, exchanges);
  logger.info(
    { url: simulator.url, exchanges: exchanges.map(({ exchange }) => exchange) },
    'the exchange simulator is up',
  );
  await aborted(ended.signal);
  ended.letGo();
  await simulator.close();
  if (stopped !== null)
    throw new InputError([`the exchange simulator has stopped: ${(stopped as Error).message}`]);
  logger.info({}, 'the exchange simulator has ended');
}

function simulatedExchanges(
  { config, dialects, requestsPerMinute }: RunExchangeSimulatorOptions,
  markets: readonly ListedInstrument[],
  shared: boolean,
): SimulatedExchange[] {
  const wanted = new Map(dialects.map((dialect) => [dialect.exchange, dialect]));
  const limits = usageLimits(requestsPerMinute);
  const exchanges = mockAccounts(layOut(config.clients, markets)).map((each) => ({
    ...each,
    ...dialectPlan(wanted.get(each.exchange), limits),
    accounts: each.accounts.map((account) => {
      const client = config.clients.find(({ clientId }) => clientId === account.account)!;
      const at = client.accounts.find(({ exchange }) => exchange === each.exchange)!;
      const keys = wanted.has(each.exchange) ? accountKeys(client, at, shared) : null;
      return { ...account, token: accountToken(client, at, shared), ...(keys && { api: keys }) };
    }),
  }));
  const missing = dialects.filter(({ exchange }) => !exchanges.some((each) => each.exchange === exchange));
  if (missing.length === 0) return exchanges;
  throw new InputError(
    missing.map(({ exchange }) => `--dialect ${exchange}: the configuration has no account there`),
  );
}

/** As many requests and orders a minute as were asked for; null: as many as the exchange itself admits. */
function usageLimits(perMinute: number | null): Partial<UsageLimits> {
  if (perMinute === null) return {};
  return { weightPerMinute: perMinute, ordersPerMinute: perMinute, ordersPer10Seconds: perMinute };
}

function dialectPlan(
  wanted: DialectPort | undefined,
  limits: Partial<UsageLimits>,
): Pick<SimulatedExchange, 'dialect'> {
  return wanted === undefined ? {} : { dialect: { kind: wanted.kind, port: wanted.port, limits } };
}

/** Where the exchanges speak their own languages, and the keys that everybody may know. */
function tellDialects(
  logger: Logger,
  simulator: ExchangeSimulator,
  exchanges: readonly SimulatedExchange[],
): void {
  for (const { accounts, dialect, exchange } of exchanges) {
    if (dialect === undefined) continue;
    // By another name than apiKey and apiSecret: those are never logged.
    const open = accounts.flatMap(({ account, api }) =>
      api !== undefined && 'isDerived' in api && api.isDerived === true
        ? [`${account}: ${api.apiKey} / ${api.apiSecret}`]
        : [],
    );
    const url = simulator.dialectUrls[exchange];
    logger.info({ exchange, dialect: dialect.kind, url, open }, 'an exchange speaks its own language');
  }
}

async function marketsOf(
  { config, prices }: RunExchangeSimulatorOptions,
  context: CommandContext,
): Promise<Markets> {
  if (prices.kind === 'replayed') return replayedMarkets(config, prices, context);
  if (prices.kind === 'recorded') return recordedMarkets(config, prices);
  const listed = mockMarkets(config);
  const at = (exchange: string): MockMarket[] => listed.filter((market) => market.exchange === exchange);
  if (prices.kind === 'held')
    return {
      listed,
      planOf: (exchange) => ({
        kind: 'held',
        open: (sink, from) => holdMarket({ markets: at(exchange), sink, from }),
      }),
    };
  const { seed, speed } = prices;
  return {
    listed,
    planOf: (exchange) => ({
      kind: 'moving',
      ...{ from: null, speed, historyMs: warmUpMs(config) },
      open: (sink, from) => generateMarket({ seed, markets: at(exchange), sink, from }),
    }),
  };
}

async function replayedMarkets(
  config: DeskConfig,
  { files, speed }: Extract<PriceOptions, { kind: 'replayed' }>,
  { signal, terminal }: CommandContext,
): Promise<Markets> {
  const read = await withProgress(terminal, 'reading', (onProgress) =>
    readBarsFiles(files, false, { onProgress, signal }),
  );
  const listed = new MarketMaker(read, false, false).marketsOf(config);
  const begins = listed.flatMap(({ bars }) => (bars.length === 0 ? [] : [bars.openTime[0]!]));
  return {
    listed,
    planOf: (exchange) => ({
      kind: 'moving',
      ...{ from: Math.min(...begins), speed, historyMs: 0 },
      // From the beginning: what was before is passed over.
      open: (sink) => replayBars({ series: listed.filter((market) => market.exchange === exchange), sink }),
    }),
  };
}

async function recordedMarkets(
  config: DeskConfig,
  { files, speed }: Extract<PriceOptions, { kind: 'recorded' }>,
): Promise<Markets> {
  const listed = await readRecordings(config, files);
  return {
    listed,
    planOf: (exchange) => ({
      kind: 'moving',
      ...{ from: null, speed, historyMs: 0 },
      open: (sink, from, origin) => {
        const series = listed.filter((market) => market.exchange === exchange);
        return replayRecording({ series, sink, from, origin });
      },
    }),
  };
}

/** What is on the disk may be another process's, damaged, or another configuration's: that is no bug. */
async function usable<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof JournalError || error instanceof ExchangeLogError)
      throw new InputError([error.message]);
    throw error;
  }
}
