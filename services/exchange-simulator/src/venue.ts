import type { Ticks, TimeMs } from '@bowline/domain';
import {
  MarketHub,
  MockExchange,
  REMOTE_CAPABILITIES,
  type HeldMarket,
  type MarketSource,
  type MarketTick,
} from '@bowline/exchange-simulator';
import type { Clock } from '@bowline/ports';
import { AccountLine } from './account-line.js';
import type { FaultScript } from './faults.js';
import type { MarketMemory } from './market-memory.js';
import type { ExchangeManners, MarketPlan, SimulatedExchange } from './options.js';
import { OrderCounts } from './order-counts.js';
import { marketTime, PlayedMarket, type MarketPace } from './played-market.js';

/** Orders and trades of an account that the exchange remembers. */
const HISTORY_LIMIT = 1_000_000;

/** One exchange with its accounts' lines and its market. */
export class Venue {
  readonly exchange: MockExchange;
  readonly orders = new OrderCounts();
  readonly accounts: ReadonlyMap<string, AccountLine>;
  /** Null: prices move by themselves. */
  private held: HeldMarket | null = null;
  /** Tells the market to its readers. */
  readonly hub: MarketHub;

  /** Throws an ExchangeLogError where the exchange's log cannot be used. */
  constructor(
    readonly options: SimulatedExchange,
    manners: ExchangeManners,
    { clock, faults, folder, recentBars }: VenueSurroundings,
  ) {
    const { accounts, exchange } = options;
    this.hub = new MarketHub(recentBars);
    const lines = new Map<string, AccountLine>();
    this.exchange = new MockExchange({
      ...options,
      ...manners,
      clock,
      recvWindowMs: REMOTE_CAPABILITIES.recvWindowMs,
      historyLimit: HISTORY_LIMIT,
      accounts: accounts.map(({ token: _, ...account }) => account),
      log: { folder },
      onCarriedOut: ({ reports }) => reports.forEach((report) => this.orders.onExecution(report)),
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
    const last = new Map<string, MarketTick>();
    let begun = false;
    const sink = {
      exchange,
      onTick: (tick: MarketTick) => {
        if (begun) this.exchange.onTick(tick);
        else last.set(tick.symbol, tick);
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
      source = plan.open(sink, marketTime(pace, now) - plan.historyMs);
    }
    const market = new PlayedMarket(source, pace);
    market.onBar((bar) => this.hub.onBar(bar));
    for (let next = market.nextTime(); next !== null && next < now; next = market.nextTime()) market.step();
    begun = true;
    // Whoever trades at once meets the market as it stands.
    for (const tick of last.values()) this.exchange.onTick(tick);
    market.onUpdate((update) => this.hub.onUpdate(update));
    return market;
  }

  /** Moves a price. False where prices move by themselves. Throws a RangeError on an unknown symbol. */
  moveTo(symbol: string, price: Ticks, at: TimeMs): boolean {
    this.held?.moveTo(symbol, price, at);
    return this.held !== null;
  }
}

/** What the exchanges of a process share. */
export interface VenueSurroundings {
  readonly clock: Clock;
  readonly faults: FaultScript;
  /** Of the exchanges' logs. */
  readonly folder: string;
  readonly recentBars: number;
}
