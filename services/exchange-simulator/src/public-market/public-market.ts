import type { Decimal, Instrument, Lots, Ticks, TimeMs } from '@bowline/domain';
import type { Depth } from '@bowline/exchange-simulator';
import type { BarClosed } from '@bowline/ports';
import { Klines } from './klines.js';
import type { PublicLiquidation, PublicTrade } from './public-trade.js';
import { Ring } from './ring.js';

/** What a symbol is marked at, and what funding comes next. */
export interface MarkedPrice {
  readonly mark: Ticks;
  readonly index: Ticks;
  readonly rate: Decimal;
  readonly nextFundingTime: TimeMs;
}

export interface FundingDone {
  readonly time: TimeMs;
  readonly rate: Decimal;
  readonly mark: Ticks;
}

/** Who follows a market. */
export interface MarketListener {
  onTrade?(trade: PublicTrade): void;
  /** The book may have changed. */
  onBook?(): void;
  /** Somebody was given the book as it stands. */
  onSnapshot?(book: Depth): void;
  onLiquidation?(liquidation: PublicLiquidation): void;
}

/** Trades and fundings that are remembered. */
const REMEMBERED = 1_000;

/** What everybody can see of one symbol, without the words of any dialect. */
export class PublicMarket {
  readonly klines = new Klines();
  readonly trades = new Ring<PublicTrade>(REMEMBERED);
  readonly fundings = new Ring<FundingDone>(REMEMBERED);
  /** Null: nobody marks it. */
  marked: MarkedPrice | null = null;
  private readonly listeners = new Set<MarketListener>();
  private lastTradeId: number;
  private lastUpdateId: number;
  private lastPrice: Ticks | null = null;

  /** @param from numbers begin with the time, so that none comes again after a restart */
  constructor(
    readonly instrument: Instrument,
    from: TimeMs,
    private readonly bookNow: () => Depth,
  ) {
    this.lastTradeId = Math.floor(from);
    this.lastUpdateId = Math.floor(from) * 1_000;
  }

  get symbol(): string {
    return this.instrument.symbol;
  }

  /** What it last traded at; null where it has not. */
  get last(): Ticks | null {
    return this.lastPrice;
  }

  /** Number of the last change of the book. */
  get updateId(): number {
    return this.lastUpdateId;
  }

  get book(): Depth {
    return this.bookNow();
  }

  /** The book for one who goes on from it by its changes. */
  snapshot(): Depth {
    const book = this.bookNow();
    for (const listener of this.listeners) listener.onSnapshot?.(book);
    return book;
  }

  /** Returns what ends it. */
  follow(listener: MarketListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @param buyerIsMaker null: nobody has said; a price that does not fall was bought at */
  onTrade(time: TimeMs, price: Ticks, quantity: Lots, buyerIsMaker: boolean | null): void {
    this.lastTradeId += 1;
    const isSold = buyerIsMaker ?? price < (this.lastPrice ?? price);
    this.lastPrice = price;
    const trade = { tradeId: this.lastTradeId, time, price, quantity, buyerIsMaker: isSold };
    this.trades.add(trade);
    this.klines.add(trade);
    for (const listener of this.listeners) listener.onTrade?.(trade);
  }

  onBook(): void {
    this.lastUpdateId += 1;
    for (const listener of this.listeners) listener.onBook?.();
  }

  onLiquidation(liquidation: PublicLiquidation): void {
    for (const listener of this.listeners) listener.onLiquidation?.(liquidation);
  }

  /** A candle of the time before anybody looked. */
  onOldBar(bar: BarClosed): void {
    this.klines.seed(bar);
    this.lastPrice ??= bar.close;
  }
}
