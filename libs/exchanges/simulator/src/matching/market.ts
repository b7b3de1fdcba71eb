import { CASH_SCALE, rescale, TriggerIndex, type Cash, type Instrument, type Ticks } from '@bowline/domain';
import { OrderBook } from './order-book.js';
import type { Order } from './order.js';
import type { OrderType, WorkingType } from './vocabulary.js';

/** One symbol at the exchange: its book, its prices, and the orders that wait for a price. */
export class Market {
  readonly book = new OrderBook<Order>();
  readonly triggers: Readonly<Record<WorkingType, TriggerIndex<Order>>> = {
    LAST_PRICE: new TriggerIndex(),
    MARK_PRICE: new TriggerIndex(),
  };
  lastPrice: Ticks | null = null;
  markPrice: Ticks | null = null;
  /** Prices traded at since triggers were last looked at, oldest first. */
  readonly tradedPrices: Ticks[] = [];
  /** The house's orders by price: those that have traded away are dropped when the price is next quoted. */
  readonly houseBids = new Map<Ticks, Order[]>();
  readonly houseAsks = new Map<Ticks, Order[]>();

  /** What is traded is what is held: no positions, no leverage, and nothing sold that is not there. */
  readonly isSpot: boolean;
  /** One lot of the base currency; 0 where it is too small for cash. */
  readonly lotCash: Cash;

  constructor(readonly instrument: Instrument) {
    this.isSpot = instrument.kind === 'spot';
    this.lotCash = rescale(instrument.lot, CASH_SCALE) ?? 0n;
  }

  recordTrade(price: Ticks): void {
    this.lastPrice = price;
    const { tradedPrices } = this;
    if (tradedPrices[tradedPrices.length - 1] !== price) tradedPrices.push(price);
  }

  priceOf(workingType: WorkingType): Ticks | null {
    return workingType === 'MARK_PRICE' ? this.markPrice : this.lastPrice;
  }

  /** What a position or a market order is worth: the mark price, else the last one, else the middle of the book, else null. */
  referencePrice(): Ticks | null {
    const known = this.markPrice ?? this.lastPrice;
    if (known !== null) return known;
    const bid = this.book.bestBid();
    const ask = this.book.bestAsk();
    return bid !== null && ask !== null ? Math.floor((bid + ask) / 2) : (bid ?? ask);
  }
}

/** A buy stop and a sell take-profit wait for the price to rise, the other two for it to fall. */
export function triggerDirection(orderType: OrderType, isBuy: boolean): 'RISING' | 'FALLING' {
  const isStop = orderType === 'STOP_MARKET' || orderType === 'STOP_LIMIT';
  return isStop === isBuy ? 'RISING' : 'FALLING';
}

/** Whether a trigger would fire at this price; never while no price is known. */
export function wouldTrigger(
  direction: 'RISING' | 'FALLING',
  stopPrice: Ticks,
  price: Ticks | null,
): boolean {
  return price !== null && (direction === 'RISING' ? price >= stopPrice : price <= stopPrice);
}
