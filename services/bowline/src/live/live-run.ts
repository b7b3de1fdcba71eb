import { Analytics } from '@bowline/analytics';
import type { DeskConfig, RoleName } from '@bowline/contracts';
import { layOut, shardEpoch, SystemClock, type DeskLayout } from '@bowline/engine';
import { RemoteMarketFeed } from '@bowline/exchange-simulator';
import { openRedisJournals } from '@bowline/journal-redis';
import { MarketData } from '@bowline/market-data';
import type { JournalStore, Lease, Logger } from '@bowline/ports';
import type { SignalAccess } from '@bowline/signal-ingest';
import { checkAddress, type HttpOptions } from '../http/http-app.js';
import { closeAfterFailure, Opened, type Closable } from './closing.js';
import { commandKeys, unsignedCommands } from './command-keys.js';
import { localBus, pubsubBus, redisBus, type OpenBus } from './desk-bus.js';
import { Desk } from './desk.js';
import { PATIENT_DIALS, type ConnectedFeed, type ExchangeAccess } from './exchange-access.js';
import { guardedBus } from './guarded-bus.js';
import { openAccess } from './live-access.js';
import { marketDataUrls } from './market-data-url.js';
import { mockMarkets } from './mock-markets.js';
import { warmUpMs } from './mock-world.js';
import { holdFolder, openJournals } from './open-journals.js';
import { holdLeases } from './leases.js';
import { ownShardNames, ownShards, toldExchanges } from './own-shards.js';
import { pubsubPlace } from './pubsub-place.js';
import { refuseUnknown } from './run-terms.js';
import type { StateFolder } from './state-folder.js';
import { deskTopology, writtenTopics } from './topology.js';
import { readsDepth, wantedMarkets } from './wanted-markets.js';

export interface LiveRunOptions {
  readonly config: DeskConfig;
  readonly state: StateFolder;
  readonly roles: readonly RoleName[];
  /** Which shards of the roles; null: all. */
  readonly shards: readonly string[] | null;
  /** `redis://host:6379`; of no use to a desk whose bus is within the process. */
  readonly redisUrl: string;
  /** A folder that all processes of this machine share, where their leases lie; null: they are in Redis. */
  readonly leaseFolder: string | null;
  /** Of the exchange simulator. */
  readonly exchangeUrl: string;
  /** Where markets are told (`marketDataUrls`); null: each process reads the exchanges. */
  readonly marketDataUrl: string | null;
  readonly http: Pick<HttpOptions, 'host' | 'port' | 'token'>;
  /** Who may send signals by HTTP. */
  readonly access: SignalAccess;
  readonly logger: Logger;
  /** Ends the wait for an exchange that is away. */
  readonly signal: AbortSignal;
}

const MINUTE_MS = 60_000;
/** How often a channel's oco-manager shows its account's gateway that it lives. */
const HEARTBEAT_MS = 1_000;
/** Candles of each symbol that a reader of a market can have. */
const RECENT_BARS = 1_000;

/** Roles of a desk in real time: the exchanges are other processes, and so may be the other roles. */
export class LiveRun {
  private constructor(
    readonly desk: Desk,
    private readonly opened: Opened,
  ) {}

  /**
   * Takes up what the folder holds. Where that fails nothing stays open.
   *
   * @param onStopped told where the desk cannot go on
   * @throws InputError, JournalError where what is there cannot be used
   */
  static async open(options: LiveRunOptions, onStopped: (error: Error) => void): Promise<LiveRun> {
    const opened = new Opened();
    const lines = new Lines(options.signal);
    try {
      return await LiveRun.openAll(options, onStopped, opened, lines);
    } catch (error) {
      await closeAfterFailure(opened, options.logger);
      throw error;
    } finally {
      lines.stand();
    }
  }

  private static async openAll(
    options: LiveRunOptions,
    onStopped: (error: Error) => void,
    opened: Opened,
    lines: Lines,
  ): Promise<LiveRun> {
    const { config, http, logger, roles, state } = options;
    const layout = layOut(config.clients, mockMarkets(config));
    const own = ownShards(layout, roles, options.shards);
    const keys = commandKeys(own, roles, config);
    for (const warning of unsignedCommands(own, roles, config)) logger.warn({}, warning);
    opened.add({ close: await holdFolder(state.folder) });
    await checkAddress(http);
    const held = await holdLeases(options, ownShardNames(own, roles), opened);
    const journals = opened.add(await journalsOf(options));
    refuseUnknown(journals, layout, state, '');
    const clock = new SystemClock();
    const access = await openAccess({ ...options, layout, clock, folder: state.folder });
    const told = toldExchanges(layout, roles, options.shards);
    const markets = await feedsOf(
      options,
      wantedMarkets(roles, layout, own, told, access.gatewaysNeedMarkets),
      told,
      own,
      access,
      clock,
    );
    const feeds = markets.map(({ feed }) => opened.add(lines.add(feed)));
    const telling = markets.filter(({ exchange }) => told.includes(exchange));
    const marketData =
      telling.length === 0
        ? null
        : opened.add(new MarketData({ markets: telling, recentBars: RECENT_BARS, clock, logger }));
    const analytics = roles.includes('analytics')
      ? opened.add(await Analytics.open({ layout, path: config.live.database ?? state.database, logger }))
      : null;
    const desk = opened.add(
      await Desk.open(
        {
          ...{ config, layout, own, roles, clock, journals, feeds, logger, http, analytics, marketData },
          mode: 'live',
          access: options.access,
          ingestFolder: state.ingest,
          openBus: guardedBus(
            await openBus(options, layout, writtenTopics(own, layout, roles), journals, held),
            keys,
            logger,
          ),
          leaseOf: (shard) => held.get(shard) ?? null,
          heartbeatMs: heartbeatOf(roles),
          history: [],
          connectFeeds: async () => {
            for (const feed of feeds) access.follow(feed);
            await Promise.all(feeds.map((feed) => feed.connect()));
          },
          capabilitiesOf: (exchange) => access.capabilitiesOf(exchange),
          clientOf: async (account) => lines.add(await access.clientOf(account)),
          speed: null,
          seed: null,
        },
        onStopped,
      ),
    );
    return new LiveRun(desk, opened);
  }

  /** Ends it: what is in hand is dealt with, and all of it is written. */
  close(): Promise<void> {
    return this.opened.close();
  }
}

/** Lines to exchanges that may have to be waited for: given up where somebody asks the process to end meanwhile. */
class Lines {
  private readonly waiting: Closable[] = [];
  private readonly giveUp = (): void => {
    for (const line of this.waiting) void line.close();
  };

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', this.giveUp);
  }

  add<T extends Closable>(line: T): T {
    this.waiting.push(line);
    if (this.signal.aborted) void line.close();
    return line;
  }

  stand(): void {
    this.signal.removeEventListener('abort', this.giveUp);
  }
}

/** In the folder of the process, or in Redis under a name that is as lasting as its shards. */
function journalsOf({
  config,
  logger,
  redisUrl,
  roles,
  shards,
  state,
}: LiveRunOptions): Promise<JournalStore> {
  if (config.live.journal === 'embedded') return openJournals(state, false, logger);
  const name = [roles.join('+'), ...(shards ?? [])].join('/');
  const onWarning = (message: string): void => logger.warn({ journal: name }, message);
  return openRedisJournals({ url: redisUrl, name, onWarning });
}

/** Between processes silence tells that somebody is gone; within one it would be gone too. */
function heartbeatOf(roles: readonly RoleName[]): number | null {
  const both = roles.includes('oco-manager') && roles.includes('execution-gateway');
  return both ? null : HEARTBEAT_MS;
}

async function openBus(
  { config, logger, redisUrl }: LiveRunOptions,
  layout: DeskLayout,
  writes: readonly string[],
  journals: JournalStore,
  held: ReadonlyMap<string, Lease>,
): Promise<OpenBus> {
  const { bus, queueSize: maxBacklog } = config.live;
  if (bus === 'local_pubsub') return localBus(maxBacklog);
  const readers = new Map(deskTopology(layout, config).map(({ groups, topic }) => [topic, groups]));
  const groups = (topic: string) => readers.get(topic) ?? [];
  if (bus === 'pubsub') return pubsubBus({ ...pubsubPlace(config), maxBacklog, groups, writes, logger });
  const epoch = (group: string) => shardEpoch(journals, held.get(group) ?? null);
  return redisBus({ url: redisUrl, maxBacklog, groups, epoch, logger });
}

/** The markets that the process reads, each from who tells it, or from the exchange. */
async function feedsOf(
  { config, logger, marketDataUrl, roles }: LiveRunOptions,
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
  told: readonly string[],
  own: DeskLayout,
  access: ExchangeAccess,
  clock: SystemClock,
): Promise<
  { readonly exchange: string; readonly symbols: readonly string[]; readonly feed: ConnectedFeed }[]
> {
  const urlOf = marketDataUrls(marketDataUrl);
  const depth =
    (access.gatewaysNeedMarkets && roles.includes('execution-gateway')) ||
    (roles.includes('order-generator') && readsDepth(own));
  const needsBars = roles.includes('order-generator') || told.length > 0;
  const clients = told.length > 0 ? config : own;
  const recentBars = needsBars ? Math.ceil(warmUpMs(clients) / MINUTE_MS) : 0;
  const opening = [...wanted].map(async ([exchange, set]) => {
    const symbols = [...set];
    const url = told.includes(exchange) ? null : urlOf(exchange);
    const feed =
      url === null
        ? await access.feedOf(exchange, symbols, recentBars)
        : new RemoteMarketFeed({
            ...{ url, clock, logger, exchange, symbols, recentBars, patientDials: PATIENT_DIALS },
            depth,
          });
    return { exchange, symbols, feed };
  });
  return Promise.all(opening);
}
