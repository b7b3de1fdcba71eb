import type { Ticks, TimeMs } from '@bowline/domain';
import {
  MarketHub,
  MockExchange,
  REMOTE_CAPABILITIES,
  type AccountOptions,
  type HeldMarket,
  type MarketSource,
  type MarketQuote,
  type MarketTick,
} from '@bowline/exchange-simulator';
import type { Clock } from '@bowline/ports';
import { AccountLine } from './account-line.js';
import { ExchangeFaults } from './exchange-faults.js';
import type { FaultScript } from './faults.js';
import type { MarketMemory } from './market-memory.js';
import type { ExchangeManners, MarketPlan, SimulatedAccount, SimulatedExchange } from './options.js';
import { OrderCounts } from './order-counts.js';
import type { Dialect } from './binance/common/dialect.js';
import { openDialect } from './binance/open-dialect.js';
import { PublicMarkets, USUAL_MARGIN } from './public-market/public-markets.js';
import { marketTime, PlayedMarket, type MarketPace } from './played-market.js';

/** Of an account that has not said anything else at Binance USD-M. */
const USUAL_LEVERAGE = 20;
/** Orders and trades of an account that the exchange remembers. */
const HISTORY_LIMIT = 1_000_000;

/** One exchange with its accounts' lines and its market. */
export class Venue {
  readonly exchange: MockExchange;
  readonly orders = new OrderCounts();
  readonly accounts: ReadonlyMap<string, AccountLine>;
  /** Null: prices move by themselves. */
  private held: HeldMarket | null = null;
  /** Its language besides our own; null: it has none. */
  readonly dialect: Dialect | null;
  /** What everybody can see, and what the market does to the accounts. */
  readonly publicMarkets: PublicMarkets;
  /** Tells the market to its readers. */
  readonly hub: MarketHub;

  /** Throws an ExchangeLogError where the exchange's log cannot be used. */
  constructor(
    readonly options: SimulatedExchange,
    manners: ExchangeManners,
    { clock, faults, folder, recentBars }: VenueSurroundings,
  ) {
    const { accounts, dialect, exchange, instruments } = options;
    const margin = options.margin ?? (dialect?.kind === 'binance-usdm' ? USUAL_MARGIN : null);
    this.publicMarkets = new PublicMarkets(
      instruments,
      () => this.exchange,
      margin,
      () => clock.now(),
    );
    this.dialect = openDialect(options, {
      ...{ clock, faults: new ExchangeFaults(faults, exchange), markets: this.publicMarkets },
      liquidationFeeBps: margin?.liquidation?.feeBps ?? 0,
      exchangeOf: () => this.exchange,
    });
    this.hub = new MarketHub(recentBars);
    const lines = new Map<string, AccountLine>();
    this.exchange = new MockExchange({
      ...options,
      ...manners,
      clock,
      recvWindowMs: REMOTE_CAPABILITIES.recvWindowMs,
      historyLimit: HISTORY_LIMIT,
      accounts: accounts.map((account) => termsOf(account, this.dialect !== null)),
      ...(this.dialect !== null && { marginCheck: true }),
      log: { folder },
      ...(margin !== null && { liquidation: margin.liquidation }),
      onCarriedOut: (carriedOut) => {
        carriedOut.reports.forEach((report) => this.orders.onExecution(report));
        this.publicMarkets.onCarriedOut(carriedOut);
        this.dialect?.onCarriedOut(carriedOut);
      },
      faultOf: (account, request) => {
        const fault = faults.faultOf(exchange, account, request);
        if (fault === 'timed_out') lines.get(account)!.forget(request);
        return fault;
      },
    });
    for (const { account } of accounts)
      lines.set(
        account,
        new AccountLine(this.exchange.client(account), () => faults.isDoubled(exchange, account)),
      );
    this.accounts = lines;
  }

  /** Begins to play the market, at `now`, and remembers the candles that were over before. */
  openMarket(plan: MarketPlan, memory: MarketMemory, now: TimeMs): PlayedMarket {
    const { exchange } = this.options;
    const began = memory.began;
    const lastTicks = new Map<string, MarketTick>();
    const lastQuotes = new Map<string, MarketQuote>();
    let begun = false;
    const sink = {
      exchange,
      onTick: (tick: MarketTick) => {
        if (begun) this.publicMarkets.onTick(tick);
        else lastTicks.set(tick.symbol, tick);
      },
      onQuote: (quote: MarketQuote) => {
        if (begun) this.publicMarkets.onQuote(quote);
        else lastQuotes.set(quote.symbol, quote);
      },
    };
    let pace: MarketPace = { began, from: began, speed: 1 };
    let source: MarketSource;
    if (plan.kind === 'held') {
      source = this.held = plan.open(sink, now);
      for (const { symbol } of this.options.instruments) {
        const price = memory.priceOf(exchange, symbol);
        if (price !== null) this.held.moveTo(symbol, price, now);
      }
    } else {
      pace = { began, from: plan.from ?? began, speed: plan.speed };
      source = plan.open(sink, marketTime(pace, now) - plan.historyMs, pace.from);
    }
    const market = new PlayedMarket(source, pace);
    market.onBar((bar) => {
      if (!begun) this.publicMarkets.of(bar.symbol)?.onOldBar(bar);
      this.hub.onBar(bar);
    });
    for (let next = market.nextTime(); next !== null && next < now; next = market.nextTime()) market.step();
    begun = true;
    // Whoever trades at once meets the market as it stands.
    for (const tick of lastTicks.values()) this.publicMarkets.onTick(tick);
    for (const quote of lastQuotes.values()) this.publicMarkets.onQuote(quote);
    this.publicMarkets.open();
    market.onUpdate((update) => this.hub.onUpdate(update));
    return market;
  }

  /** Moves a price. False where prices move by themselves. Throws a RangeError on an unknown symbol. */
  moveTo(symbol: string, price: Ticks, at: TimeMs): boolean {
    this.held?.moveTo(symbol, price, at);
    return this.held !== null;
  }
}

/** What the exchange knows an account by. Those that trade in a dialect have the leverage that they would have there. */
function termsOf({ api: _, token: __, ...account }: SimulatedAccount, hasDialect: boolean): AccountOptions {
  return hasDialect ? { leverage: USUAL_LEVERAGE, ...account } : account;
}

/** What the exchanges of a process share. */
export interface VenueSurroundings {
  readonly clock: Clock;
  readonly faults: FaultScript;
  /** Of the exchanges' logs. */
  readonly folder: string;
  readonly recentBars: number;
}
