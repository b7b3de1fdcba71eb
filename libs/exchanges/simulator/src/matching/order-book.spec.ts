import { describe, expect, it } from '@jest/globals';
import { BookOrder, type SelfTradePrevention } from './book-order.js';
import { OrderBook, type MatchSink } from './order-book.js';

const [ikenna, odum, christian] = [{}, {}, {}];

/** A book that writes down what happens. */
class Fixture implements MatchSink<BookOrder> {
  readonly book = new OrderBook();
  readonly events: string[] = [];

  rest(orderId: number, side: 'BUY' | 'SELL', quantity: number, price: number, owner = ikenna): BookOrder {
    const order = new BookOrder(orderId, owner, side === 'BUY', price, quantity, 'NONE');
    this.book.rest(order);
    return order;
  }

  take(
    side: 'BUY' | 'SELL',
    quantity: number,
    price: number | null,
    stp: SelfTradePrevention = 'NONE',
  ): BookOrder {
    const order = new BookOrder(99, odum, side === 'BUY', price, quantity, stp);
    this.book.match(order, this);
    return order;
  }

  fill(_taker: BookOrder, maker: BookOrder, quantity: number, price: number): void {
    this.events.push(`${quantity}@${price} of ${maker.orderId}`);
  }

  selfTrade(_taker: BookOrder, maker: BookOrder): void {
    this.events.push(`self-trade with ${maker.orderId}`);
  }

  queue(isBuy: boolean): number[] {
    return [...this.book.queue(isBuy)].map(({ orderId }) => orderId);
  }
}

describe('OrderBook', () => {
  it('queues by price, then by time', () => {
    const fixture = new Fixture();
    fixture.rest(1, 'BUY', 1, 99);
    fixture.rest(2, 'BUY', 1, 100);
    fixture.rest(3, 'BUY', 1, 98);
    fixture.rest(4, 'BUY', 1, 100);
    fixture.rest(5, 'SELL', 1, 103);
    fixture.rest(6, 'SELL', 1, 102);
    fixture.rest(7, 'SELL', 1, 102);
    expect(fixture.queue(true)).toEqual([2, 4, 1, 3]);
    expect(fixture.queue(false)).toEqual([6, 7, 5]);
    expect([fixture.book.bestBid(), fixture.book.bestAsk()]).toEqual([100, 102]);
  });

  it("trades at the makers' prices, best first, and stops at the limit", () => {
    const fixture = new Fixture();
    fixture.rest(1, 'SELL', 4, 101);
    fixture.rest(2, 'SELL', 3, 100);
    fixture.rest(3, 'SELL', 2, 100);
    fixture.rest(4, 'SELL', 5, 102);
    const taker = fixture.take('BUY', 20, 101);
    expect(fixture.events).toEqual(['3@100 of 2', '2@100 of 3', '4@101 of 1']);
    expect(taker.leavesQty).toBe(11);
    expect(fixture.queue(false)).toEqual([4]);
  });

  it('leaves a maker that was filled in part at the head of its queue', () => {
    const fixture = new Fixture();
    fixture.rest(1, 'BUY', 5, 100);
    fixture.rest(2, 'BUY', 5, 100);
    fixture.take('SELL', 3, null);
    fixture.take('SELL', 3, null);
    expect(fixture.events).toEqual(['3@100 of 1', '2@100 of 1', '1@100 of 2']);
    expect(fixture.book.bids.best()).toMatchObject({ price: 100, quantity: 4, orders: 1 });
  });

  it.each([
    ['the head', 1, [2, 3]],
    ['the middle', 2, [1, 3]],
    ['the tail', 3, [1, 2]],
  ])('closes the queue over %s of it', (_where, canceled, left) => {
    const fixture = new Fixture();
    for (const orderId of [1, 2, 3]) fixture.rest(orderId, 'SELL', 1, 100);
    expect(fixture.book.cancel(canceled)?.orderId).toBe(canceled);
    expect(fixture.queue(false)).toEqual(left);
    fixture.take('BUY', 2, null);
    expect(fixture.events).toEqual(left.map((orderId) => `1@100 of ${orderId}`));
  });

  it('drops a level with its last order, wherever the level lies', () => {
    const fixture = new Fixture();
    [100, 101, 102].forEach((price, at) => fixture.rest(at, 'SELL', 1, price));
    fixture.book.cancel(1);
    expect(fixture.book.asks.depth).toBe(2);
    fixture.book.cancel(0);
    expect(fixture.book.bestAsk()).toBe(102);
    fixture.book.cancel(2);
    expect([fixture.book.bestAsk(), fixture.book.asks.depth, fixture.book.size]).toEqual([null, 0, 0]);
  });

  it('knows nothing of an order that is gone', () => {
    const fixture = new Fixture();
    const order = fixture.rest(1, 'BUY', 1, 100);
    expect(fixture.book.get(1)).toBe(order);
    expect(fixture.book.remove(order)).toBe(true);
    expect(fixture.book.remove(order)).toBe(false);
    expect([fixture.book.get(1), fixture.book.cancel(1)]).toEqual([undefined, undefined]);
  });

  it.each<[SelfTradePrevention, string[], number, number[]]>([
    ['NONE', ['2@100 of 1', '5@100 of 2', '1@101 of 3'], 0, [3]],
    ['EXPIRE_TAKER', ['2@100 of 1', 'self-trade with 2'], 6, [2, 3]],
    ['EXPIRE_MAKER', ['2@100 of 1', 'self-trade with 2', '6@101 of 3'], 0, [3]],
    ['EXPIRE_BOTH', ['2@100 of 1', 'self-trade with 2'], 6, [3]],
  ])("under %s an order that meets its own owner's", (mode, events, leavesQty, queue) => {
    const fixture = new Fixture();
    fixture.rest(1, 'SELL', 2, 100);
    fixture.rest(2, 'SELL', 5, 100, odum);
    fixture.rest(3, 'SELL', 9, 101, christian);
    const taker = fixture.take('BUY', 8, null, mode);
    expect(fixture.events).toEqual(events);
    expect(taker.leavesQty).toBe(leavesQty);
    expect(fixture.queue(false)).toEqual(queue);
  });

  it.each([
    ['BUY', 100, false],
    ['BUY', 101, true],
    ['BUY', null, true],
    ['SELL', 100, false],
    ['SELL', 99, true],
    ['SELL', null, true],
  ] as const)('a %s at %s crosses a book of 99/101: %s', (side, price, crosses) => {
    const fixture = new Fixture();
    expect(fixture.book.crosses(side === 'BUY', price)).toBe(false);
    fixture.rest(1, 'BUY', 1, 99);
    fixture.rest(2, 'SELL', 1, 101);
    expect(fixture.book.crosses(side === 'BUY', price)).toBe(crosses);
  });

  it('throws where a caller asks for what cannot be', () => {
    const { book } = new Fixture();
    const market = new BookOrder(7, ikenna, true, null, 1, 'NONE');
    expect(() => book.rest(market)).toThrow('order 7 has no price to rest at');
    expect(() => book.consume(market, 1)).toThrow('order 7 does not rest');
  });
});
