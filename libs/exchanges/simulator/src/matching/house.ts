import type { Lots, Ticks } from '@bowline/domain';
import type { Account } from './account.js';
import type { BookLevel, QuoteEvent, TradePrint } from './commands.js';
import type { Execution } from './execution.js';
import type { Market } from './market.js';
import { Order } from './order.js';

/** The account that stands for everybody outside: its quotes and prints trade with the others, and nobody reports to it. */
export const HOUSE_ACCOUNT = '@house';

/** The outside market: displayed levels of its own, and trades that pass by. */
export class House {
  constructor(
    private readonly account: Account,
    private readonly execution: Execution,
    private readonly nextOrderId: () => number,
  ) {}

  /** Shows new levels in place of the old. Throws a RangeError on levels that no book can show. */
  quote(market: Market, event: QuoteEvent): void {
    checkLevels(event);
    // Both sides give way before either advances: a market that moves up must not meet its own old asks.
    recede(market, market.houseBids, event.bids);
    recede(market, market.houseAsks, event.asks);
    this.advance(market, true, market.houseBids, event.bids);
    this.advance(market, false, market.houseAsks, event.asks);
  }

  /** Lets a trade of the outside pass. Throws a RangeError on a price or quantity that is no positive whole number. */
  print(market: Market, event: TradePrint): void {
    const { symbol, price, quantity } = event;
    checkUnits(`trade of ${symbol}`, price, quantity);
    const bid = market.book.bestBid();
    // The book is never crossed, so the price can be in the way of one side only.
    const isBuy = !(bid !== null && bid >= price);
    this.sweep(market, isBuy, price, quantity);
    market.recordTrade(price);
  }

  /** Trades with one order that rests, at its price. Throws a RangeError on a quantity that it has not. */
  take(order: Order, quantity: Lots): void {
    const { isBuy, leavesQty, market, price } = order;
    if (price === null || !isPositiveInteger(quantity) || quantity > leavesQty)
      throw new RangeError(`order ${order.clientOrderId} has ${leavesQty} lots to take, not ${quantity}`);
    const tape = this.order(market, !isBuy, price, quantity);
    market.book.consume(order, quantity);
    tape.leavesQty = 0;
    this.execution.fill(tape, order, quantity, price);
  }

  /** Trades through everything that rests at `price` or better, within `quantity`. `isBuy` is the aggressor's side. */
  private sweep(market: Market, isBuy: boolean, price: Ticks, quantity: Lots): void {
    const { book } = market;
    const side = isBuy ? book.asks : book.bids;
    dropBetter(market, isBuy ? market.houseAsks : market.houseBids, isBuy, price);
    let tape: Order | null = null;
    let left = quantity;
    while (left > 0) {
      const level = side.best();
      if (level === undefined || (isBuy ? level.price > price : level.price < price)) return;
      const maker = level.head as Order;
      const traded = Math.min(left, maker.leavesQty);
      left -= traded;
      book.consume(maker, traded);
      // The outside trading with the outside moves nothing but the queue.
      if (maker.account === this.account) continue;
      tape ??= this.order(market, isBuy, price, quantity);
      tape.leavesQty = left;
      this.execution.fill(tape, maker, traded, level.price);
    }
  }

  /** Adds what the new levels show beyond the old ones; what they cross trades first. */
  private advance(
    market: Market,
    isBuy: boolean,
    own: Map<Ticks, Order[]>,
    levels: readonly BookLevel[],
  ): void {
    for (const [price, quantity] of levels) {
      const orders = own.get(price) ?? [];
      const added = quantity - displayed(orders);
      if (added <= 0) continue;
      const order = this.order(market, isBuy, price, added);
      market.book.match(order, this.execution);
      if (order.leavesQty === 0) continue;
      market.book.rest(order);
      orders.push(order);
      own.set(price, orders);
    }
  }

  private order(market: Market, isBuy: boolean, price: Ticks, quantity: Lots): Order {
    const orderId = this.nextOrderId();
    const terms = {
      clientOrderId: `house-${orderId}`,
      isBuy,
      orderType: 'LIMIT',
      timeInForce: 'GTC',
      orderQty: quantity,
      price,
      stopPrice: null,
      workingType: null,
      reduceOnly: false,
      closing: false,
      closePosition: false,
      selfTradePrevention: 'NONE',
    } as const;
    return new Order(orderId, this.account, market, this.account.position(market, 'BOTH'), terms, 0);
  }
}

/** Takes back what the new levels no longer show: whole prices, or the youngest quantity at a price. */
function recede(market: Market, own: Map<Ticks, Order[]>, levels: readonly BookLevel[]): void {
  for (const [price, orders] of own) {
    const shown = levels.find((level) => level[0] === price)?.[1] ?? 0;
    let excess = displayed(orders) - shown;
    const kept = orders.filter((order) => order.working);
    while (excess > 0) {
      const youngest = kept[kept.length - 1];
      const taken = Math.min(excess, youngest.leavesQty);
      market.book.consume(youngest, taken);
      excess -= taken;
      if (!youngest.working) kept.pop();
    }
    if (kept.length === 0) own.delete(price);
    else own.set(price, kept);
  }
}

/** The outside's volume at prices that the outside itself has traded through is no longer there. */
function dropBetter(market: Market, own: Map<Ticks, Order[]>, isBuy: boolean, price: Ticks): void {
  for (const [level, orders] of own) {
    if (isBuy ? level >= price : level <= price) continue;
    for (const order of orders) market.book.remove(order);
    own.delete(level);
  }
}

function displayed(orders: readonly Order[]): Lots {
  let sum = 0;
  for (const order of orders) if (order.working) sum += order.leavesQty;
  return sum;
}

function checkLevels({ symbol, bids, asks }: QuoteEvent): void {
  checkSide(`bids of ${symbol}`, bids, -1);
  checkSide(`asks of ${symbol}`, asks, 1);
  if (bids.length > 0 && asks.length > 0 && bids[0][0] >= asks[0][0]) {
    throw new RangeError(`quote of ${symbol} is crossed: bid ${bids[0][0]}, ask ${asks[0][0]}`);
  }
}

function checkSide(name: string, levels: readonly BookLevel[], direction: 1 | -1): void {
  levels.forEach(([price, quantity], at) => {
    checkUnits(`${name}, level ${at + 1}`, price, quantity);
    if (at > 0 && (price - levels[at - 1][0]) * direction <= 0) {
      throw new RangeError(
        `${name}, level ${at + 1}: price ${price} does not come after ${levels[at - 1][0]}`,
      );
    }
  });
}

function checkUnits(name: string, price: Ticks, quantity: Lots): void {
  if (!isPositiveInteger(price))
    throw new RangeError(`${name}: price must be a positive whole number of ticks, got ${price}`);
  if (!isPositiveInteger(quantity)) {
    throw new RangeError(`${name}: quantity must be a positive whole number of lots, got ${quantity}`);
  }
}

function isPositiveInteger(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}
