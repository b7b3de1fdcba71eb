import { describe, expect, it } from '@jest/globals';
import { holdMarket, type HeldMarket } from './held-market.js';
import { barsOf, BTC, ETH, play, updatesOf } from './market.spec-support.js';

const START = 1_000_000;

/** Plays the market to `until`, moved in between by `moves`. */
function held(until: number, moves: readonly (readonly [at: number, price: number])[] = []) {
  return play((sink) => {
    const market = holdMarket({ markets: [{ instrument: BTC, startPrice: 50_000 }], sink, from: START });
    const step = market.step.bind(market);
    const waiting = [...moves];
    // A move comes from outside, between two steps.
    market.step = () => {
      step();
      const [move] = waiting;
      if (move === undefined || (market.nextTime() ?? 0) <= move[0]) return;
      waiting.shift();
      market.moveTo('BTCUSDT', move[1], move[0]);
    };
    return market;
  }, until);
}

function opened(): HeldMarket {
  const markets = [
    { instrument: BTC, startPrice: 50_000 },
    { instrument: ETH, startPrice: 30_000 },
  ];
  return holdMarket({ markets, sink: { exchange: 'sim', onTick: () => undefined }, from: START });
}

describe('a market that is held', () => {
  it('tells its price again every second, from the beginning on', () => {
    const told = updatesOf(held(START + 3_000));
    expect(told.map(({ at, last }) => [at - START, last])).toEqual([
      [0, 50_000],
      [1_000, 50_000],
      [2_000, 50_000],
      [3_000, 50_000],
    ]);
    expect(told[0]).toMatchObject({ exchange: 'sim', symbol: 'BTCUSDT', bid: 49_997, ask: 50_003 });
  });

  it('goes where it is moved, at that moment, and stays there', () => {
    const told = updatesOf(held(START + 2_000, [[START + 300, 51_000]]));
    expect(told.map(({ at, last }) => [at - START, last])).toEqual([
      [0, 50_000],
      [300, 51_000],
      [1_000, 51_000],
      [2_000, 51_000],
    ]);
  });

  it('makes candles of minutes', () => {
    const [bar] = barsOf(held(START + 120_000, [[START + 5_500, 49_000]]));
    expect(bar).toEqual({
      exchange: 'sim',
      symbol: 'BTCUSDT',
      openTime: 960_000,
      intervalMs: 60_000,
      open: 50_000,
      high: 50_000,
      low: 49_000,
      close: 49_000,
    });
  });

  it('moves one of its prices only', () => {
    const market = opened();
    const told: string[] = [];
    market.onUpdate(({ at, last, symbol }) => told.push(`${at - START} ${symbol} ${last}`));
    market.step();
    market.moveTo('ETHUSDT', 31_000, START + 10);
    market.step();
    expect(told).toEqual(['0 BTCUSDT 50000', '0 ETHUSDT 30000', '10 ETHUSDT 31000']);
  });

  it.each<[string, () => void, string]>([
    ['a symbol that it lacks', () => opened().moveTo('XRPUSDT', 1, START), 'sim has no market XRPUSDT'],
    [
      'no price',
      () => opened().moveTo('BTCUSDT', 0, START),
      'BTCUSDT: the price must be at least 1 tick, got 0',
    ],
  ])('refuses %s', (_what, act, message) => {
    expect(act).toThrow(new RangeError(message));
  });
});
