import { randomUUID } from 'node:crypto';
import type { Instrument, TimeMs } from '@bowline/domain';
import type {
  Clock,
  ExchangeCapabilities,
  ExchangeClient,
  ExchangeFact,
  ExchangeReport,
  ExchangeRequest,
  Logger,
  OrderFilters,
} from '@bowline/ports';
import type { z } from 'zod';
import { amendOrder, cancelOrder } from './account/change.js';
import { sayUnknown, tradedOf, type AccountContext, type Traded } from './account/context.js';
import { Fees } from './account/fees.js';
import { Funding } from './account/funding.js';
import { KnownOrders } from './account/known-orders.js';
import { placeOrder } from './account/place.js';
import { queryOrder } from './account/query-order.js';
import { queryPosition } from './account/query-position.js';
import { TradeIds } from './account/trade-ids.js';
import { UserStreams } from './account/user-streams.js';
import { capabilitiesOf, missingFor } from './capabilities.js';
import { wordsOf } from './ccxt/errors.js';
import type { CcxtPace } from './ccxt/pace.js';
import { pause } from './ccxt/pause.js';
import { CcxtSession, explain, type Answer, type SessionOptions } from './ccxt/session.js';
import { CcxtSetupError } from './ccxt/shape.js';
import type { WatcherOptions } from './ccxt/watcher.js';
import { Markets } from './markets.js';
import { positionMode } from './parse/account.js';
import { PayloadError } from './parse/fields.js';
import { profileOf, type ExchangeProfile } from './profiles.js';

export interface CcxtClientOptions
  extends Omit<SessionOptions, 'clock' | 'logger' | 'keys'>, Omit<WatcherOptions, 'clock' | 'logger'> {
  /** Default: as ccxt calls it. */
  readonly exchange?: string;
  readonly account: string;
  readonly keys: NonNullable<SessionOptions['keys']>;
  /** What is traded; events of other symbols are not told. */
  readonly instruments: readonly Instrument[];
  /** The currency whose balance is told. Default: that in which the first instrument is settled. */
  readonly asset?: string;
  /** Whether the account is in hedge mode, as configured; where it is not so, that is told. */
  readonly hedgeMode: boolean;
  /** After so long a request is not executed any more. Default 10 s. */
  readonly recvWindowMs?: number;
  /** What "all trades" goes back to where an exchange is asked by time. Default a week. */
  readonly historyMs?: number;
  /** How often everything is asked for where the exchange has no streams. Default 5 s. */
  readonly pollMs?: number;
  /** How often the exchange's demands are read again. Default an hour. */
  readonly refreshMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export const RECV_WINDOW_MS = 10_000;
const WEEK_MS = 7 * 86_400_000;
const HOUR_MS = 3_600_000;
/** Fundings are booked on the hour, and a little later. */
const FUNDING_AFTER_MS = 60_000;
/** How long it waits before it asks again where the exchange is away at the start. */
const START_AGAIN_MS = 1_000;
/** What was missed is asked for at most so often. */
const MISSED_EVERY_MS = 1_000;

/**
 * An account at an exchange that ccxt speaks to. Requests about one order go out one after the other, all others at
 * once; each is sent once. A request counts its age from its own `at`.
 */
export class CcxtClient implements ExchangeClient {
  readonly exchange: string;
  readonly account: string;
  readonly capabilities: ExchangeCapabilities;
  readonly pace: CcxtPace;
  private readonly queues = new Map<string, Promise<void>>();
  private readonly filters = new Map<string, string>();
  private readonly markets: Markets;
  private readonly recvWindowMs: number;
  private context: AccountContext | null = null;
  private streams: UserStreams | null = null;
  private funding: Funding | null = null;
  /** Tells what this client says by itself from what the exchange, or another client, says. */
  private readonly idPrefix = `c${randomUUID()}/`;
  private said = 0;
  private readonly unanswered = new Set<Promise<void>>();
  private missedSome = false;
  private closed = false;
  private onReport: ((report: ExchangeReport) => void) | null = null;
  private stopRefreshing: () => void = () => undefined;
  private stopFunding: () => void = () => undefined;

  private constructor(
    private readonly options: CcxtClientOptions,
    private readonly session: CcxtSession,
    private readonly profile: ExchangeProfile,
  ) {
    const { account, ccxtId, exchange = ccxtId, instruments, recvWindowMs = RECV_WINDOW_MS } = options;
    this.exchange = exchange;
    this.account = account;
    this.recvWindowMs = recvWindowMs;
    this.capabilities = capabilitiesOf(session.exchange, profile, instruments, recvWindowMs);
    this.pace = session.pace;
    this.markets = new Markets(session, exchange, instruments);
    const { age } = profile;
    // The other half is for the way from its `at` to when it is signed.
    if (age?.by === 'window') session.exchange.options[age.option] = recvWindowMs / 2;
  }

  /**
   * Loads the exchange; nothing is asked of it yet.
   *
   * @throws CcxtSetupError where ccxt does not have it, or where it lacks what is needed
   */
  static async open(options: CcxtClientOptions): Promise<CcxtClient> {
    const { ccxtId, instruments } = options;
    const profile = profileOf(ccxtId);
    const session = await CcxtSession.open(options, profile ?? null);
    const missing = missingFor(session.exchange, profile, instruments);
    if (profile === undefined || missing.length > 0)
      throw new CcxtSetupError(
        `no account can be traded at ${ccxtId} by ccxt: it lacks ${missing.join('; ')}`,
      );
    if (options.hedgeMode && profile.hedge === null)
      throw new CcxtSetupError(`${ccxtId} has no hedge mode: configure the account without it`);
    return new CcxtClient(options, session, profile);
  }

  /** Resolves once everything that was sent so far has been answered. */
  async answered(): Promise<void> {
    await Promise.all(this.unanswered);
  }

  /** Throws a RangeError for a symbol that the client was not made with, and an Error before it is connected. */
  send(request: ExchangeRequest): void {
    const { context } = this;
    if (context === null) throw new Error(`${this.account} at ${this.exchange} is not connected yet`);
    tradedOf(context, request.symbol);
    const key = request.type === 'query_position' ? null : request.clientOrderId;
    const before = key === null ? undefined : this.queues.get(key);
    const done = (before ?? Promise.resolve()).then(() => this.carryOut(context, request));
    this.unanswered.add(done);
    if (key !== null) this.queues.set(key, done);
    void done.then(() => {
      this.unanswered.delete(done);
      if (key !== null && this.queues.get(key) === done) this.queues.delete(key);
    });
  }

  /**
   * Resolves once the exchange's markets and demands are known and told and the streams stand; an exchange that is away
   * is waited for.
   *
   * @throws CcxtSetupError where the exchange refuses us, or counts in other units than the configuration
   */
  async connect(onReport: (report: ExchangeReport) => void): Promise<void> {
    this.onReport = onReport;
    await this.session.measureClock();
    await this.insist(() => this.markets.load(false));
    const context = this.contextOf(this.markets.traded());
    this.context = context;
    for (const filters of this.markets.filters(this.profile.maxConditionalOrders)) this.tellFilters(filters);
    if (this.session.exchange.has['fetchPositionMode'] === true) {
      const mode = await this.insist(() => this.readMode());
      this.compareMode(mode.hedged);
    }
    const { clock } = this.options;
    this.funding = new Funding(context, clock.now() + this.session.clockOffsetMs);
    const streams = new UserStreams(context, this.options, (again) => void this.up(again));
    this.streams = streams;
    try {
      await streams.open();
    } catch (cause) {
      const why = wordsOf(cause);
      throw new CcxtSetupError(`${this.account} at ${this.exchange}: ${why}`, { cause });
    }
    this.refreshLater();
    this.fundingLater();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.onReport = null;
    this.stopRefreshing();
    this.stopFunding();
    this.streams?.close();
    await this.session.close();
  }

  private contextOf(traded: readonly Traded[]): AccountContext {
    const { account, clock, hedgeMode, historyMs = WEEK_MS, instruments, logger } = this.options;
    const { exchange, profile, recvWindowMs, session } = this;
    return {
      ...{ exchange, account, hedgeMode, recvWindowMs, historyMs, session, profile, clock, logger },
      asset: this.options.asset ?? instruments[0]?.settle ?? 'USDT',
      traded: new Map(traded.map((each) => [each.instrument.symbol, each])),
      byMarket: new Map(traded.map((each) => [each.market, each])),
      known: new KnownOrders(),
      tradeIds: new TradeIds(),
      fees: new Fees(session, profile, logger),
      lastTradeIds: new Map(),
      tell: (report) => this.onReport?.(report),
      say: (fact, at) => this.say(fact, at),
      missed: (why) => this.missed(why),
    };
  }

  private async carryOut(context: AccountContext, request: ExchangeRequest): Promise<void> {
    try {
      if (!this.closed) await act(context, request);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      const { account, logger } = context;
      logger.error(
        { account, request: request.type, error },
        'an answer of the exchange cannot be understood',
      );
      sayUnknown(context, request);
    }
  }

  private async up(again: boolean): Promise<void> {
    if (!again) return;
    await this.streams?.heardAll();
    this.say({ type: 'reconnected' });
    await Promise.all([this.refresh(), this.funding?.ask()]);
  }

  private missed(why: string): void {
    const { clock, logger } = this.options;
    logger.warn({ account: this.account, why }, 'something was missed: all is asked for');
    if (this.missedSome) return;
    this.missedSome = true;
    clock.callAt(clock.now() + MISSED_EVERY_MS, () => {
      this.missedSome = false;
      this.say({ type: 'reconnected' });
    });
  }

  private refreshLater(): void {
    const { clock, refreshMs = HOUR_MS } = this.options;
    this.stopRefreshing();
    if (this.closed) return;
    this.stopRefreshing = clock.callAt(clock.now() + refreshMs, () => void this.refresh());
  }

  /** Looks again at what may change without a word: the clock, the exchange's demands, the position mode. */
  private async refresh(): Promise<void> {
    await this.session.measureClock();
    const loaded = await this.markets.load(true);
    if (loaded.kind === 'ok')
      for (const filters of this.markets.filters(this.profile.maxConditionalOrders))
        this.tellFilters(filters);
    if (this.session.exchange.has['fetchPositionMode'] === true) {
      const mode = await this.readMode();
      if (mode.kind === 'ok') this.compareMode(mode.value.hedged);
    }
    this.refreshLater();
  }

  private fundingLater(): void {
    const { clock } = this.options;
    const now = clock.now();
    const at = now - (now % HOUR_MS) + HOUR_MS + FUNDING_AFTER_MS;
    this.stopFunding = clock.callAt(at, () => {
      void this.funding?.ask();
      this.fundingLater();
    });
  }

  private readMode(): Promise<Answer<z.output<typeof positionMode>>> {
    const [first] = this.markets.traded();
    return this.session.call('the position mode', positionMode, (exchange) =>
      exchange.fetchPositionMode(first?.market),
    );
  }

  private compareMode(isHedge: boolean): void {
    if (isHedge === this.options.hedgeMode) return;
    const detail = `the account is in ${isHedge ? 'hedge' : 'one-way'} mode, and configured otherwise`;
    this.say({ type: 'account_changed', what: 'position_mode', symbol: null, detail });
  }

  private tellFilters(filters: OrderFilters): void {
    const text = JSON.stringify(filters, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    if (this.filters.get(filters.symbol) === text) return;
    this.filters.set(filters.symbol, text);
    this.say({ type: 'filters', ...filters });
  }

  /** Asks until the exchange answers. Throws a CcxtSetupError where it refuses. */
  private async insist<T>(ask: () => Promise<Answer<T>>): Promise<T> {
    for (;;) {
      const answer = await ask();
      if (answer.kind === 'ok') return answer.value;
      const waits = answer.kind !== 'refused' || answer.meaning === 'rate' || answer.meaning === 'clock';
      if (this.closed || !waits)
        throw new CcxtSetupError(`${this.account} at ${this.exchange}: ${explain(answer)}`);
      await pause(this.options.clock, START_AGAIN_MS);
    }
  }

  private say(fact: ExchangeFact, at: TimeMs = this.options.clock.now()): void {
    this.said += 1;
    this.onReport?.({ id: `${this.idPrefix}${this.said}`, at, ...fact });
  }
}

function act(context: AccountContext, request: ExchangeRequest): Promise<void> {
  switch (request.type) {
    case 'place':
      return placeOrder(context, request);
    case 'cancel':
      return cancelOrder(context, request);
    case 'amend':
      return amendOrder(context, request);
    case 'query_order':
      return queryOrder(context, request);
    case 'query_position':
      return queryPosition(context, request);
  }
}
