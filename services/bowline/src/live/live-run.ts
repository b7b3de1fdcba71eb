import { Analytics } from '@bowline/analytics';
import type { DeskConfig, RoleName } from '@bowline/contracts';
import { layOut, shardEpoch, SystemClock, type AccountLayout, type DeskLayout } from '@bowline/engine';
import { RemoteExchangeClient, RemoteMarketFeed } from '@bowline/exchange-simulator';
import { openRedisJournals } from '@bowline/journal-redis';
import type { ExchangeClient, JournalStore, Lease, Logger } from '@bowline/ports';
import type { SignalAccess } from '@bowline/signal-ingest';
import { accountToken } from '../exchange-simulator/account-token.js';
import { checkAddress, isLocal, type HttpOptions } from '../http/http-app.js';
import { closeAfterFailure, Opened, type Closable } from './closing.js';
import { commandKeys, unsignedCommands } from './command-keys.js';
import { localBus, pubsubBus, redisBus, type OpenBus } from './desk-bus.js';
import { Desk } from './desk.js';
import { guardedBus } from './guarded-bus.js';
import { mockMarkets } from './mock-markets.js';
import { warmUpMs } from './mock-world.js';
import { holdFolder, openJournals } from './open-journals.js';
import { holdLeases } from './leases.js';
import { ownShardNames, ownShards } from './own-shards.js';
import { pubsubPlace } from './pubsub-place.js';
import { refuseUnknown } from './run-terms.js';
import type { StateFolder } from './state-folder.js';
import { deskTopology, writtenTopics } from './topology.js';

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
    const feeds = feedsOf(options, roles, layout, own, clock).map((feed) => opened.add(lines.add(feed)));
    const analytics = roles.includes('analytics')
      ? opened.add(await Analytics.open({ layout, path: config.live.database ?? state.database, logger }))
      : null;
    const desk = opened.add(
      await Desk.open(
        {
          ...{ config, layout, own, roles, clock, journals, feeds, logger, http, analytics },
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
            await Promise.all(feeds.map((feed) => feed.connect()));
          },
          clientOf: (account) => lines.add(clientOf(options, account, clock)),
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

/** The markets that the roles look at: the generators with candles for their volatilities. */
function feedsOf(
  { exchangeUrl: url, logger }: LiveRunOptions,
  roles: readonly RoleName[],
  layout: DeskLayout,
  own: DeskLayout,
  clock: SystemClock,
): RemoteMarketFeed[] {
  const generates = roles.includes('order-generator');
  const ofClients = new Set(generates ? own.clients.map(({ clientId }) => clientId) : []);
  const wanted = new Map<string, Set<string>>();
  for (const { key, name } of layout.channels) {
    const isWanted =
      roles.includes('analytics') ||
      ofClients.has(name.clientId) ||
      (roles.includes('oco-manager') && own.channels.some((channel) => channel.key === key));
    if (isWanted) wanted.set(name.exchange, (wanted.get(name.exchange) ?? new Set()).add(name.symbol));
  }
  const recentBars = generates ? Math.ceil(warmUpMs(own) / MINUTE_MS) : 0;
  return [...wanted].map(
    ([exchange, symbols]) =>
      new RemoteMarketFeed({ url, clock, logger, exchange, symbols: [...symbols], recentBars }),
  );
}

function clientOf(
  { exchangeUrl: url, logger }: LiveRunOptions,
  { account, client }: AccountLayout,
  clock: SystemClock,
): ExchangeClient {
  const { exchange } = account;
  return new RemoteExchangeClient({
    ...{ url, clock, logger, exchange, account: client.clientId },
    token: accountToken(client, account, !isLocal(new URL(url).hostname)),
  });
}
