import type { Instrument, TimeMs } from '@bowline/domain';
import type { AccountOptions, CarriedOut, MockExchange } from '@bowline/exchange-simulator';
import type { Clock } from '@bowline/ports';
import type { PublicMarkets } from '../../public-market/public-markets.js';
import { Credentials, type ApiCredentials } from '../common/credentials.js';
import type { Dialect, PublicStreams } from '../common/dialect.js';
import { ListenKeys } from '../common/listen-keys.js';
import type { Parameters } from '../common/parameters.js';
import { SUBSCRIPTION } from '../common/request-line.js';
import type { Route } from '../common/route.js';
import { Timers } from '../common/timers.js';
import { SPOT_LIMITS, Usage, type UsageLimits } from '../common/usage.js';
import { UserStreams, type EventFaults } from '../common/user-streams.js';
import { MarketStreams } from '../market/market-streams.js';
import { accountRoutes, listenKeyRoutes } from './account-routes.js';
import { Books } from './books.js';
import { eventsOf } from './events.js';
import { listRoutes } from './list-routes.js';
import { marketRoutes } from './market-routes.js';
import { SPOT_METHODS } from './methods.js';
import { canceledAnswer } from './order-json.js';
import { isOver, isWaiting } from './order-records.js';
import { orderRoutes, weighing } from './order-routes.js';
import { newId } from './place.js';
import type { SpotFilters } from './spot-filters.js';
import { SPOT_WORDS } from './spot-words.js';

export interface SpotOptions {
  readonly instruments: readonly Instrument[];
  readonly accounts: readonly (AccountOptions & { readonly api: ApiCredentials | null })[];
  readonly limits?: Partial<UsageLimits>;
  readonly filters?: Partial<SpotFilters>;
}

export interface SpotSurroundings {
  readonly clock: Clock;
  readonly faults: EventFaults & { skewMs(): number };
  /** Asked for once the exchange stands: what its log holds is told before. */
  readonly exchangeOf: () => MockExchange;
  /** What everybody can see. */
  readonly markets: PublicMarkets;
}

/** Binance spot, as of 2026: REST under `/api/v3`, requests over WebSocket, user streams by listen key and by subscription. */
export class SpotDialect implements Dialect {
  readonly timers = new Timers();
  readonly credentials: Credentials;
  readonly usage: Usage;
  readonly keys: ListenKeys;
  readonly users: UserStreams;
  readonly books: Books;
  readonly routes: readonly Route[];
  readonly methods = SPOT_METHODS;
  readonly market: PublicStreams;

  /** Throws a RangeError where two accounts have one API key. */
  constructor(
    { accounts, filters = {}, instruments, limits }: SpotOptions,
    private readonly around: SpotSurroundings,
  ) {
    const { clock, exchangeOf, faults, markets } = around;
    this.credentials = new Credentials(
      accounts.flatMap(({ account, api }) => (api === null ? [] : [{ account, ...api }])),
    );
    this.usage = new Usage({ ...SPOT_LIMITS, ...limits });
    this.books = new Books(instruments, accounts, filters, exchangeOf);
    this.users = new UserStreams(clock, faults, (message) => exchangeOf().travelMs(message));
    this.keys = new ListenKeys(this.timers, (key, account, expired) => {
      if (!expired) return this.users.cut(account);
      this.users.tell(account, { e: 'listenKeyExpired', E: clock.now(), listenKey: key });
    });
    this.routes = [
      ...orderRoutes(this.books),
      ...listRoutes(this.books),
      ...accountRoutes(this.books, this.usage),
      ...listenKeyRoutes(this.keys),
      ...marketRoutes(this.books, markets, this.usage.limits, (at) => this.told(at)),
      {
        ...{ ...SUBSCRIPTION, security: 'signed', kind: 'other', costOf: () => weighing(2) },
        handle: ({ account }) => ({ account }),
      },
    ];
    this.market = new MarketStreams(
      markets,
      SPOT_WORDS,
      () => clock.now(),
      (at) => this.told(at),
    );
  }

  onCarriedOut(carriedOut: CarriedOut): void {
    const records = this.books.take(carriedOut);
    if (carriedOut.isReplayed) return;
    for (const { account, event } of eventsOf(this.books, carriedOut, records))
      this.users.tell(account, event);
  }

  clientOrderIdOf(params: Parameters): string | null {
    // A request to cancel has an id of its own besides.
    for (const name of ['origClientOrderId', 'newClientOrderId', 'listClientOrderId'])
      if (params.has(name)) return params.text(name);
    return null;
  }

  cancelThenFill(account: string, params: Parameters): unknown {
    const orderId = params.integer('orderId');
    const record =
      orderId === null
        ? this.books.orders.byClientOrderId(account, params.text('origClientOrderId') ?? '')
        : this.books.orders.byOrderId(account, orderId);
    if (record === null || isOver(record) || isWaiting(record) || record.isPending) return null;
    const pretended = { ...record, status: 'CANCELED' } as const;
    const answer = canceledAnswer(this.books, pretended, newId(), this.around.clock.now());
    this.books.exchange.takeFromBook(account, record.symbol, record.clientOrderId);
    return answer;
  }

  told(at: TimeMs): TimeMs {
    return at + this.around.faults.skewMs();
  }
}
