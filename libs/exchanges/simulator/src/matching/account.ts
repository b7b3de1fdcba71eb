import type { Cash, Decimal, Lots } from '@bowline/domain';
import type { TradeReport } from './execution-report.js';
import type { Market } from './market.js';
import type { Order } from './order.js';
import { OrderHistory } from './order-history.js';
import { Position } from './position.js';
import { heldLots } from './spot.js';
import type { OrderPositionSide } from './vocabulary.js';

/** An account as it is opened at the exchange. */
export interface AccountOptions {
  readonly account: string;
  /** True: LONG and SHORT are held side by side. False: one net position a symbol. */
  readonly hedgeMode: boolean;
  /** Starting cash by currency; a currency that is not named starts at 0. */
  readonly balances: Readonly<Record<string, Cash>>;
  readonly feeMakerBps: Decimal;
  readonly feeTakerBps: Decimal;
  /** Only the margin check asks for it. Default 1. */
  readonly leverage?: number;
  /** What the fee of a spot buy is taken from: what was bought (the default), or the quote currency. */
  readonly feeOn?: 'received' | 'quote';
}

/** Cash of one currency. */
export interface Wallet {
  readonly asset: string;
  balance: Cash;
}

/** One account's state at the exchange. */
export class Account {
  readonly id: string;
  hedgeMode: boolean;
  private readonly leverage: number;
  /** By symbol, where it is another than usual. */
  readonly leverages = new Map<string, number>();
  private readonly isolatedSymbols = new Set<string>();
  readonly feeMakerBps: Decimal;
  readonly feeTakerBps: Decimal;
  readonly feeOn: 'received' | 'quote';
  readonly wallets = new Map<string, Wallet>();
  /** Orders that rest or wait for their trigger, by clientOrderId, in the order of their arrival. */
  readonly open = new Map<string, Order>();
  /** Open orders that still wait for their trigger. */
  conditionalOrders = 0;
  private readonly history: OrderHistory;
  private readonly positionsByMarket = new Map<Market, Map<OrderPositionSide, Position>>();
  private tradeLog: TradeReport[] = [];

  constructor(
    options: AccountOptions,
    private readonly historyLimit: number,
  ) {
    const { leverage = 1 } = options;
    if (!Number.isSafeInteger(leverage) || leverage < 1) {
      throw new RangeError(
        `account ${options.account}: leverage must be a whole number from 1, got ${leverage}`,
      );
    }
    this.id = options.account;
    this.history = new OrderHistory(historyLimit);
    this.hedgeMode = options.hedgeMode;
    this.leverage = leverage;
    this.feeMakerBps = options.feeMakerBps;
    this.feeTakerBps = options.feeTakerBps;
    this.feeOn = options.feeOn ?? 'received';
    for (const [asset, balance] of Object.entries(options.balances))
      this.wallets.set(asset, { asset, balance });
  }

  leverageOf(symbol: string): number {
    return this.leverages.get(symbol) ?? this.leverage;
  }

  setLeverage(symbol: string, leverage: number): void {
    this.leverages.set(symbol, leverage);
  }

  isIsolated(symbol: string): boolean {
    return this.isolatedSymbols.has(symbol);
  }

  setIsolated(symbol: string, isolated: boolean): void {
    if (isolated) this.isolatedSymbols.add(symbol);
    else this.isolatedSymbols.delete(symbol);
  }

  /** The position that an order of this position side trades; a flat one is made where there was none. */
  position(market: Market, side: OrderPositionSide): Position {
    const known = this.positionsByMarket.get(market);
    const sides = known ?? new Map<OrderPositionSide, Position>();
    if (known === undefined) this.positionsByMarket.set(market, sides);
    const held = sides.get(side);
    if (held !== undefined) return held;
    const position = new Position(this, market, side, this.wallet(market.instrument.settle));
    sides.set(side, position);
    return position;
  }

  /** Every position there ever was, flat ones too, in the order of first use. */
  *positions(): Generator<Position> {
    for (const sides of this.positionsByMarket.values()) yield* sides.values();
  }

  /** What it holds in the market, in hedge mode LONG less SHORT; of spot the base currency, in whole lots. */
  signedQty(market: Market): Lots {
    if (market.isSpot) return heldLots(this, market);
    let sum = 0;
    for (const { quantity } of this.positionsByMarket.get(market)?.values() ?? []) sum += quantity;
    return sum;
  }

  wallet(asset: string): Wallet {
    const known = this.wallets.get(asset);
    if (known !== undefined) return known;
    const wallet = { asset, balance: 0n };
    this.wallets.set(asset, wallet);
    return wallet;
  }

  /** An open order, or the last one that had this id, as long as the history reaches. */
  order(clientOrderId: string): Order | undefined {
    return this.open.get(clientOrderId) ?? this.history.get(clientOrderId);
  }

  /** Moves a terminal order from the open ones to the history. */
  retire(order: Order): void {
    this.open.delete(order.clientOrderId);
    this.history.add(order);
  }

  /** Remembers a trade. */
  record(trade: TradeReport): void {
    if (this.historyLimit === 0) return;
    this.tradeLog.push(trade);
    // Cut by halves, so that the cost of forgetting is spread over as many trades.
    if (this.tradeLog.length > 2 * this.historyLimit) this.tradeLog = this.tradeLog.slice(-this.historyLimit);
  }

  /** Trades with an id above `tradeId`, oldest first. */
  tradesSince(tradeId: number): readonly TradeReport[] {
    let low = 0;
    let high = this.tradeLog.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.tradeLog[middle].tradeId <= tradeId) low = middle + 1;
      else high = middle;
    }
    return this.tradeLog.slice(low);
  }
}
