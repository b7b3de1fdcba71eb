import type { Analytics } from '@bowline/analytics';
import type { DeskConfig, RoleName } from '@bowline/contracts';
import type { AccountLayout, DeskLayout } from '@bowline/engine';
import type { MarketData } from '@bowline/market-data';
import type {
  Clock,
  ExchangeCapabilities,
  ExchangeClient,
  JournalStore,
  Lease,
  Logger,
  MarketFeed,
} from '@bowline/ports';
import type { SignalAccess } from '@bowline/signal-ingest';
import type { HttpOptions } from '../http/http-app.js';
import type { OpenBus } from './desk-bus.js';

/** What a process is made of. */
export interface DeskParts {
  readonly config: DeskConfig;
  /** The whole desk. */
  readonly layout: DeskLayout;
  /** What of it the shards of this process are. Absent: all. */
  readonly own?: DeskLayout;
  readonly roles: readonly RoleName[];
  readonly mode: 'mock' | 'simulation' | 'live';
  readonly clock: Clock;
  readonly openBus: OpenBus;
  readonly journals: JournalStore;
  readonly feeds: readonly MarketFeed[];
  /** Opens their lines, where they have any: the desk is ready once those stand. */
  readonly connectFeeds?: () => Promise<void>;
  /** What the market has done before: for volatilities. */
  readonly history: readonly MarketHistory[];
  /** What the exchange that goes by this name can do for its accounts. */
  readonly capabilitiesOf: (exchange: string) => ExchangeCapabilities;
  readonly clientOf: (account: AccountLayout) => ExchangeClient | Promise<ExchangeClient>;
  readonly logger: Logger;
  /** Null: it does not listen. */
  readonly http: Pick<HttpOptions, 'host' | 'port' | 'token'> | null;
  /** Who may send signals by HTTP. */
  readonly access: SignalAccess;
  /** Where it keeps how far it has read the files of signals; null: it reads none, nor topics of signals. */
  readonly ingestFolder: string | null;
  /** Virtual seconds to a real one; null: as fast as it can. */
  readonly speed: number | null;
  readonly seed: number | null;
  /** Tells markets to the other processes. Absent: this one does not. */
  readonly marketData?: MarketData | null;
  /** Null: nobody reads. */
  readonly analytics: Analytics | null;
  /** How old the last price may be when an entry is decided. Default 30 s. */
  readonly maxQuoteAgeMs?: number;
  /** The lease under which this process writes a shard. Absent: it needs none. */
  readonly leaseOf?: (shard: string) => Lease | null;
  /** How often oco-managers show that they live to gateways of other processes. Null, the default: there are none. */
  readonly heartbeatMs?: number | null;
  /** How often accounts are compared with their exchanges. Default 60 s. */
  readonly sweepMs?: number;
}

export interface MarketHistory {
  readonly feed: MarketFeed;
  /** Lets all of it be seen. */
  readonly play: () => void;
}
