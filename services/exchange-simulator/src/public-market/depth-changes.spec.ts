import { describe, expect, it } from '@jest/globals';
import type { BookLevel, Depth } from '@bowline/exchange-simulator';
import fc from 'fast-check';
import { DepthChanges, type DepthChange } from './depth-changes.js';
import { PRICE, PublicScenario } from './public-markets.spec-support.js';

/** A book as a client of Binance keeps it: a snapshot, and every change that reaches beyond it. */
class ClientBook {
  private readonly bids: Map<number, number>;
  private readonly asks: Map<number, number>;
  private last: number | null = null;

  constructor(
    { asks, bids }: Depth,
    private readonly lastUpdateId: number,
  ) {
    this.bids = new Map(bids);
    this.asks = new Map(asks);
  }

  /** Throws where changes are missing between the last one and this. */
  take({ asks, bids, first, last, previous }: DepthChange): void {
    if (last < this.lastUpdateId) return;
    const joins = this.last === null ? first <= this.lastUpdateId + 1 : previous === this.last;
    if (!joins) throw new Error(`changes from ${first} on do not join`);
    this.last = last;
    for (const [side, levels] of [[this.bids, bids] as const, [this.asks, asks] as const])
      for (const [price, quantity] of levels)
        if (quantity === 0) side.delete(price);
        else side.set(price, quantity);
  }

  get book(): Depth {
    return { bids: [...this.bids].sort(([a], [b]) => b - a), asks: [...this.asks].sort(([a], [b]) => a - b) };
  }
}

const near = fc.integer({ min: PRICE - 20, max: PRICE + 20 });
const lots = fc.integer({ min: 1, max: 30 });
const side = fc.constantFrom('BUY' as const, 'SELL' as const);

/** A side of random levels below or above a price. */
const levels = (direction: 1 | -1) =>
  fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 15 }), lots), {
      selector: ([away]) => away,
      maxLength: 6,
    })
    .map(
      (found) =>
        (price: number): readonly BookLevel[] =>
          [...found]
            .sort(([a], [b]) => a - b)
            .map(([away, quantity]) => [price + direction * away, quantity] as const),
    );

const step = fc.oneof(
  fc.record({ what: fc.constant('quote' as const), price: near, bids: levels(-1), asks: levels(1) }),
  fc.record({
    what: fc.constant('tick' as const),
    price: near,
    bids: levels(-1),
    asks: levels(1),
    quantity: lots,
  }),
  fc.record({ what: fc.constant('limit' as const), price: near, side, quantity: lots }),
  fc.record({ what: fc.constant('market' as const), side, quantity: lots }),
  fc.record({ what: fc.constant('cancel' as const), number: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ what: fc.constant('snapshot' as const) }),
  fc.record({ what: fc.constant('tell' as const) }),
);

describe('a book that is kept from a snapshot and changes', () => {
  it("is the exchange's, whatever happened between, and whenever the snapshot was taken", () => {
    let checked = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const scenario = new PublicScenario();
        const { btc, markets } = scenario;
        const symbol = 'BTCUSDT';
        const feed = new DepthChanges(btc);
        let clients: ClientBook[] = [];
        const tell = (): void => {
          const change = feed.take();
          if (change !== null) for (const client of clients) client.take(change);
          for (const client of clients) {
            checked += 1;
            expect(client.book).toEqual({ bids: btc.book.bids, asks: btc.book.asks });
          }
        };
        for (const each of steps) {
          scenario.clock.advance(1);
          switch (each.what) {
            case 'quote':
              markets.onQuote({ symbol, bids: each.bids(each.price), asks: each.asks(each.price) });
              break;
            case 'tick': {
              const { price, quantity } = each;
              markets.onTick({ symbol, price, quantity, bids: each.bids(price), asks: each.asks(price) });
              break;
            }
            case 'limit':
              scenario.order(each.side, each.quantity, each.price);
              break;
            case 'market':
              scenario.order(each.side, each.quantity, undefined, 'odum');
              break;
            case 'cancel':
              scenario.cancel(each.number);
              break;
            case 'snapshot':
              clients = [...clients.slice(-2), new ClientBook(btc.snapshot(), btc.updateId)];
              break;
            case 'tell':
              tell();
          }
        }
        tell();
        const { asks, bids } = btc.book;
        if (asks.length > 0 && bids.length > 0) expect(bids[0]![0]).toBeLessThan(asks[0]![0]);
      }),
      { numRuns: 300 },
    );
    expect(checked).toBeGreaterThan(200);
  });

  it('says nothing where nothing has changed', () => {
    const scenario = new PublicScenario().tick(PRICE);
    const feed = new DepthChanges(scenario.btc);
    scenario.tick(PRICE);
    expect(feed.take()).toBeNull();
  });

  it('tells a level that was otherwise for a while to those who saw it so', () => {
    const scenario = new PublicScenario().tick(PRICE);
    const feed = new DepthChanges(scenario.btc);
    scenario.order('BUY', 3, PRICE - 5);
    const client = new ClientBook(scenario.btc.snapshot(), scenario.btc.updateId);
    scenario.cancel(1);
    const change = feed.take()!;
    expect(change.bids).toEqual([[PRICE - 5, 0]]);
    client.take(change);
    expect(client.book).toEqual(scenario.btc.book);
  });
});
