import { describe, expect, it } from '@jest/globals';
import type { BookLevel } from './commands.js';
import { HOUSE_ACCOUNT } from './house.js';
import { lines, Scenario } from './scenario.spec-support.js';

describe("the house's quote", () => {
  it("replaces its levels and nobody else's", () => {
    const scenario = new Scenario();
    scenario.buy(3, { price: 99 });
    scenario.quote(
      [
        [99, 10],
        [98, 20],
      ],
      [[101, 10]],
    );
    expect(scenario.engine.depth('BTCUSDT')).toEqual({
      bids: [
        [99, 13],
        [98, 20],
      ],
      asks: [[101, 10]],
    });
    scenario.quote(
      [[98, 5]],
      [
        [100, 7],
        [101, 4],
      ],
    );
    expect(scenario.engine.depth('BTCUSDT')).toEqual({
      bids: [
        [99, 3],
        [98, 5],
      ],
      asks: [
        [100, 7],
        [101, 4],
      ],
    });
    scenario.quote([], []);
    expect(scenario.engine.depth('BTCUSDT')).toEqual({ bids: [[99, 3]], asks: [] });
  });

  it('limits fills to what it shows, until it is quoted again', () => {
    const scenario = new Scenario();
    scenario.quote([[99, 10]], [[101, 10]]);
    scenario.buy(8);
    expect(scenario.engine.depth('BTCUSDT').asks).toEqual([[101, 2]]);
    scenario.buy(8, { clientOrderId: 'x' });
    expect(scenario.engine.order('ikenna', 'x')).toMatchObject({ orderStatus: 'EXPIRED', cumQty: 2 });
    scenario.quote([[99, 10]], [[101, 10]]);
    expect(scenario.engine.depth('BTCUSDT').asks).toEqual([[101, 10]]);
  });

  it('trades through orders that it crosses, at their prices', () => {
    const scenario = new Scenario();
    scenario.sell(4, { clientOrderId: 'x', price: 100 });
    scenario.sell(4, { clientOrderId: 'y', price: 101 });
    expect(lines(scenario.quote([[101, 6]], [[103, 10]]))).toEqual([
      'ikenna x TRADE FILLED 4@100',
      'ikenna y TRADE PARTIALLY_FILLED 2@101',
    ]);
    expect(scenario.position(HOUSE_ACCOUNT)).toBe(6);
    expect(scenario.engine.depth('BTCUSDT')).toEqual({
      bids: [],
      asks: [
        [101, 2],
        [103, 10],
      ],
    });
  });

  it('may move through its own old levels', () => {
    const scenario = new Scenario();
    scenario.quote([[99, 10]], [[101, 10]]);
    expect(scenario.quote([[105, 10]], [[107, 10]])).toEqual([]);
    expect(scenario.engine.depth('BTCUSDT')).toEqual({ bids: [[105, 10]], asks: [[107, 10]] });
    expect(scenario.position(HOUSE_ACCOUNT)).toBe(0);
  });

  it.each<[string, BookLevel[], BookLevel[], string]>([
    ['crossed', [[101, 1]], [[101, 1]], 'quote of BTCUSDT is crossed: bid 101, ask 101'],
    [
      'without quantity',
      [[99, 0]],
      [],
      'bids of BTCUSDT, level 1: quantity must be a positive whole number of lots, got 0',
    ],
    [
      'off the tick',
      [],
      [[101.5, 1]],
      'asks of BTCUSDT, level 1: price must be a positive whole number of ticks, got 101.5',
    ],
    [
      'out of order',
      [],
      [
        [102, 1],
        [101, 1],
      ],
      'asks of BTCUSDT, level 2: price 101 does not come after 102',
    ],
    [
      'with a price twice',
      [
        [99, 1],
        [99, 1],
      ],
      [],
      'bids of BTCUSDT, level 2: price 99 does not come after 99',
    ],
  ])('is refused when it is %s', (_what, bids, asks, message) => {
    expect(() => new Scenario().quote(bids, asks)).toThrow(new RangeError(message));
  });
});

describe('a print of the outside market', () => {
  it('fills the volume ahead first, then whoever waits behind it', () => {
    const scenario = new Scenario();
    scenario.quote([[99, 10]], [[101, 10]]);
    scenario.buy(5, { clientOrderId: 'x', price: 99 });
    expect(lines(scenario.print(99, 8))).toEqual([]);
    expect(lines(scenario.print(99, 4))).toEqual(['ikenna x TRADE PARTIALLY_FILLED 2@99']);
    expect(lines(scenario.print(99, 4))).toEqual(['ikenna x TRADE FILLED 3@99']);
  });

  it('finds quantity that the house adds later behind whoever waits', () => {
    const scenario = new Scenario();
    scenario.quote([[99, 2]], [[101, 10]]);
    scenario.buy(5, { clientOrderId: 'x', price: 99 });
    scenario.quote([[99, 50]], [[101, 10]]);
    expect(lines(scenario.print(99, 7))).toEqual(['ikenna x TRADE FILLED 5@99']);
  });

  it('finds the volume ahead smaller when the house has withdrawn some of it', () => {
    const scenario = new Scenario();
    scenario.quote([[99, 10]], [[101, 10]]);
    scenario.buy(5, { clientOrderId: 'x', price: 99 });
    scenario.quote([[99, 3]], [[101, 10]]);
    expect(lines(scenario.print(99, 4))).toEqual(['ikenna x TRADE PARTIALLY_FILLED 1@99']);
  });

  it('takes back what the house added last before what stands ahead', () => {
    const scenario = new Scenario();
    scenario.quote([[99, 4]], [[101, 10]]);
    scenario.buy(5, { clientOrderId: 'x', price: 99 });
    scenario.quote([[99, 10]], [[101, 10]]);
    scenario.quote([[99, 4]], [[101, 10]]);
    expect(lines(scenario.print(99, 5))).toEqual(['ikenna x TRADE PARTIALLY_FILLED 1@99']);
  });

  it('through a better price fills there at that price, whatever the house showed ahead', () => {
    const scenario = new Scenario();
    scenario.quote([[99, 10]], [[101, 10]]);
    scenario.buy(5, { clientOrderId: 'x', price: 99 });
    expect(lines(scenario.print(98, 8))).toEqual(['ikenna x TRADE FILLED 5@99']);
    expect(scenario.engine.depth('BTCUSDT').bids).toEqual([]);
  });

  it('fills no more than its quantity', () => {
    const scenario = new Scenario();
    scenario.sell(5, { clientOrderId: 'x', price: 101 });
    scenario.sell(5, { clientOrderId: 'y', price: 102 });
    expect(lines(scenario.print(102, 6))).toEqual([
      'ikenna x TRADE FILLED 5@101',
      'ikenna y TRADE PARTIALLY_FILLED 1@102',
    ]);
    expect(scenario.position(HOUSE_ACCOUNT)).toBe(6);
  });

  it('between the best prices fills nobody, and is the last price', () => {
    const scenario = new Scenario();
    scenario.quote([[99, 10]], [[101, 10]]);
    scenario.buy(5, { clientOrderId: 'x', orderType: 'STOP_MARKET', stopPrice: 103 });
    expect(scenario.print(100, 50)).toEqual([]);
    expect(scenario.engine.depth('BTCUSDT')).toEqual({ bids: [[99, 10]], asks: [[101, 10]] });
    expect(lines(scenario.buy(5, { clientOrderId: 'y', orderType: 'STOP_MARKET', stopPrice: 100 }))).toEqual([
      'ikenna y REJECTED REJECTED WOULD_TRIGGER',
    ]);
  });

  it("makes the filled order a maker, with the maker's fee", () => {
    const scenario = new Scenario();
    scenario.sell(5, { clientOrderId: 'x', price: 101 });
    expect(scenario.print(101, 5)[0]).toMatchObject({ execType: 'TRADE', liquidity: 'MAKER', tradeId: 1 });
  });

  it.each([
    [0, 1, 'trade of BTCUSDT: price must be a positive whole number of ticks, got 0'],
    [100, -1, 'trade of BTCUSDT: quantity must be a positive whole number of lots, got -1'],
  ])('is refused at %d for %d', (price, quantity, message) => {
    expect(() => new Scenario().print(price, quantity)).toThrow(new RangeError(message));
  });
});

describe('a market event', () => {
  it("of an unknown symbol, or with an impossible mark price, is the caller's mistake", () => {
    const { engine } = new Scenario();
    expect(() => engine.handle(1, { kind: 'quote', symbol: 'ETHUSDT', bids: [], asks: [] })).toThrow(
      'unknown symbol ETHUSDT',
    );
    expect(() => engine.handle(2, { kind: 'markPrice', symbol: 'BTCUSDT', price: 0 })).toThrow(
      'mark price of BTCUSDT must be a positive whole number of ticks, got 0',
    );
  });
});
