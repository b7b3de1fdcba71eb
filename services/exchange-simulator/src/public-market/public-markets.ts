import { decimal, type Decimal, type Instrument, type Ticks, type TimeMs } from '@bowline/domain';
import { USUAL_LIQUIDATION } from '@bowline/exchange-simulator';
import type {
  CarriedOut,
  ExecutionReport,
  LiquidationRules,
  MarketQuote,
  MarketTick,
  MockExchange,
} from '@bowline/exchange-simulator';
import { Timers } from '../binance/common/timers.js';
import { PublicMarket } from './public-market.js';

/** What an exchange of perpetuals does to accounts by itself. */
export interface MarginPlan {
  /** How often positions are marked. Default: each second. */
  readonly markEveryMs?: number;
  /** Default: 8 hours. Funding falls due at whole multiples since the epoch. */
  readonly fundingEveryMs?: number;
  /** Decimal text; above 0, longs pay shorts. Default: 0.01 %, the interest that Binance has where nothing else moves it. */
  readonly fundingRate?: string;
  readonly liquidation: LiquidationRules | null;
}

/** As Binance USD-M has it. */
export const USUAL_MARGIN: MarginPlan = { liquidation: USUAL_LIQUIDATION };

const MARK_EVERY_MS = 1_000;
const FUNDING_EVERY_MS = 8 * 3_600_000;
const FUNDING_RATE = '0.0001';

/** What everybody can see at an exchange; and, where it has a margin plan, mark prices, funding, and who is liquidated. */
export class PublicMarkets {
  /** What falls due by itself here, and for those who follow. */
  readonly timers = new Timers();
  private readonly markets: ReadonlyMap<string, PublicMarket>;
  private readonly rate: Decimal;
  private readonly markEveryMs: number;
  private readonly fundingEveryMs: number;

  constructor(
    instruments: readonly Instrument[],
    private readonly exchange: () => MockExchange,
    private readonly margin: MarginPlan | null,
    private readonly now: () => TimeMs,
  ) {
    const marketOf = (instrument: Instrument): PublicMarket =>
      new PublicMarket(instrument, now(), () => exchange().book(instrument.symbol));
    this.markets = new Map(instruments.map((instrument) => [instrument.symbol, marketOf(instrument)]));
    this.rate = decimal(margin?.fundingRate ?? FUNDING_RATE);
    this.markEveryMs = margin?.markEveryMs ?? MARK_EVERY_MS;
    this.fundingEveryMs = margin?.fundingEveryMs ?? FUNDING_EVERY_MS;
  }

  get symbols(): readonly string[] {
    return [...this.markets.keys()];
  }

  get all(): readonly PublicMarket[] {
    return [...this.markets.values()];
  }

  get fundingIntervalMs(): number {
    return this.fundingEveryMs;
  }

  of(symbol: string): PublicMarket | null {
    return this.markets.get(symbol) ?? null;
  }

  /** Begins to mark and to charge, where the exchange does. */
  open(): void {
    if (this.margin === null) return;
    this.waitForMark();
    this.waitForFunding();
  }

  onTick(tick: MarketTick): void {
    this.exchange().onTick(tick);
    const market = this.markets.get(tick.symbol)!;
    market.onBook();
    const { asks, buyerIsMaker = null, price, quantity } = tick;
    // A market that is made up trades as much as anybody wants: what is told of it stays in proportion.
    const told = buyerIsMaker === null ? Math.min(quantity, asks[0]?.[1] ?? quantity) : quantity;
    market.onTrade(this.now(), price, told, buyerIsMaker);
    this.markAtFirst(market);
  }

  onQuote(quote: MarketQuote): void {
    this.exchange().onQuote(quote);
    const market = this.markets.get(quote.symbol)!;
    market.onBook();
    this.markAtFirst(market);
  }

  /** What the engine has carried out: what everybody sees of it. */
  onCarriedOut({ at, command, isReplayed, reports }: CarriedOut): void {
    if (isReplayed) return;
    if ('symbol' in command) this.markets.get(command.symbol)?.onBook();
    // What a trade of the outside does to the accounts is part of that trade.
    if (command.kind === 'trade' || command.kind === 'deleverage') return;
    const takers = new Set(reports.filter(isTaker).map(({ tradeId }) => tradeId));
    for (const report of reports) {
      const { execType, lastPx, lastQty, side, symbol, tradeId } = report;
      const market = this.markets.get(symbol);
      if (market === undefined || execType !== 'TRADE' || lastPx === null) continue;
      const isSeen = isTaker(report) ? !isTakenOver(report) : !takers.has(tradeId);
      if (isSeen) market.onTrade(at, lastPx, lastQty, (side === 'BUY') === (report.liquidity === 'MAKER'));
      if (report.forced === 'LIQUIDATION' && report.leavesQty === 0) liquidated(market, report);
    }
  }

  private mark(market: PublicMarket): void {
    const price = middleOf(market);
    if (price === null) return;
    market.marked = { mark: price, index: price, rate: this.rate, nextFundingTime: this.nextFunding() };
    this.exchange().mark(market.symbol, price);
  }

  /** Later marks wait for their second. */
  private markAtFirst(market: PublicMarket): void {
    if (this.margin !== null && market.marked === null && isMarked(market)) this.mark(market);
  }

  private waitForMark(): void {
    const next = (Math.floor(this.now() / this.markEveryMs) + 1) * this.markEveryMs;
    this.timers.at(next, () => {
      this.waitForMark();
      for (const market of this.markets.values()) if (isMarked(market)) this.mark(market);
    });
  }

  private waitForFunding(): void {
    this.timers.at(this.nextFunding(), () => {
      const time = this.now();
      this.waitForFunding();
      for (const market of this.markets.values()) {
        if (market.instrument.kind !== 'perpetual') continue;
        this.mark(market);
        if (market.marked === null) continue;
        this.exchange().fund(market.symbol, this.rate);
        market.fundings.add({ time, rate: this.rate, mark: market.marked.mark });
      }
    });
  }

  private nextFunding(): TimeMs {
    return (Math.floor(this.now() / this.fundingEveryMs) + 1) * this.fundingEveryMs;
  }
}

function isMarked({ instrument }: PublicMarket): boolean {
  return instrument.kind === 'perpetual' || instrument.kind === 'future';
}

/** The middle of the book, down to the tick; what it last traded at where a side is empty. */
function middleOf({ book, last }: PublicMarket): Ticks | null {
  const bid = book.bids[0]?.[0];
  const ask = book.asks[0]?.[0];
  return bid === undefined || ask === undefined ? last : Math.floor((bid + ask) / 2);
}

function isTaker({ execType, liquidity }: ExecutionReport): boolean {
  return execType === 'TRADE' && liquidity === 'TAKER';
}

/** By the insurance fund, at the price of bankruptcy: no market has made it. */
function isTakenOver({ forced, lastPx, leavesQty, price }: ExecutionReport): boolean {
  return forced !== null && leavesQty === 0 && lastPx === price;
}

function liquidated(market: PublicMarket, report: ExecutionReport): void {
  const { cumQty, cumValue, lastQty, price, side, time } = report;
  if (price === null || side === null) return;
  market.onLiquidation({ time, side, price, quantity: cumQty, value: cumValue, lastQty });
}
