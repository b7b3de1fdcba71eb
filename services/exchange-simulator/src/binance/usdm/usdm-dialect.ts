import type { Instrument, TimeMs } from '@bowline/domain';
import type { AccountOptions, CarriedOut, MockExchange } from '@bowline/exchange-simulator';
import type { Clock } from '@bowline/ports';
import { Credentials, type ApiCredentials } from '../common/credentials.js';
import type { Dialect, PublicStreams } from '../common/dialect.js';
import type { FilterOptions } from '../common/filters.js';
import { ListenKeys } from '../common/listen-keys.js';
import type { Parameters } from '../common/parameters.js';
import type { Route } from '../common/route.js';
import { Timers } from '../common/timers.js';
import { Usage, USDM_LIMITS, type UsageLimits } from '../common/usage.js';
import { UserStreams, type EventFaults } from '../common/user-streams.js';
import type { PublicMarkets } from '../../public-market/public-markets.js';
import { MarketStreams } from '../market/market-streams.js';
import { usdmMarketRoutes } from '../market/usdm-market-routes.js';
import { USDM_WORDS } from '../market/usdm-words.js';
import { accountRoutes } from './account-routes.js';
import { algoRoutes } from './algo-routes.js';
import { Books } from './books.js';
import { eventsOf } from './events.js';
import { isOver, type OrderRecord } from './order-records.js';
import { MarginCalls } from './margin-calls.js';
import { goodTillDateOf, orderAnswer } from './order-json.js';
import { orderRoutes } from './order-routes.js';
import { countdownRoute, listenKeyRoutes } from './stream-routes.js';

export interface UsdmOptions {
  readonly instruments: readonly Instrument[];
  readonly accounts: readonly (AccountOptions & { readonly api: ApiCredentials | null })[];
  readonly limits?: Partial<UsageLimits>;
  readonly filters?: FilterOptions;
}

export interface UsdmSurroundings {
  readonly clock: Clock;
  readonly faults: EventFaults & { skewMs(): number };
  /** Asked for once the exchange stands: what its log holds is told before. */
  readonly exchangeOf: () => MockExchange;
  /** What everybody can see. */
  readonly markets: PublicMarkets;
  readonly liquidationFeeBps: number;
}

/** Binance USD-M futures, as of 2026: REST under `/fapi`, user streams by listen key. */
export class UsdmDialect implements Dialect {
  readonly timers = new Timers();
  readonly credentials: Credentials;
  readonly usage: Usage;
  readonly keys: ListenKeys;
  readonly users: UserStreams;
  readonly books: Books;
  readonly routes: Route[];
  readonly methods = null;
  readonly market: PublicStreams;
  private readonly accounts: readonly string[];
  private readonly marginCalls: MarginCalls;
  /** Orders that expire at a time of their own. */
  private readonly watched = new WeakSet<OrderRecord>();

  /** Throws a RangeError where two accounts have one API key. */
  constructor(
    options: UsdmOptions,
    private readonly around: UsdmSurroundings,
  ) {
    const { accounts, filters = {}, instruments, limits } = options;
    const { clock, exchangeOf, faults, liquidationFeeBps, markets } = around;
    this.credentials = new Credentials(
      accounts.flatMap(({ account, api }) => (api === null ? [] : [{ account, ...api }])),
    );
    this.usage = new Usage({ ...USDM_LIMITS, ...limits });
    this.books = new Books(instruments, accounts, filters, exchangeOf);
    this.accounts = accounts.map(({ account }) => account);
    this.marginCalls = new MarginCalls(this.books);
    this.users = new UserStreams(clock, faults, (message) => exchangeOf().travelMs(message));
    this.keys = new ListenKeys(this.timers, (key, account, expired) => {
      if (!expired) return this.users.cut(account);
      const now = clock.now();
      this.users.tell(account, { e: 'listenKeyExpired', E: now, listenKey: key });
    });
    this.routes = [
      ...orderRoutes(this.books),
      ...algoRoutes(this.books),
      ...accountRoutes(this.books, this.usage),
      ...listenKeyRoutes(this.keys),
      countdownRoute(this.books, this.timers),
      ...usdmMarketRoutes({
        ...{ markets, limits: this.usage.limits, liquidationFeeBps },
        filtersOf: (symbol) => this.books.listed(symbol).filters,
        told: (at) => this.told(at),
      }),
    ];
    this.market = new MarketStreams(
      markets,
      USDM_WORDS,
      () => clock.now(),
      (at) => this.told(at),
    );
  }

  onCarriedOut(carriedOut: CarriedOut): void {
    const records = this.books.take(carriedOut);
    this.watchGoodTillDates(records);
    const killed = killedOrders(carriedOut, records);
    for (const record of killed) this.books.orders.forget(record);
    if (carriedOut.isReplayed) return;
    const told = records.map((record) => (record !== null && killed.has(record) ? null : record));
    const isHeard = (account: string): boolean => this.users.connections(account) > 0;
    for (const { account, event } of eventsOf(this.books, carriedOut, told, isHeard))
      this.users.tell(account, event);
    const { at, command } = carriedOut;
    if (command.kind !== 'markPrice') return;
    for (const account of this.accounts) {
      const call = this.marginCalls.check(account, command.symbol, at);
      if (call !== null) this.users.tell(account, call);
    }
  }

  clientOrderIdOf(params: Parameters): string | null {
    const names = ['newClientOrderId', 'clientAlgoId', 'origClientOrderId'];
    return names.map((name) => params.peek(name)).find((id) => id !== null) ?? null;
  }

  cancelThenFill(account: string, params: Parameters): unknown {
    const orderId = params.integer('orderId');
    const record =
      orderId === null
        ? this.books.orders.byClientOrderId(account, params.text('origClientOrderId') ?? '')
        : this.books.orders.byOrderId(account, orderId);
    if (record === null || !record.isOrder || isOver(record)) return null;
    const answer = orderAnswer(this.books.listed(record.symbol).instrument, {
      ...record,
      status: 'CANCELED',
    });
    this.books.exchange.takeFromBook(account, record.symbol, record.clientOrderId);
    return answer;
  }

  told(at: TimeMs): TimeMs {
    return at + this.around.faults.skewMs();
  }

  /** An order that is good until a time expires then, whatever process has taken it. */
  private watchGoodTillDates(records: readonly (OrderRecord | null)[]): void {
    for (const record of records) {
      if (record === null || goodTillDateOf(record) === 0 || record.status !== 'NEW') continue;
      if (this.watched.has(record)) continue;
      this.watched.add(record);
      this.timers.at(goodTillDateOf(record), () => {
        const { account, orderId, symbol } = record;
        if (isOver(record)) return;
        this.books.exchange.carryOut({ kind: 'cancel', account, symbol, orderId, expired: true });
      });
    }
  }
}

/** Fill-or-kill orders that found too little: nobody hears of them, and no history has them. */
function killedOrders(
  { reports }: CarriedOut,
  records: readonly (OrderRecord | null)[],
): ReadonlySet<OrderRecord> {
  const killed = records.filter((_, at) => reports[at]?.expireReason === 'FOK_UNFILLED');
  return new Set(killed.filter((record) => record !== null));
}
